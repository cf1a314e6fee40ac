"""Erasing a case or sighting everywhere, for good, with proof.

First the records in one transaction, after which no search finds it, nobody sees its matches, and
no event brings it back; then the objects; then the matches. A tombstone keeps the name and the
moment, the audit that it happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aifr.casebook.audit import Trail
from aifr.casebook.home import Home
from aifr.casebook.identity import is_subject, kind_of
from aifr.casebook.photos import PHOTOS, photos_of
from aifr.casebook.records.contract import Transaction
from aifr.casebook.secrets import PRIVATE
from aifr.casebook.settling import clear, matches_on
from aifr.casebook.tombstones import ERASED, bury, erase_objects
from aifr.casebook.withdrawn import withdraw
from aifr.errors import NotFound


@dataclass(frozen=True)
class Erasure:
    """How many of each were erased, and how many of all were found afterwards: 0."""

    erased: Mapping[str, int]
    remaining: int


def erase(home: Home, subject: str, actor: str) -> Erasure:
    """Erases a case or sighting with its matches; raises NotFound for one that never was. Again, it
    finishes what a crash may have left.
    """
    own = erase_own(home, subject, actor)
    matches = clear(home.records, subject)
    return Erasure({**own.erased, "matches": matches}, count_remaining(home, subject))


def erase_own(home: Home, subject: str, actor: str) -> Erasure:
    """Erases what was told and computed of a case or sighting alone, and withdraws its matches,
    which `settling.settle` removes: neither the answer nor the time it takes tells whether there
    were any. Raises and finishes as `erase`.
    """
    erased = home.records.transact(lambda transaction: _erase_records(transaction, subject, actor))
    erased["objects"] = erase_objects(home, subject, f"{subject}/")
    return Erasure(erased, count_own(home, subject))


def _erase_records(transaction: Transaction, subject: str, actor: str) -> dict[str, int]:
    kind = kind_of(subject)
    if not is_subject(subject) or transaction.get(kind, subject) is None:
        if transaction.get(ERASED, subject) is None:
            raise NotFound("There is no such case or sighting.")
        return {}
    photos = photos_of(transaction, subject)
    faces = transaction.faces(subject)
    trail = Trail(transaction, subject)
    transaction.delete(kind, subject)
    transaction.delete(PRIVATE, subject)
    for photo in photos:
        transaction.delete(PHOTOS, photo.identity)
    for face in faces:
        transaction.delete_face(face.photo)
    withdraw(transaction, subject, subject)
    bury(transaction, subject, f"{subject}/")
    trail.append(actor, "erased")
    return {"records": 1, "photos": len(photos), "faces": len(faces)}


def count_remaining(home: Home, subject: str) -> int:
    """How much is found of a subject: records, embeddings, matches and objects."""
    matches = home.records.find(matches_on(subject, subject))
    return count_own(home, subject) + len(matches)


def count_own(home: Home, subject: str) -> int:
    """How much is found of what a subject itself is: all but matches."""
    records = [home.records.get(each, subject) for each in (kind_of(subject), PRIVATE)]
    objects = [list(store.list(f"{subject}/")) for store in (home.incoming, home.photos)]
    return (
        sum(record is not None for record in records)
        + home.records.count(PHOTOS, {"subject": subject})
        + len(home.records.faces(subject))
        + sum(map(len, objects))
    )
