"""aifr.casebook.records.open"""

import subprocess
import sys
from pathlib import Path

import pytest

from aifr.casebook.records.firestore import FirestoreRecords
from aifr.casebook.records.open import open_records
from tests.casebook.records.made import put


def test_a_file_and_its_folder_are_made(tmp_path: Path) -> None:
    records = open_records(f"sqlite:{tmp_path}/a/b/c.sqlite3")
    put(records, "cases", {"c1": {"a": 1}})
    records.close()

    assert (tmp_path / "a" / "b" / "c.sqlite3").is_file()


@pytest.mark.parametrize(
    ("address", "database"),
    [
        ("firestore://p1", "(default)"),
        ("firestore://p1/", "(default)"),
        ("firestore://p1/(default)", "(default)"),
        ("firestore://p1/d1", "d1"),
    ],
)
def test_a_project_and_its_database(
    address: str, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")

    records = open_records(address)

    assert isinstance(records, FirestoreRecords)
    assert records._client._database_string == f"projects/p1/databases/{database}"


@pytest.mark.parametrize(
    "address",
    ["", "sqlite", "sqlite:", "file:x", "firestore:p1", "firestore://", "firestore:///d1"]
    + ["firestore://p1/d1/x", "SQLITE:x", "x"],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="firestore://PROJECT/DATABASE"):
        open_records(address)


def test_a_cloud_function_keeps_no_records_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K_SERVICE", "cases")

    with pytest.raises(ValueError, match="AIFR_RECORDS"):
        open_records(f"sqlite:{tmp_path}/c.sqlite3")

    assert list(tmp_path.iterdir()) == []


def test_the_client_of_firestore_is_imported_by_who_uses_it_only(tmp_path: Path) -> None:
    script = (
        "import sys; from aifr.casebook.records.open import open_records; "
        f"open_records('sqlite:{tmp_path}/c.sqlite3').get('cases', 'c1'); "
        "print([name for name in ('google.api_core', 'grpc') if name in sys.modules])"
    )

    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "[]"


def test_the_file_and_what_lies_beside_it_are_for_this_user_alone(tmp_path: Path) -> None:
    (tmp_path / "old.sqlite3").touch(mode=0o644)
    for name in ("data/new.sqlite3", "old.sqlite3"):
        records = open_records(f"sqlite:{tmp_path}/{name}")
        records.transact(lambda each: each.put("cases", "c1", {"created": "now"}))
        files = list((tmp_path / name).parent.glob("*sqlite3*"))
        assert len(files) >= 2
        assert {path.stat().st_mode & 0o077 for path in files} == {0}
        records.close()
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
