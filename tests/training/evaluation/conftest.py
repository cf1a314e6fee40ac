"""Models and data sets on disk, made once."""

from pathlib import Path

import pytest

from aifr.recognition.model import DETECTOR
from aifr.settings import Settings
from tests.training.evaluation import places


@pytest.fixture(scope="session")
def detector() -> Path:
    """The detector that serves."""
    return Settings().model_folder / DETECTOR


@pytest.fixture(scope="session")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return places.write_teacher(tmp_path_factory.mktemp("teachers") / "squares.pt")


@pytest.fixture(scope="session")
def fgnet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """FG-NET's format, without a face that a detector would find."""
    return places.write_fgnet(tmp_path_factory.mktemp("data") / "fgnet")


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared data set with identities, ages and genders."""
    return places.write_people(tmp_path_factory.mktemp("data") / "people")


@pytest.fixture
def model_folder(tmp_path: Path, detector: Path) -> Path:
    return places.write_model(tmp_path / "squares", detector, trained_on=["lfw: 3 photos"])
