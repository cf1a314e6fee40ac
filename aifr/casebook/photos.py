"""Photos of cases and sightings: pending, then embedded or rejected, and of a case passed by a
reviewer.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from aifr.casebook.audit import Trail
from aifr.casebook.cases import CASES, Case, get_case, require_open
from aifr.casebook.home import Home
from aifr.casebook.identity import (
    DIGITS,
    PHOTO,
    SUBJECT,
    derived_identity,
    is_case,
    is_subject,
    kind_of,
)
from aifr.casebook.moment import now
from aifr.casebook.records.contract import Query, Records, Transaction
from aifr.casebook.records.everything import find_all
from aifr.casebook.stored import as_document, as_record, as_records
from aifr.casebook.tombstones import ERASED
from aifr.errors import NotFound, ObjectMissing, TooManyFiles

PHOTOS = "photos"
PhotoState = Literal["pending", "undecided", "embedded", "rejected"]
MOST_PHOTOS = 30
OBJECT = re.compile(rf"{SUBJECT.pattern}/({PHOTO}[0-9a-f]{{{DIGITS}}})\.jpg")
JPEG = "image/jpeg"


@dataclass(frozen=True)
class Photo:
    """A photo of a case or sighting (`subject`), named after its content.

    state: undecided where it shows several people and nobody has said which one is meant.
    age: years, as told. reason, message: why it was rejected or is undecided, as an error's code
    and message. size: (width, height) of the upright photo in pixels; faces: boxes in it, most
    probable first. chosen: index of the face that is meant, None for the only one; face: of the one
    embedded. quality: reasons for doubt, each as the fields of `quality.Reason`. age_groups:
    group -> probability, by the model. model: version that embedded it, "" for none. matched:
    whether the standing search has seen it since. copy: of a sighting, whether a case was found to
    have this very photo. source: the object it came from.

    Of a case: added_by, passed_by, passed_at: who sent it, who passed it and when, "" for nobody
    and None in records from before photos were passed one by one. whole: whether the public sees
    all of a photo of several people. proposed: "age" or "chosen" -> value, by, at, of corrections
    that wait. refused, refused_at: a reviewer's reason, and when.
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
    added_by: str = ""
    passed_by: str | None = None
    passed_at: str = ""
    whole: bool = False
    proposed: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: str = ""
    refused_at: str = ""


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
    return Photo(identity, subject, moment, moment, age=age, source=source, passed_by="")


def passed(case: Case, photo: Photo) -> bool:
    """Whether a reviewer has passed a case's photo. One from before photos were passed one by one
    was, if it was there when the case was published (`upgrade` looks closer).
    """
    if photo.passed_by is None:
        return photo.created <= (case.published or "")
    return photo.passed_by != ""


def shown(case: Case, photo: Photo) -> bool:
    """Whether the public of a published case sees a photo."""
    looked_at = photo.state in ("pending", "embedded") and photo.face is not None
    return looked_at and passed(case, photo)


def awaits_review(case: Case, photo: Photo) -> bool:
    """Whether a reviewer still has to say something of a photo."""
    fresh = photo.state == "embedded" and not passed(case, photo)
    return bool(photo.proposed) or ((fresh or photo.state == "undecided") and not photo.refused)


def touched(case: Case, photos: Iterable[Photo]) -> Case:
    """The case at its next revision, with these photos."""
    waits = bool(case.proposed or case.removed) or any(
        awaits_review(case, photo) for photo in photos
    )
    waiting = case.searched and waits
    return replace(case, revision=case.revision + 1, updated=now(), waiting=waiting)


def unmatched(photo: Photo) -> Photo:
    """The photo, for the standing search to see again."""
    # By the moment a search that is under way tells that it saw an older state.
    waits = replace(photo, matched=False, updated=now())
    return waits if photo.state == "embedded" else photo


def case_of(transaction: Transaction, subject: str) -> Case | None:
    """The case of a photo that is not a sighting's; raises NotFound for one that is gone."""
    return get_case(transaction, subject) if is_case(subject) else None


def with_photo(photos: Sequence[Photo], photo: Photo) -> list[Photo]:
    """The photos, one of them replaced or added."""
    return [*(each for each in photos if each.identity != photo.identity), photo]


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

    clean: JPEG without metadata. Raises NotFound, CaseClosed, and TooManyFiles above MOST_PHOTOS.
    """

    def work(transaction: Transaction) -> Photo:
        there = transaction.get(PHOTOS, identity)
        if there is not None:
            return as_record(Photo, identity, there)
        photo = replace(new_photo(identity, subject, age), chosen=chosen, added_by=actor)
        keep_new(transaction, photo, actor, "photo added")
        return photo

    photo = home.records.transact(work)
    # After the record, so that ingestion finds what was told of the photo.
    if photo.state == "pending":
        home.incoming.put(object_name(subject, identity), clean, JPEG)
    return photo


def keep_new(transaction: Transaction, photo: Photo, actor: str, action: str) -> None:
    """Writes the record of a photo that is new; raises NotFound, CaseClosed and TooManyFiles."""
    others = photos_of(transaction, photo.subject)
    refuse_more_photos(others)
    if not subject_exists(transaction, photo.subject):
        raise NotFound("There is no such case or sighting.")
    case = case_of(transaction, photo.subject)
    if case:
        require_open(case)
    trail = Trail(transaction, photo.subject)
    transaction.put(PHOTOS, photo.identity, as_document(photo))
    # Who sends an erased photo once more wants it back.
    transaction.delete(ERASED, photo.identity)
    if case:
        put_case(transaction, touched(case, [*others, photo]))
    trail.append(actor, action, [photo.identity])


def refuse_more_photos(photos: Sequence[Photo]) -> None:
    """Raises TooManyFiles where a subject has as many photos as it may have."""
    if len(photos) >= MOST_PHOTOS:
        raise TooManyFiles(f"{MOST_PHOTOS} photos at most.", "photo")


def put_case(transaction: Transaction, case: Case) -> None:
    """Writes a case."""
    transaction.put(CASES, case.identity, as_document(case))


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
