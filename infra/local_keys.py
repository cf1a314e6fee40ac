"""Keys of an admin and two reviewers for the local server, made once and kept beside its data."""

from pathlib import Path

from aifr.casebook.keys import KeyRole, create_key, find_key
from aifr.casebook.records.contract import Records

PEOPLE: dict[str, KeyRole] = {"admin": "admin", "reviewer-1": "reviewer", "reviewer-2": "reviewer"}


def local_keys(records: Records, file: Path) -> dict[str, str]:
    """Name -> key, read from the file; those that are missing there or open nothing are made."""
    kept = kept_keys(file)
    keys = {
        name: kept[name]
        if name in kept and find_key(records, kept[name])
        else create_key(records, name, role)
        for name, role in PEOPLE.items()
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text("".join(f"{name} {key}\n" for name, key in keys.items()))
    return keys


def kept_keys(file: Path) -> dict[str, str]:
    """Name -> key, as the file has them; none where there is no file."""
    lines = file.read_text().splitlines() if file.exists() else []
    return dict(line.split(" ", 1) for line in lines)
