"""Empty records of each home."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from aifr.casebook.records.contract import Records
from aifr.casebook.records.open import open_records


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "records.sqlite3"


@pytest.fixture
def sqlite_records(sqlite_file: Path) -> Iterator[Records]:
    records = open_records(f"sqlite:{sqlite_file}")
    yield records
    records.close()


@pytest.fixture
def firestore_records(
    firestore_emulator: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Records]:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    records = open_records(f"firestore://test-{uuid4().hex[:16]}/records")
    yield records
    records.close()


@pytest.fixture(params=["sqlite", "firestore"])
def records(request: pytest.FixtureRequest) -> Records:
    """Empty records of each home."""
    made: Records = request.getfixturevalue(f"{request.param}_records")
    return made
