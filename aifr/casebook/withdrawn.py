"""What matches may rest on no more: a face that was taken out, or a case or sighting that is gone.

Noted in the transaction that takes it out, so that the matches are hidden at once and nothing is
lost where the process dies; `settling.settle` does the rest, in nobody's request. So no caller can
tell by an answer, or by how long it takes, how many matches there were.
"""

import secrets
from collections.abc import Iterable

from aifr.casebook.moment import now
from aifr.casebook.records.contract import Found, Query, Records, Transaction
from aifr.casebook.records.everything import find_all

WITHDRAWN = "withdrawn"


def withdraw(transaction: Transaction, subject: str, identity: str) -> None:
    """Notes that a photo of a subject, or the subject itself, has no matches any more."""
    # By the ticket a later note under the same name is told from this one.
    note = {"subject": subject, "created": now(), "ticket": secrets.token_hex(8)}
    transaction.put(WITHDRAWN, identity, note)


def withdrawn_of(records: Records, subject: str) -> list[Found]:
    """The notes about a subject and its photos, the oldest first."""
    return list(find_all(records, Query(WITHDRAWN, {"subject": subject})))


def subjects_withdrawn(records: Records) -> list[str]:
    """The subjects of all notes that nobody has worked off yet."""
    found = find_all(records, Query(WITHDRAWN))
    return list(dict.fromkeys(note.document["subject"] for note in found))


def among_withdrawn(records: Records, identities: Iterable[str]) -> set[str]:
    """Those of these photos, cases and sightings that are noted; 1000 at most."""
    return set(records.get_all(WITHDRAWN, list(identities)))
