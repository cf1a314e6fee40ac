"""Addresses of records."""

import os
from pathlib import Path

from aifr.casebook.records.contract import Records


def open_records(address: str) -> Records:
    """The records at sqlite:FILE, whose folder is made, or at firestore://PROJECT/DATABASE, where
    DATABASE is "(default)" unless given.

    Raises ValueError for any other address, and for a file in a cloud function, whose disk is
    forgotten.
    """
    scheme, _, place = address.partition(":")
    if scheme == "sqlite" and place:
        return _open_file(Path(place))
    project, _, database = place.removeprefix("//").partition("/")
    if scheme == "firestore" and place.startswith("//") and project and "/" not in database:
        from aifr.casebook.records.firestore import FirestoreRecords

        return FirestoreRecords(project, database or "(default)")
    raise ValueError(f"{address!r} is neither sqlite:FILE nor firestore://PROJECT/DATABASE")


def _open_file(path: Path) -> Records:
    if "K_SERVICE" in os.environ:
        raise ValueError(
            "records in a file would be lost with the function's disk: set AIFR_RECORDS to "
            "firestore://PROJECT/DATABASE"
        )
    from aifr.casebook.records.sqlite import SqliteRecords

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Contact details are for this user alone; SQLite's other files have the rights of this one.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)
    return SqliteRecords(path)
