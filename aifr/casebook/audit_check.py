"""Checks every trail, and that none is gone: `python -m aifr.casebook.audit_check`.

To be run every day. It ends with 1, after a line for each trail, where one was altered, cut short
or removed since the last run, whose heads it keeps under seal (the anchor). --accept takes what is
there as right, once a person has looked; --adopt seals trails that were written without a key.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from aifr.casebook.audit import (
    EVENTS,
    HEADS,
    Event,
    broken_link,
    head_of,
    sealed,
    sealed_head,
)
from aifr.casebook.audit_keys import UNKEYED, current_key, holds, seal
from aifr.casebook.identity import is_subject
from aifr.casebook.moment import days_ago, now
from aifr.casebook.records.contract import Document, Found, Query, Records, Transaction
from aifr.casebook.stored import as_document

ANCHORS, WHOLE = "audit_anchors", "whole"
# Kinds whose every record has a trail, the erased ones too.
TRAILED = ("cases", "sightings", "erased")
# An older one may have been put back to hide what was removed since.
ANCHOR_DAYS = 2
TRIES = 3
PAGE = 200

# subject -> (number of events, hash of the last one)
Heads = dict[str, tuple[int, str]]


@dataclass(frozen=True)
class Check:
    """heads: of all trails that hold. faults: what is broken, in words, by subject or "anchor"."""

    heads: Heads
    faults: dict[str, str]


def check(records: Records) -> Check:
    """Every trail, every record that must have one, and what the anchor says of them."""
    faults: dict[str, str] = {}
    anchored = _read_anchor(records, faults)
    heads: Heads = {}
    for subject in sorted({*_names(records, HEADS, "sequence"), *_trailed(records), *anchored}):
        fault = _fault(records, subject, anchored.get(subject))
        if fault:
            faults[subject] = fault
        else:
            heads[subject] = _head(records, subject)
    return Check(heads, faults)


def anchor(records: Records, heads: Heads) -> None:
    """Keeps the heads under seal, for the next check."""
    parts: defaultdict[str, Heads] = defaultdict(dict)
    for subject, head in heads.items():
        parts[subject[:3]][subject] = head
    documents = {name: _under_seal(name, json.dumps(part)) for name, part in parts.items()}
    seals = {name: document["seal"] for name, document in documents.items()}
    told = json.dumps({"created": now(), "count": len(heads), "parts": seals})
    for name, document in documents.items():
        _put(records, name, document)
    _put(records, WHOLE, _under_seal(WHOLE, told))


def adopt(records: Records) -> int:
    """Seals the trails that were written without a key with the one there is now; how many.

    What they say is taken for true: nothing tells whether it was altered before.
    """
    names = list(_names(records, HEADS, "sequence"))
    return sum(records.transact(partial(_adopt, subject=name)) for name in names)


def _adopt(transaction: Transaction, subject: str) -> bool:
    query = Query(EVENTS, {"subject": subject}, order="sequence", limit=10_000)
    documents = {found.identity: found.document for found in transaction.find(query)}
    if any(document.get("key", UNKEYED) != UNKEYED for document in documents.values()):
        return False
    previous, number = "", 0
    for identity, document in documents.items():
        event = Event(**{"identity": identity, **document, "key": current_key()})
        event = sealed(replace(event, previous=previous or event.previous))
        previous, number = event.own, event.sequence
        transaction.put(EVENTS, identity, as_document(event))
    transaction.put(HEADS, subject, sealed_head(subject, number, previous))
    return True


def _fault(records: Records, subject: str, anchored: tuple[int, str] | None) -> str | None:
    """What is wrong with a trail; looked at again where somebody may just be writing it."""
    for _ in range(TRIES):
        broken = broken_link(records, subject)
        if broken is None:
            break
    else:
        return f"broken at event {broken}"
    count, _ = _head(records, subject)
    if count == 0:
        return "gone"
    if anchored is None:
        return None
    there = records.get(EVENTS, f"{subject}-{anchored[0]:06d}") or {}
    return None if there.get("own") == anchored[1] else f"cut after event {count}, or rewritten"


def _head(records: Records, subject: str) -> tuple[int, str]:
    head = head_of(records.get(HEADS, subject))
    return head["sequence"], head["own"]


def _trailed(records: Records) -> Iterator[str]:
    for kind in TRAILED:
        yield from filter(is_subject, _names(records, kind, "created"))


def _names(records: Records, kind: str, order: str) -> Iterator[str]:
    query = Query(kind, order=order, limit=PAGE)
    while found := records.find(query):
        yield from (each.identity for each in found)
        query = replace(query, after=_place(found[-1], order))


def _place(found: Found, order: str) -> tuple[Any, str]:
    return found.document[order], found.identity


def _read_anchor(records: Records, faults: dict[str, str]) -> Heads:
    """The heads of the last check; a fault where they are not what it kept."""
    whole = records.get(ANCHORS, WHOLE)
    if whole is None:
        if records.find(Query(HEADS, order="sequence", limit=1)):
            faults["anchor"] = "gone, or never made"
        return {}
    if not _is_sealed(WHOLE, whole):
        faults["anchor"] = "altered"
        return {}
    told = json.loads(whole["told"])
    if told["created"] < days_ago(ANCHOR_DAYS):
        faults["anchor"] = f"of {told['created']}: no check since, or an old one was put back"
    heads: Heads = {}
    for name, own in told["parts"].items():
        part = records.get(ANCHORS, name) or {}
        if part.get("seal") == own and _is_sealed(name, part):
            heads |= {subject: (head[0], head[1]) for subject, head in _told(part).items()}
        else:
            faults["anchor"] = f"part {name} altered or removed"
    return heads


def _told(document: Document) -> dict[str, list[Any]]:
    told: dict[str, list[Any]] = json.loads(document["told"])
    return told


def _under_seal(name: str, told: str) -> Document:
    key = current_key()
    return {"told": told, "key": key, "seal": seal(key, "anchor", name, told)}


def _is_sealed(name: str, document: Document) -> bool:
    key, told = document.get("key", UNKEYED), document.get("told", "")
    return holds(key, document.get("seal"), "anchor", name, str(told))


def _put(records: Records, name: str, document: Document) -> None:
    records.transact(lambda transaction: transaction.put(ANCHORS, name, document))


def main() -> None:
    # Imported here: what keeps records is no matter of the trail.
    from aifr.casebook.home import home

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accept", action="store_true", help="take what is there as right")
    parser.add_argument("--adopt", action="store_true", help="seal trails written without a key")
    arguments = parser.parse_args()
    records = home().records
    if arguments.adopt:
        print(f"{adopt(records)} trails sealed")
    checked = check(records)
    for subject, fault in checked.faults.items():
        print(f"audit trail broken: {subject}: {fault}", file=sys.stderr)
    if not checked.faults or arguments.accept:
        anchor(records, checked.heads)
    if current_key() == UNKEYED:
        print("without AIFR_AUDIT_KEY: who may write records can forge trails", file=sys.stderr)
    print(f"{len(checked.heads)} trails hold")
    sys.exit(1 if checked.faults and not arguments.accept else 0)


if __name__ == "__main__":
    main()
