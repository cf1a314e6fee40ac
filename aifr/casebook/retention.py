"""Erases what was kept long enough, and what erasures left: `python -m aifr.casebook.retention`.

To be run every day. A closed case goes after the days of the settings. So does a sighting: to who
sent it always, and for good unless a match of it stands, which reviewers still need.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from aifr.casebook.cases import CASES
from aifr.casebook.erasure import erase
from aifr.casebook.home import Home, home
from aifr.casebook.limits import forget_past_hours
from aifr.casebook.loops import each_alone
from aifr.casebook.matches import stands
from aifr.casebook.moment import days_ago
from aifr.casebook.objects.contract import Objects, StoredObject
from aifr.casebook.photos import PHOTOS, named_photo, object_name, subject_exists
from aifr.casebook.records.contract import Query, Records
from aifr.casebook.records.everything import find_all
from aifr.casebook.settling import clear
from aifr.casebook.sightings import SIGHTINGS, end_receipt
from aifr.casebook.tombstones import ERASED, look_again
from aifr.casebook.withdrawn import subjects_withdrawn
from aifr.settings import Settings, settings

Item = TypeVar("Item")
ACTOR = "system"
ORPHAN_SECONDS = 3600
FAILED = "failures"


def retain(home: Home, settings: Settings) -> dict[str, int]:
    """Erases what is past its days; how many of what, and how often it failed."""

    def erase_one(subject: str) -> bool:
        return erase(home, subject, ACTOR) is not None

    def clear_one(subject: str) -> bool:
        return clear(home.records, subject) > 0

    unfinished = _all(home.records, Query(ERASED, {"finished": False}))
    counts = {
        "withdrawn": tally(subjects_withdrawn(home.records), clear_one),
        "sightings": tally(sightings_past(home.records, settings), partial(_end, home)),
        "cases": tally(cases_past(home.records, settings), erase_one),
        "unfinished erasures": tally(unfinished, partial(look_again, home)),
        "orphaned objects": tally(_old_objects(home), partial(_remove_orphan, home)),
    }
    done = {what: count for what, (count, _) in counts.items()}
    done["limits"] = forget_past_hours(home.records)
    return {**done, FAILED: sum(failures for _, failures in counts.values())}


def tally(items: Iterable[Item], act: Callable[[Item], bool]) -> tuple[int, int]:
    """How many items there was something to do for, and how many failed."""
    outcomes = [came for _, came in each_alone(items, act)]
    failures = sum(isinstance(came, Exception) for came in outcomes)
    return outcomes.count(True), failures


def sightings_past(records: Records, settings: Settings) -> list[str]:
    """Sightings that were sent long enough ago."""
    return list(_all(records, Query(SIGHTINGS, below=days_ago(settings.keep_sightings_days))))


def cases_past(records: Records, settings: Settings) -> list[str]:
    """Cases that were closed long enough ago."""
    below = days_ago(settings.keep_closed_days)
    return list(_all(records, Query(CASES, {"state": "closed"}, order="updated", below=below)))


def _all(records: Records, query: Query) -> Iterator[str]:
    """The names of all that a query finds."""
    return (each.identity for each in find_all(records, query))


def _end(home: Home, sighting: str) -> bool:
    """Erases a sighting, or ends its receipt where a match still needs it: in one go for all, so
    that a receipt lasts as long whether there is a match or not. Whether it was erased.
    """
    if stands(home.records, sighting):
        end_receipt(home.records, sighting)
        return False
    return erase(home, sighting, ACTOR) is not None


def _remove_orphan(home: Home, place: tuple[Objects, StoredObject]) -> bool:
    """Removes an object that nothing refers to: written while it was being erased, or left by
    whoever died; whether it was one.
    """
    store, found = place
    orphaned = (photo_missing if store is home.photos else nobody_waits)(home.records, found.name)
    if orphaned:
        store.delete(found.name, found.generation)
    return orphaned


def photo_missing(records: Records, name: str) -> bool:
    """Whether an object among the kept copies is no photo's."""
    photo = named_photo(name)
    document = records.get(PHOTOS, photo) if photo else None
    return document is None or object_name(document["subject"], str(photo)) != name


def nobody_waits(records: Records, name: str) -> bool:
    """Whether an incoming object is of a case or sighting that is gone, or of an erased photo."""
    photo = named_photo(name)
    erased = records.get(ERASED, photo) if photo else None
    gone = erased is not None and erased["objects"] == name
    return gone or not subject_exists(records, name.partition("/")[0])


def _old_objects(home: Home) -> Iterator[tuple[Objects, StoredObject]]:
    for store in (home.incoming, home.photos):
        for found in store.list():
            if time.time() - found.updated > ORPHAN_SECONDS:
                yield store, found


def main() -> None:
    done = retain(home(), settings())
    for what, count in done.items():
        print(f"{count} {what}")
    if done[FAILED]:
        sys.exit(1)


if __name__ == "__main__":
    main()
