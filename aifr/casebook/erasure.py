"""Erasing a case or sighting everywhere, for good, with proof.

First the records in one transaction, after which no search finds it and no event brings it back;
then the objects. A tombstone keeps the name and the moment, the audit that it happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aifr.casebook.audit import Trail
from aifr.casebook.home import Home
from aifr.casebook.identity import is_case, is_subject, kind_of
from aifr.casebook.photos import MATCHES, PHOTOS, erase_objects
from aifr.casebook.records.contract import Query, Transaction
from aifr.casebook.secrets import PRIVATE
from aifr.casebook.tombstones import ERASED, bury, finish
from aifr.errors import NotFound

EVERYTHING = 10_000


@dataclass(frozen=True)
class Erasure:
    """How many of each were erased, and how many of all were found afterwards: 0."""

    erased: Mapping[str, int]
    remaining: int


def erase(home: Home, subject: str, actor: str) -> Erasure:
    """Erases a case or sighting; raises NotFound for one that never was. Again, it finishes what a
    crash may have left.
    """
    erased = home.records.transact(lambda transaction: _erase_records(transaction, subject, actor))
    erased["objects"] = erase_objects(home, f"{subject}/")
    remaining = count_remaining(home, subject)
    if remaining == 0:
        home.records.transact(lambda transaction: finish(transaction, subject))
    return Erasure(erased, remaining)


def _erase_records(transaction: Transaction, subject: str, actor: str) -> dict[str, int]:
    kind = kind_of(subject)
    if not is_subject(subject) or transaction.get(kind, subject) is None:
        if transaction.get(ERASED, subject) is None:
            raise NotFound("There is no such case or sighting.")
        return {}
    photos = transaction.find(Query(PHOTOS, {"subject": subject}, limit=EVERYTHING))
    faces = transaction.faces(subject)
    matches = transaction.find(matches_of(subject))
    trail = Trail(transaction, subject)
    transaction.delete(kind, subject)
    transaction.delete(PRIVATE, subject)
    for photo in photos:
        transaction.delete(PHOTOS, photo.identity)
    for face in faces:
        transaction.delete_face(face.photo)
    for match in matches:
        transaction.delete(MATCHES, match.identity)
    bury(transaction, subject, f"{subject}/")
    trail.append(actor, "erased")
    return {"records": 1, "photos": len(photos), "faces": len(faces), "matches": len(matches)}


def matches_of(subject: str) -> Query:
    """All matches of a case or sighting."""
    return Query(
        MATCHES,
        {"case" if is_case(subject) else "sighting": subject},
        order="likelihood_ratio",
        descending=True,
        limit=EVERYTHING,
    )


def count_remaining(home: Home, subject: str) -> int:
    """How much is found of a subject: records, embeddings, matches and objects."""
    kind = kind_of(subject)
    records = [home.records.get(each, subject) for each in (kind, PRIVATE)]
    objects = [list(store.list(f"{subject}/")) for store in (home.incoming, home.photos)]
    return (
        sum(record is not None for record in records)
        + home.records.count(PHOTOS, {"subject": subject})
        + len(home.records.faces(subject))
        + len(home.records.find(matches_of(subject)))
        + sum(map(len, objects))
    )
