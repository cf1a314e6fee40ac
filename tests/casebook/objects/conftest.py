"""Empty stores of objects: a folder, and buckets of servers on this machine."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from aifr.casebook.objects.contract import Objects
from aifr.casebook.objects.open import open_objects
from tests.casebook.objects.stand_in import StandIn, standing_in
from tests.emulators import AWS, BUCKET


@pytest.fixture
def apart() -> str:
    """A part of a bucket that no other test uses."""
    return f"tests/{uuid4().hex}"


@pytest.fixture
def folder_objects(tmp_path: Path) -> Objects:
    return open_objects(f"file:{tmp_path}/objects")


@pytest.fixture
def cloud_storage_objects(
    cloud_storage_emulator: str, apart: str, monkeypatch: pytest.MonkeyPatch
) -> Objects:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", cloud_storage_emulator)
    return open_objects(f"gs://{BUCKET}/{apart}")


@pytest.fixture
def s3_objects(s3_server: str, apart: str, monkeypatch: pytest.MonkeyPatch) -> Objects:
    use_s3_at(s3_server, monkeypatch)
    return open_objects(f"s3://{BUCKET}/{apart}")


def use_s3_at(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in {**AWS, "AWS_ENDPOINT_URL": address}.items():
        monkeypatch.setenv(variable, value)


@pytest.fixture(params=["folder", "cloud_storage", "s3"])
def objects(request: pytest.FixtureRequest) -> Objects:
    """An empty store of each kind."""
    store: Objects = request.getfixturevalue(f"{request.param}_objects")
    return store


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """A server that says what the test tells it to."""
    with standing_in() as server:
        yield server
