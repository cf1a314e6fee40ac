"""aifr.settings"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aifr.settings import Settings, read_settings
from tests.served import ROOT


def test_what_is_not_set_keeps_its_default() -> None:
    assert read_settings({"PATH": "/bin"}) == Settings()


def test_every_type_of_field_is_read() -> None:
    found = read_settings(
        {
            "AIFR_MAX_FILES": "5",
            "AIFR_MODEL_FOLDER": "/models/next",
            "AIFR_ALLOWED_ORIGINS": "https://a.example, https://b.example,",
        }
    )

    assert found.max_files == 5
    assert found.model_folder == Path("/models/next")
    assert found.allowed_origins == ("https://a.example", "https://b.example")


def test_a_value_of_the_wrong_type_names_its_variable() -> None:
    with pytest.raises(ValueError, match="AIFR_MAX_FILES"):
        read_settings({"AIFR_MAX_FILES": "many"})


def test_a_function_with_a_wrong_setting_does_not_start() -> None:
    main = ROOT / "functions" / "similarity" / "main.py"
    program = f"import runpy; runpy.run_path({str(main)!r})"
    variables = {**os.environ, "AIFR_MAX_FILES": "many", "PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        [sys.executable, "-c", program], env=variables, capture_output=True, text=True
    )

    assert done.returncode != 0
    assert "AIFR_MAX_FILES" in done.stderr
