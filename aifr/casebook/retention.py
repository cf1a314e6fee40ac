"""Erases what was kept long enough, and what erasures left: `python -m aifr.casebook.retention`.

To be run every day. A sighting without a match and a closed case go after the days of the settings.
"""

import time
from collections.abc import Iterator
from dataclasses import replace

from aifr.casebook.cases import CASES
from aifr.casebook.erasure import erase
from aifr.casebook.home import Home, home
from aifr.casebook.limits import forget_past_hours
from aifr.casebook.matches import stands
from aifr.casebook.moment import days_ago
from aifr.casebook.objects.contract import Objects
from aifr.casebook.photos import erase_objects, subject_exists
from aifr.casebook.records.contract import Query, Records
from aifr.casebook.sightings import SIGHTINGS
from aifr.casebook.tombstones import ERASED, finish
from aifr.settings import Settings, settings

ACTOR = "system"
PAGE = 200
ORPHAN_SECONDS = 3600


def retain(home: Home, settings: Settings) -> dict[str, int]:
    """Erases what is past its days; how many of what."""
    return {
        "sightings": _erase_all(home, sightings_past(home.records, settings)),
        "cases": _erase_all(home, cases_past(home.records, settings)),
        "unfinished erasures": _finish_erasures(home),
        "orphaned objects": _remove_orphans(home),
        "limits": forget_past_hours(home.records),
    }


def sightings_past(records: Records, settings: Settings) -> list[str]:
    """Sightings that led to no match in their time, or to none that stands."""
    below = days_ago(settings.keep_sightings_days)
    return [
        name for name in _all(records, Query(SIGHTINGS, below=below)) if not stands(records, name)
    ]


def cases_past(records: Records, settings: Settings) -> list[str]:
    """Cases that were closed long enough ago."""
    below = days_ago(settings.keep_closed_days)
    return list(_all(records, Query(CASES, {"state": "closed"}, order="updated", below=below)))


def _all(records: Records, query: Query) -> Iterator[str]:
    """The names of all that a query finds, page by page."""
    while found := records.find(query):
        yield from (each.identity for each in found)
        last = found[-1]
        query = replace(query, after=(last.document[query.order], last.identity))


def _erase_all(home: Home, subjects: list[str]) -> int:
    for subject in subjects:
        erase(home, subject, ACTOR)
    return len(subjects)


def _finish_erasures(home: Home) -> int:
    found = home.records.find(Query(ERASED, {"finished": False}, limit=PAGE))
    for tombstone in found:
        finish_erasure(home, tombstone.identity, tombstone.document["objects"])
    return len(found)


def finish_erasure(home: Home, identity: str, objects: str) -> None:
    """Removes the objects of something whose records are gone already."""
    erase_objects(home, objects)
    home.records.transact(lambda transaction: finish(transaction, identity))


def _remove_orphans(home: Home) -> int:
    """Objects of cases and sightings that are gone: written while they were being erased."""
    count = 0
    for store, name in _old_objects(home):
        if not subject_exists(home.records, name.partition("/")[0]):
            store.delete(name)
            count += 1
    return count


def _old_objects(home: Home) -> Iterator[tuple[Objects, str]]:
    for store in (home.incoming, home.photos):
        for found in store.list():
            if time.time() - found.updated > ORPHAN_SECONDS:
                yield store, found.name


def main() -> None:
    for what, count in retain(home(), settings()).items():
        print(f"{count} {what}")


if __name__ == "__main__":
    main()
