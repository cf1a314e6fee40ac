"""Photos of cases and sightings: pending, then embedded or rejected."""

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from aifr.casebook.audit import Trail
from aifr.casebook.home import Home
from aifr.casebook.identity import (
    DIGITS,
    PHOTO,
    SUBJECT,
    derived_identity,
    is_subject,
    kind_of,
)
from aifr.casebook.moment import now
from aifr.casebook.records.contract import Query, Records, Transaction
from aifr.casebook.records.everything import find_all
from aifr.casebook.stored import as_document, as_record, as_records
from aifr.casebook.tombstones import ERASED, bury, erase_objects
from aifr.casebook.withdrawn import withdraw
from aifr.errors import Conflict, NotFound, ObjectMissing, TooManyFiles

PHOTOS = "photos"
PhotoState = Literal["pending", "embedded", "rejected"]
MOST_PHOTOS = 30
OBJECT = re.compile(rf"{SUBJECT.pattern}/({PHOTO}[0-9a-f]{{{DIGITS}}})\.jpg")
JPEG = "image/jpeg"


@dataclass(frozen=True)
class Photo:
    """A photo of a case or sighting (`subject`), named after its content.

    age: years, as told. reason, message: why it was rejected, as an error's code and message.
    size: (width, height) of the upright photo in pixels; faces: boxes in it, most probable first.
    chosen: index of the face that is meant, None for the largest; face: of the one embedded.
    quality: reasons for doubt, each as the fields of `quality.Reason`. age_groups: group ->
    probability, by the model. model: version that embedded it, "" for none. matched: whether the
    standing search has seen it since. copy: of a sighting, whether a case was found to have this
    very photo. source: the object it came from.
    """

    identity: str
    subject: str
    created: str
    updated: str
    state: PhotoState = "pending"
    age: int | None = None
    chosen: int | None = None
    reason: str = ""
    message: str = ""
    size: list[int] = field(default_factory=list)
    faces: list[dict[str, float]] = field(default_factory=list)
    face: int | None = None
    quality: list[dict[str, Any]] = field(default_factory=list)
    age_groups: dict[str, float] = field(default_factory=dict)
    model: str = ""
    matched: bool = False
    copy: bool = False
    source: str = ""


def photo_identity(subject: str, data: bytes) -> str:
    """The name of a photo with this content: the same photo of the same subject is one."""
    return derived_identity(PHOTO, subject, hashlib.sha256(data).hexdigest())


def object_name(subject: str, photo: str) -> str:
    """Where a photo lies, both incoming and for good."""
    return f"{subject}/{photo}.jpg"


def named_photo(name: str) -> str | None:
    """The photo whose object has this name, None where we did not give it."""
    found = OBJECT.fullmatch(name)
    return found[1] if found else None


def new_photo(identity: str, subject: str, age: int | None = None, source: str = "") -> Photo:
    """A photo that waits for ingestion."""
    moment = now()
    return Photo(identity, subject, moment, moment, age=age, source=source)


def add_photo(
    home: Home,
    subject: str,
    identity: str,
    clean: bytes,
    age: int | None,
    chosen: int | None,
    actor: str,
) -> Photo:
    """Keeps a photo of a case or sighting, pending until ingestion has looked at it. The same one
    again changes nothing.

    clean: JPEG without metadata. Raises NotFound, and TooManyFiles above MOST_PHOTOS.
    """

    def work(transaction: Transaction) -> Photo:
        there = transaction.get(PHOTOS, identity)
        if there is not None:
            return as_record(Photo, identity, there)
        refuse_more_photos(transaction, subject)
        photo = replace(new_photo(identity, subject, age), chosen=chosen)
        if not subject_exists(transaction, subject):
            raise NotFound("There is no such case or sighting.")
        trail = Trail(transaction, subject)
        transaction.put(PHOTOS, identity, as_document(photo))
        # Who sends an erased photo once more wants it back.
        transaction.delete(ERASED, identity)
        trail.append(actor, "photo added", [identity])
        return photo

    photo = home.records.transact(work)
    # After the record, so that ingestion finds what was told of the photo.
    if photo.state == "pending":
        home.incoming.put(object_name(subject, identity), clean, JPEG)
    return photo


def refuse_more_photos(reader: Records | Transaction, subject: str) -> None:
    """Raises TooManyFiles where a subject has as many photos as it may have; in the transaction
    that would make one more.
    """
    if len(photos_of(reader, subject)) >= MOST_PHOTOS:
        raise TooManyFiles(f"{MOST_PHOTOS} photos at most.", "photo")


def subject_exists(reader: Records | Transaction, subject: str) -> bool:
    """Whether a case or sighting is there; one that was erased is not."""
    return is_subject(subject) and reader.get(kind_of(subject), subject) is not None


def get_photo(reader: Records | Transaction, subject: str, identity: str) -> Photo:
    """A photo of this subject; raises NotFound."""
    document = reader.get(PHOTOS, identity)
    if document is None or document["subject"] != subject:
        raise NotFound("There is no such photo.")
    return as_record(Photo, identity, document)


def photos_of(reader: Records | Transaction, subject: str) -> list[Photo]:
    """All photos of a subject, the oldest first, however many older data may hold."""
    return as_records(Photo, find_all(reader, Query(PHOTOS, {"subject": subject})))


def read_photo(home: Home, photo: Photo, most_bytes: int) -> bytes:
    """The clean copy of a photo, also while it waits; raises ObjectMissing for one that could not
    be decoded.
    """
    name = object_name(photo.subject, photo.identity)
    # Ingestion may be done with it just when it is found incoming no more.
    for store in (home.photos, home.incoming):
        with suppress(ObjectMissing):
            return store.get(name, most_bytes)
    return home.photos.get(name, most_bytes)


def correct_photo(
    home: Home, subject: str, identity: str, changes: dict[str, Any], actor: str, most_bytes: int
) -> Photo:
    """Changes the age, or which face is meant, which is then embedded anew.

    Raises NotFound, and Conflict for a face that is not there.
    """

    def work(transaction: Transaction) -> Photo:
        photo = get_photo(transaction, subject, identity)
        chosen = changes.get("chosen", photo.face)
        if chosen is not None and chosen >= len(photo.faces):
            raise Conflict(f"The photo shows {len(photo.faces)} faces.")
        changed = replace(photo, **changes, updated=now(), matched=False)
        trail = Trail(transaction, subject)
        if chosen != photo.face:
            # Another person's face must not be found in the meantime.
            changed = replace(changed, state="pending")
            take_out(transaction, photo)
        transaction.put(PHOTOS, identity, as_document(changed))
        trail.append(actor, "photo corrected", sorted(changes))
        return changed

    photo = home.records.transact(work)
    if photo.state == "pending":
        ingest_again(home, photo, most_bytes)
    return photo


def ingest_again(home: Home, photo: Photo, most_bytes: int) -> None:
    """Has a photo that is kept ingested once more: its clean copy arrives anew."""
    name = object_name(photo.subject, photo.identity)
    clean = home.photos.get(name, most_bytes)
    # An ingestion that is under way removes what it began with, and must not remove this.
    home.incoming.delete(name)
    home.incoming.put(name, clean, JPEG)


def remove_photo(home: Home, subject: str, identity: str, actor: str) -> None:
    """Erases a photo with its embedding; raises NotFound. Its matches are hidden at once, and
    `settling.settle` removes them.
    """
    name = object_name(subject, identity)

    def work(transaction: Transaction) -> None:
        photo = get_photo(transaction, subject, identity)
        trail = Trail(transaction, subject)
        take_out(transaction, photo)
        transaction.delete(PHOTOS, identity)
        bury(transaction, identity, name)
        trail.append(actor, "photo erased", [identity])

    home.records.transact(work)
    erase_objects(home, identity, name)


def take_out(transaction: Transaction, photo: Photo) -> None:
    """Removes a photo's face, and withdraws what rests on it."""
    transaction.delete_face(photo.identity)
    withdraw(transaction, photo.subject, photo.identity)
