"""Erases what was kept long enough, and what erasures left: `python -m aifr.casebook.retention`.

To be run every day. A sighting without a match and a closed case go after the days of the settings.
"""

import time
from collections.abc import Iterator

from aifr.casebook.cases import CASES
from aifr.casebook.erasure import erase
from aifr.casebook.home import Home, home
from aifr.casebook.ingestion import exists
from aifr.casebook.limits import forget_past_hours
from aifr.casebook.moment import days_ago
from aifr.casebook.objects.contract import Objects
from aifr.casebook.photos import erase_objects
from aifr.casebook.records.contract import Query
from aifr.casebook.sightings import SIGHTINGS
from aifr.casebook.tombstones import ERASED, finish
from aifr.settings import Settings, settings

ACTOR = "system"
PAGE = 200
ORPHAN_SECONDS = 3600


def retain(home: Home, settings: Settings) -> dict[str, int]:
    """Erases what is past its days; how many of what."""
    return {
        "sightings": _erase_all(home, sightings_past(settings)),
        "cases": _erase_all(home, cases_past(settings)),
        "unfinished erasures": _finish_erasures(home),
        "orphaned objects": _remove_orphans(home),
        "limits": forget_past_hours(home.records),
    }


def sightings_past(settings: Settings) -> Query:
    """Sightings that led to no match in their time."""
    return Query(
        SIGHTINGS, {"matched": False}, below=days_ago(settings.keep_sightings_days), limit=PAGE
    )


def cases_past(settings: Settings) -> Query:
    """Cases that were closed long enough ago."""
    below = days_ago(settings.keep_closed_days)
    return Query(CASES, {"state": "closed"}, order="updated", below=below, limit=PAGE)


def _erase_all(home: Home, query: Query) -> int:
    count = 0
    while found := home.records.find(query):
        for each in found:
            erase(home, each.identity, ACTOR)
        count += len(found)
    return count


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
        if not exists(home, name.partition("/")[0]):
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
