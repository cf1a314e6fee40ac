"""What all tests share: the committed model, and photographs that may not be there."""

import os
from pathlib import Path

import pytest

from aifr.recognition.model import Model, load_model
from aifr.settings import Settings
from tests.served import ROOT

pytest_plugins = ["tests.emulators"]

SHARED_DATA = Path(os.environ.get("AIFR_SHARED_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def model() -> Model:
    """The committed model."""
    return load_model(Settings().model_folder)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of research photographs; tests that need it are skipped where it is missing, and
    fail where CI demands it.
    """
    if SHARED_DATA.is_dir():
        return SHARED_DATA
    message = f"no research photographs at {SHARED_DATA} (AIFR_SHARED_DATA)"
    if os.environ.get("AIFR_DEMAND_SHARED_DATA"):
        pytest.fail(message)
    pytest.skip(message)
