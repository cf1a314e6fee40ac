"""A staged function in an empty virtual environment: it deploys with what it brings, alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.catalogue import HTTP_TARGETS
from infra.stage import stage
from tests.photos import face_photo, file
from tests.served import serve


@pytest.mark.slow
def test_a_staged_function_serves_from_an_empty_environment(tmp_path: Path) -> None:
    stage("similarity", tmp_path / "staged")
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    requirements = str(tmp_path / "staged" / "requirements.txt")
    subprocess.run([python, "-m", "pip", "install", "-q", "-r", requirements], check=True)
    photos = {"image1": file(face_photo()), "image2": file(face_photo())}

    with serve(
        tmp_path / "staged" / "main.py",
        HTTP_TARGETS["similarity"],
        python=python,
        environment={"PYTHONPATH": ""},
    ) as served:
        answered = served.post(photos)

    assert answered.status == 200
    assert answered.json["similarity"] > 0.99
