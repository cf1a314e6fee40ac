"""The two functions as functions-framework builds them, and a recogniser that tests control."""

from collections.abc import Callable, Iterator
from typing import Any

import functions_framework
import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

import aifr.serving
from aifr.errors import AifrError, NoFace
from aifr.recognition.decode import Photo
from aifr.recognition.faces import Face
from aifr.recognition.quality import Reason
from aifr.recognition.recognise import Recognition
from aifr.settings import settings
from infra.catalogue import HTTP_TARGETS
from tests.served import ROOT, Served, serve


def client(name: str) -> FlaskClient:
    source = ROOT / "functions" / name / "main.py"
    return functions_framework.create_app(HTTP_TARGETS[name], str(source), "http").test_client()


@pytest.fixture(scope="session")
def similarity_client() -> FlaskClient:
    """A test client of images_similarity."""
    return client("similarity")


@pytest.fixture(scope="session")
def batch_client() -> FlaskClient:
    """A test client of batch_images_similarity."""
    return client("batch_similarity")


@pytest.fixture
def configure() -> Iterator[Callable[..., None]]:
    """Sets variables of the environment for a test, and has the settings read again."""
    with pytest.MonkeyPatch.context() as patch:

        def set_variables(**variables: str) -> None:
            for name, value in variables.items():
                patch.setenv(name, value)
            settings.cache_clear()

        yield set_variables
    settings.cache_clear()


@pytest.fixture(scope="session")
def served_similarity() -> Iterator[Served]:
    """images_similarity in a process of its own."""
    with serve(ROOT / "functions" / "similarity" / "main.py", "images_similarity") as served:
        yield served


def seen(*embedding: float, weight: float = 1.0, quality: tuple[Reason, ...] = ()) -> Recognition:
    """What a recogniser would say of a photo whose embedding begins like this."""
    whole = np.zeros(512, dtype=np.float32)
    whole[: len(embedding)] = embedding
    face = Face((10.0, 20.0, 110.04, 140.0), 0.99876, np.zeros((5, 2), dtype=np.float32))
    ages = {"young": 0.25, "adult": 0.7, "elderly": 0.05}
    return Recognition((640, 480), (face,), face, quality, weight, whole, ages, 0.5)


class FakeCard:
    calibration: dict[str, Any] = {}


class FakeModel:
    version = "fake-1"
    card = FakeCard()


Photographs = dict[bytes, Recognition | AifrError]


@pytest.fixture
def photographs(monkeypatch: pytest.MonkeyPatch) -> Photographs:
    """A recogniser that knows the files put in here, and says or raises what stands there."""
    known: Photographs = {b"blank": NoFace("No face was found in the photo.")}

    def recognise(data: bytes, model: Any, settings: Any, choice: str) -> Recognition:
        said = known[data]
        if isinstance(said, AifrError):
            raise type(said)(said.message)
        return said

    def decode(data: bytes, settings: Any) -> Photo:
        return Photo(Image.new("RGB", (640, 480)), (640, 480), 1.0)

    monkeypatch.setattr(aifr.serving, "recognise", recognise)
    monkeypatch.setattr(aifr.serving, "decode", decode)
    monkeypatch.setattr(aifr.serving, "load_model", lambda folder, threads: FakeModel())
    return known
