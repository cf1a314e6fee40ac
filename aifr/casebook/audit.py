"""Who did what to which record: append-only, one hash chain a case or sighting.

An event never holds what was written, only which fields; so that it may outlive an erasure. Events
and heads are sealed by a key of the environment (audit_keys); audit_check looks at all of them.

    python -m aifr.casebook.audit c0123456789abcdef0123

prints the events of a case or sighting, and ends with 1 where its chain is broken.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from aifr.casebook.audit_keys import UNKEYED, current_key, holds, is_believed, seal
from aifr.casebook.moment import now
from aifr.casebook.records.contract import Document, Query, Records, Transaction
from aifr.casebook.stored import as_document, as_records

EVENTS, HEADS = "audit", "audit_heads"
START = "0" * 64
PAGE = 200


@dataclass(frozen=True)
class Event:
    """actor: role, and name where there is one. previous, own: seals of the event before in the
    chain and of this one, in hex. key: name of the key that sealed it, UNKEYED for a plain hash.
    """

    identity: str
    subject: str
    sequence: int
    created: str
    actor: str
    action: str
    details: list[str] = field(default_factory=list)
    previous: str = START
    own: str = ""
    key: str = UNKEYED


class Trail:
    """The end of a subject's chain, read in a transaction and written on in it."""

    def __init__(self, transaction: Transaction, subject: str) -> None:
        head = head_of(transaction.get(HEADS, subject))
        self._transaction, self._subject = transaction, subject
        self._sequence, self._previous = head["sequence"], head["own"]

    def append(self, actor: str, action: str, details: Sequence[str] = ()) -> None:
        """Adds an event; only after the last read of the transaction."""
        self._sequence += 1
        event = sealed(
            Event(
                identity=f"{self._subject}-{self._sequence:06d}",
                subject=self._subject,
                sequence=self._sequence,
                created=now(),
                actor=actor,
                action=action,
                details=list(details),
                previous=self._previous,
                key=current_key(),
            )
        )
        self._previous = event.own
        self._transaction.put(EVENTS, event.identity, as_document(event))
        head = sealed_head(self._subject, self._sequence, event.own)
        self._transaction.put(HEADS, self._subject, head)


def head_of(document: Document | None) -> Document:
    """The end of a chain: that of one without events where there is none."""
    return document or {"sequence": 0, "own": START}


def sealed_head(subject: str, sequence: int, own: str) -> Document:
    """The end of a chain with its seal, so that nobody else can name another one."""
    key = current_key()
    told = seal(key, "head", subject, str(sequence), own)
    return {"sequence": sequence, "own": own, "key": key, "seal": told}


def _is_sealed(subject: str, head: Document) -> bool:
    key = head.get("key", UNKEYED)
    if head["sequence"] == 0:
        return True
    if key == UNKEYED:
        return is_believed(key)
    return holds(key, head.get("seal"), "head", subject, str(head["sequence"]), head["own"])


def sealed(event: Event) -> Event:
    """The event with the seal of all that it says; KeyError for an unknown key."""
    said = {**as_document(event), "own": ""}
    if event.key == UNKEYED:
        del said["key"]
    told = seal(event.key, event.identity, json.dumps(said, sort_keys=True))
    return Event(**{**vars(event), "own": told})


def history(records: Records, subject: str) -> list[Event]:
    """All events of a subject, oldest first."""
    events: list[Event] = []
    while True:
        after = (events[-1].sequence, events[-1].identity) if events else None
        query = Query(EVENTS, {"subject": subject}, order="sequence", after=after, limit=PAGE)
        page = as_records(Event, records.find(query))
        events += page
        if len(page) < PAGE:
            return events


def broken_link(records: Records, subject: str) -> int | None:
    """The sequence number of the first event that was altered, moved or removed; None if none was.

    The head tells whether the last events are missing; who can forge it, and took back an older one
    of its own, is found by audit_check alone.
    """
    previous, number = START, 0
    for number, event in enumerate(history(records, subject), 1):
        whole = is_believed(event.key) and event == sealed(event) and event.previous == previous
        if not whole or event.sequence != number:
            return number
        previous = event.own
    head = head_of(records.get(HEADS, subject))
    whole = (head["sequence"], head["own"]) == (number, previous) and _is_sealed(subject, head)
    return None if whole else number + 1


def main() -> None:
    # Imported here: what keeps records is no matter of the trail.
    from aifr.casebook.home import home

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subject", help="name of a case or sighting")
    subject = parser.parse_args().subject
    records = home().records
    for event in history(records, subject):
        print(event.created, event.actor, event.action, *event.details)
    broken = broken_link(records, subject)
    if broken is not None:
        sys.exit(f"broken at event {broken}")


if __name__ == "__main__":
    main()
