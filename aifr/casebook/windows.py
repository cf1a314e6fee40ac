"""The bounds of the queue: how many matches of one sighting, and of one sender's hour, are open.

What is beyond them is held, not lost: it is opened, the most probable first, as others are decided.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from aifr.casebook.cases import CASES
from aifr.casebook.decisions import UNDECIDED, Match, rank_of
from aifr.casebook.matches import MATCHES, as_match
from aifr.casebook.moment import now
from aifr.casebook.records.contract import Query, Records, Scalar, Transaction
from aifr.casebook.sightings import SIGHTINGS
from aifr.casebook.stored import as_document

MOST_OF_SIGHTING, MOST_OF_BATCH, MOST_COPIES = 5, 20, 1
# More than any window: what a reviewer reopened, or what is closed, stands above the bound.
READ = 1000
# Held matches looked at for a place that became free; one may fit where another does not.
TRIED = 5

Equal = Mapping[str, Scalar]


def windows_of(match: Match) -> Iterator[tuple[Equal, int]]:
    """Which matches share a bound with this one, and the bound."""
    yield {"sighting": match.sighting}, MOST_OF_SIGHTING
    if match.batch:
        yield {"batch": match.batch}, MOST_OF_BATCH
    if match.copy:
        of_sender = {"batch": match.batch} if match.batch else {"sighting": match.sighting}
        yield {**of_sender, "copy": True}, MOST_COPIES


def admitted(transaction: Transaction, match: Match) -> list[Match]:
    """What to write so that a match that nobody has answered is open or held: the match itself,
    then those that it takes the place of. Only reads.
    """
    displaced: dict[str, Match] = {}
    for equal, most in windows_of(match):
        others = [
            other
            for other in _open(transaction, equal)
            if other.identity != match.identity and other.identity not in displaced
        ]
        # Whether a side is closed is read only where it matters.
        if len(others) >= most:
            others = [other for other in others if not _closed(transaction, other)]
        if len(others) < most:
            continue
        weakest = min((other for other in others if not other.answers), key=rank_of, default=None)
        if weakest is None or rank_of(weakest) > rank_of(match):
            return [replace(match, state="held")]
        displaced[weakest.identity] = weakest
    return [
        replace(match, state="new"),
        *(replace(each, state="held") for each in displaced.values()),
    ]


def _closed(transaction: Transaction, match: Match) -> bool:
    """Whether a match waits for nobody, since its case or sighting is closed, or gone."""
    sides = transaction.get(CASES, match.case), transaction.get(SIGHTINGS, match.sighting)
    return any(side is None or side["state"] == "closed" for side in sides)


def _open(transaction: Transaction, equal: Equal) -> list[Match]:
    return [
        match for state in UNDECIDED for match in _most_probable(transaction, equal, state, READ)
    ]


def _most_probable(transaction: Transaction, equal: Equal, state: str, most: int) -> list[Match]:
    query = Query(
        MATCHES, {**equal, "state": state}, order="likelihood_ratio", descending=True, limit=most
    )
    return [as_match(found.identity, found.document) for found in transaction.find(query)]


def release(records: Records, match: Match) -> None:
    """Opens what is held behind the bounds of a match that is open no more. Again, it changes
    nothing.
    """
    windows: list[Equal] = [{"sighting": match.sighting}]
    if match.batch:
        windows.append({"batch": match.batch})
    for equal in windows:
        while records.transact(partial(_open_one, equal=equal)):
            pass


def release_all(records: Records) -> None:
    """`release` for all that is held: what an erasure or a death in between left."""
    query = Query(MATCHES, {"state": "held"}, order="likelihood_ratio", descending=True)
    while found := records.find(query):
        for each in found:
            release(records, as_match(each.identity, each.document))
        query = replace(query, after=(found[-1].document[query.order], found[-1].identity))


def _open_one(transaction: Transaction, equal: Equal) -> bool:
    """Opens the most probable that fits; whether one did."""
    held = [
        match
        for copy in (False, True)
        for match in _most_probable(transaction, {**equal, "copy": copy}, "held", TRIED)
    ]
    for match in held:
        changed = admitted(transaction, match)
        if changed[0].state == "new":
            for each in changed:
                transaction.put(MATCHES, each.identity, as_document(replace(each, updated=now())))
            return True
    return False
