"""The faces of a case or sighting, filed where searches look for them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from aifr.casebook.cases import Case
from aifr.casebook.photos import PHOTOS, Photo, passed, unmatched
from aifr.casebook.records.contract import IndexedFace, Transaction
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


def gallery_of(subject: Subject, photo: Photo) -> str:
    """The gallery of a photo's face, "" for none: embeddings compare only within one version of the
    model, and of a case only those photos that a reviewer has passed are searched.
    """
    if not subject.searched:
        return ""
    if isinstance(subject, Case):
        return case_gallery(photo.model) if passed(subject, photo) else ""
    return sighting_gallery(photo.model)


def case_gallery(model: str) -> str:
    """The passed faces of all verified and published cases."""
    return f"cases:{model}"


def sighting_gallery(model: str) -> str:
    """The faces of all open sightings."""
    return f"sightings:{model}"


def filed(face: IndexedFace, subject: Subject, photo: Photo) -> IndexedFace:
    """The face as its subject and photo are now."""
    gallery = gallery_of(subject, photo)
    return replace(face, gallery=gallery, sex=subject.sex, country=subject.country)


def refiling(
    transaction: Transaction, subject: Subject, photos: Sequence[Photo]
) -> Callable[[], None]:
    """Reads the subject's faces; what is returned files them by what the subject and its photos
    are now.
    """
    known = {photo.identity: photo for photo in photos}
    faces = [face for face in transaction.faces(subject.identity) if face.photo in known]

    def write() -> None:
        for face in faces:
            transaction.put_face(filed(face, subject, known[face.photo]))

    return write


def put_unmatched(transaction: Transaction, photo: Photo) -> None:
    """Writes a photo as one that the standing search still has to see."""
    transaction.put(PHOTOS, photo.identity, as_document(unmatched(photo)))
