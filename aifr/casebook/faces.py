"""The faces of a case or sighting, filed where searches look for them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from aifr.casebook.identity import is_case
from aifr.casebook.moment import now
from aifr.casebook.photos import PHOTOS, Photo, photos_of
from aifr.casebook.records.contract import Transaction
from aifr.casebook.stored import as_document


class Subject(Protocol):
    """What filing needs to know of a case or a sighting."""

    @property
    def identity(self) -> str: ...
    @property
    def sex(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def searched(self) -> bool: ...


def gallery_of(subject: Subject, model: str) -> str:
    """The gallery of a subject's faces: embeddings compare only within one version of the model."""
    if not subject.searched:
        return ""
    return case_gallery(model) if is_case(subject.identity) else sighting_gallery(model)


def case_gallery(model: str) -> str:
    """The faces of all verified and published cases."""
    return f"cases:{model}"


def sighting_gallery(model: str) -> str:
    """The faces of all open sightings."""
    return f"sightings:{model}"


def refiling(
    transaction: Transaction, subject: Subject, match_again: bool = False
) -> Callable[[], None]:
    """Reads the subject's faces; what is returned files them by what the subject is now, and marks
    their photos as still to be matched where asked to.
    """
    photos = photos_of(transaction, subject.identity)
    models = {photo.identity: photo.model for photo in photos}
    faces = transaction.faces(subject.identity)

    def write() -> None:
        for face in faces:
            gallery = gallery_of(subject, models[face.photo])
            filed = replace(face, gallery=gallery, sex=subject.sex, country=subject.country)
            transaction.put_face(filed)
        for photo in photos:
            if match_again and photo.state == "embedded":
                put_unmatched(transaction, photo)

    return write


def put_unmatched(transaction: Transaction, photo: Photo) -> None:
    """Writes a photo as one that the standing search still has to see."""
    # By the moment a search that is under way tells that it saw an older state.
    waits = replace(photo, matched=False, updated=now())
    transaction.put(PHOTOS, photo.identity, as_document(waits))
