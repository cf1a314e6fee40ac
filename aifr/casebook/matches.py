"""Matches as they are kept: `standing` finds them, `review` and `answering` are what becomes of
them.
"""

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, TypeVar

from aifr.casebook.decisions import UNDECIDED, Match
from aifr.casebook.identity import MATCH, derived_identity, person
from aifr.casebook.records.contract import Document, Query, Records, Scalar, Transaction
from aifr.casebook.stored import as_record
from aifr.errors import NotFound

MATCHES = "matches"
PAGE = 100
Value = TypeVar("Value")
STANDING = (*UNDECIDED, "confirmed", "held")


def match_identity(sighting: str, case: str) -> str:
    """One match for a sighting and a case, however often it is found."""
    return derived_identity(MATCH, sighting, case)


def get_match(reader: Records | Transaction, identity: str) -> Match:
    """A match; raises NotFound."""
    document = reader.get(MATCHES, identity)
    if document is None:
        raise NotFound("There is no such match.")
    return as_match(identity, document)


def as_match(identity: str, document: Document) -> Match:
    """The match of a document; older ones kept the last answer of each reviewer alone."""
    answers = document["answers"]
    if isinstance(answers, Mapping):
        answers = sorted(_kept_before(answers, document), key=lambda said: said["at"])
    return as_record(Match, identity, {**document, "answers": answers})


def _kept_before(
    answers: Mapping[str, Mapping[str, Any]], document: Document
) -> Iterator[dict[str, Any]]:
    photos = {side: document[side] for side in ("case_photo", "sighting_photo")}
    for name, said in answers.items():
        # Nobody knows what they had been shown.
        yield {
            "reviewer": person(name),
            **said,
            **photos,
            "revision": "",
            "blind": False,
            "round": 1,
        }


def in_order(
    records: Records,
    states: Collection[str],
    equal: Mapping[str, Scalar],
    order: str,
    descending: bool = False,
    after: tuple[Scalar, str] | None = None,
) -> Iterator[Match]:
    """All matches in any of these states, in one order, however many; read page by page."""
    queries = [
        Query(MATCHES, {**equal, "state": state}, order, descending, after=after, limit=PAGE)
        for state in states
    ]
    pages = [_paged(records, query) for query in queries]
    return heapq.merge(
        *pages, key=lambda match: (getattr(match, order), match.identity), reverse=descending
    )


def _paged(records: Records, query: Query) -> Iterator[Match]:
    while found := records.find(query):
        yield from (as_match(each.identity, each.document) for each in found)
        last = found[-1]
        query = replace(query, after=(last.document[query.order], last.identity))


def batched(values: Iterable[Value]) -> Iterator[list[Value]]:
    """The values, a page of them at a time."""
    rest = iter(values)
    while some := list(islice(rest, PAGE)):
        yield some


def matches_of_sighting(records: Records, sighting: str) -> Iterator[Match]:
    """All matches of a sighting, in whatever state."""
    query = Query(
        MATCHES, {"sighting": sighting}, order="likelihood_ratio", descending=True, limit=PAGE
    )
    return _paged(records, query)


def stands(records: Records, sighting: str) -> bool:
    """Whether a sighting has a match that may still be, or is, the person."""
    return any(records.count(MATCHES, {"sighting": sighting, "state": each}) for each in STANDING)


def waiting(records: Records) -> int:
    """How many matches are not decided yet, of those in the queue."""
    return sum(records.count(MATCHES, {"state": state}) for state in UNDECIDED)


def held(records: Records) -> int:
    """How many matches wait behind the bounds of the queue."""
    return records.count(MATCHES, {"state": "held"})
