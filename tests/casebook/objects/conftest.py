"""Empty stores of objects: a folder, and buckets of servers on this machine."""

from pathlib import Path

import pytest

from aifr.casebook.objects.contract import Objects
from aifr.casebook.objects.open import open_objects


@pytest.fixture
def folder_objects(tmp_path: Path) -> Objects:
    return open_objects(f"file:{tmp_path}/objects")


@pytest.fixture(params=["folder"])
def objects(request: pytest.FixtureRequest) -> Objects:
    """An empty store of each kind."""
    store: Objects = request.getfixturevalue(f"{request.param}_objects")
    return store
