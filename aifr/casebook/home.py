"""The stores that a process works with, opened once."""

from dataclasses import dataclass
from functools import cache
from threading import Lock

from aifr.casebook.objects.contract import Objects
from aifr.casebook.objects.open import open_objects
from aifr.casebook.records.contract import Records
from aifr.casebook.records.open import open_records
from aifr.settings import settings

_opening = Lock()


@dataclass(frozen=True)
class Home:
    """records: documents and faces. photos: clean copies, which are shown. incoming: what was
    uploaded and waits for ingestion; an object there is an event that is not done with.
    """

    records: Records
    photos: Objects
    incoming: Objects


def home() -> Home:
    """The stores of the settings; raises ValueError for an address that is none."""
    with _opening:
        return _open()


@cache
def _open() -> Home:
    chosen = settings()
    return Home(
        open_records(chosen.records), open_objects(chosen.photos), open_objects(chosen.incoming)
    )
