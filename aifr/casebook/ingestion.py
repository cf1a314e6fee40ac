"""One uploaded object -> a photo that is embedded, or rejected with its reason.

Every step may be repeated and may be the last: an event can come twice, late, out of order, and
the process can die anywhere. An object stays incoming until all is done.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from aifr.casebook.arrivals import Arrival, begin, check, named, of_partner, subject_of
from aifr.casebook.audit import Trail
from aifr.casebook.cases import Case
from aifr.casebook.described import described
from aifr.casebook.faces import gallery_of
from aifr.casebook.home import Home
from aifr.casebook.identity import is_subject
from aifr.casebook.moment import now
from aifr.casebook.photos import (
    JPEG,
    PHOTOS,
    Photo,
    object_name,
    photos_of,
    put_case,
    touched,
    with_photo,
)
from aifr.casebook.records.contract import IndexedFace, Transaction
from aifr.casebook.settling import clear, settle
from aifr.casebook.sightings import Sighting
from aifr.casebook.stored import as_document, as_record
from aifr.casebook.tombstones import ERASED
from aifr.errors import (
    AifrError,
    CaseClosed,
    FileTooLarge,
    NotAllowed,
    ObjectMissing,
    TooManyFiles,
)
from aifr.recognition.card import Card
from aifr.recognition.clean import clean_copy
from aifr.recognition.recognise import Recognition
from aifr.settings import Settings

# A photo's bytes and which face is meant (None: the largest) -> what was recognised.
Recognise = Callable[[bytes, int | None], Recognition]
# What looking at a photo tells; the rest is what people said of it.
SEEN = (
    "state",
    "reason",
    "message",
    "size",
    "faces",
    "face",
    "quality",
    "age_groups",
    "model",
    "matched",
    "updated",
)


@dataclass(frozen=True)
class Outcome:
    """photo: None where the object is nobody's. matches: names of those it led to. refused: why no
    photo was made of it.
    """

    photo: Photo | None
    matches: tuple[str, ...] = ()
    refused: AifrError | None = None


def ingest(
    home: Home, arrival: Arrival, recognise: Recognise, card: Card, settings: Settings
) -> Outcome:
    """Ingests an object; raises StoreUnavailable and ModelUnavailable, after which it may be tried
    again, and nothing for an object that is no photo of anyone.
    """
    try:
        outcome = _arrived(home, of_partner(home, arrival), recognise, card, settings)
    except (NotAllowed, TooManyFiles, CaseClosed) as problem:
        outcome = Outcome(None, refused=problem)
    if outcome is None:
        return Outcome(None)
    if arrival.ours:
        arrival.store.delete(arrival.name, arrival.generation)
    return outcome


def _arrived(
    home: Home, arrival: Arrival, recognise: Recognise, card: Card, settings: Settings
) -> Outcome | None:
    """What came of a mark or an object, None for what is neither a subject's nor a mark."""
    if arrival.marked is not None:
        matches = settle(home.records, arrival.marked, card, settings.match_bar)
        return Outcome(None, tuple(matches))
    if not is_subject(arrival.owner):
        return None
    return _ingest(home, arrival, recognise, card, settings)


def _ingest(
    home: Home, arrival: Arrival, recognise: Recognise, card: Card, settings: Settings
) -> Outcome:
    subject = subject_of(home.records, arrival.owner)
    if subject is None:
        return Outcome(None)
    check(arrival, subject)
    try:
        data = arrival.store.get(arrival.name, settings.max_file_bytes)
    except ObjectMissing:
        # An event that came twice, or after an erasure.
        return Outcome(None)
    except FileTooLarge as problem:
        told = begin(home, arrival, named(home, arrival, b""))
        waits = told is not None and told.state == "pending"
        return Outcome(_reject(home, told, problem) if told and waits else told)
    photo = begin(home, arrival, named(home, arrival, data))
    if photo is None:
        return Outcome(None)
    # Nobody may see a match that rests on another face of this photo.
    clear(home.records, photo.subject)
    while photo is not None and (photo.state == "pending" or outdated(photo, card)):
        # Again where another face was chosen in the meantime.
        photo = look(home, photo, data, recognise, card, settings)
    return Outcome(photo, tuple(settle(home.records, arrival.owner, card, settings.match_bar)))


def look(
    home: Home, photo: Photo, data: bytes, recognise: Recognise, card: Card, settings: Settings
) -> Photo | None:
    """The photo, embedded or rejected; None where it was erased in the meantime. data: as it
    arrived. What can be decoded is kept either way, so that who sent it sees what was refused.
    Raises StoreUnavailable and ModelUnavailable.
    """
    name = object_name(photo.subject, photo.identity)
    try:
        # The kept copy, if there is one: boxes are told and chosen on it.
        clean = kept_copy(home, photo, settings) or clean_copy(data, settings)
    except AifrError as problem:
        return _reject(home, photo, problem)
    home.photos.put(name, clean, JPEG)
    settled = _settle_seen(home, photo, clean, recognise, card)
    if settled is None:
        # Erased while we looked.
        home.photos.delete(name)
    return settled


def _settle_seen(
    home: Home, photo: Photo, clean: bytes, recognise: Recognise, card: Card
) -> Photo | None:
    try:
        seen = recognise(clean, photo.chosen)
    except AifrError as problem:
        return _reject(home, photo, problem)
    return _settle(home, described(photo, seen, card), seen)


def outdated(photo: Photo, card: Card) -> bool:
    """Whether another version of the model embedded the photo."""
    return photo.state == "embedded" and photo.model != card.version


def kept_copy(home: Home, photo: Photo, settings: Settings) -> bytes | None:
    """The clean copy of a photo, None where there is none yet."""
    try:
        return home.photos.get(object_name(photo.subject, photo.identity), settings.max_body_bytes)
    except ObjectMissing:
        return None


def _reject(home: Home, photo: Photo, problem: AifrError) -> Photo | None:
    """For good, unless the problem passes, which is raised."""
    if problem.status == 503:
        raise problem
    rejected = replace(
        photo, state="rejected", reason=problem.code, message=problem.message, updated=now()
    )
    return _settle(home, rejected, None)


def _settle(home: Home, photo: Photo, seen: Recognition | None) -> Photo | None:
    """Writes what became of a photo, with its face, unless it or its subject was erased since or
    another did it first; returns the record, None where it is gone.
    """

    def work(transaction: Transaction) -> Photo | None:
        there = transaction.get(PHOTOS, photo.identity)
        subject = subject_of(transaction, photo.subject)
        gone = transaction.get(ERASED, photo.identity) is not None
        if subject is None or gone:
            return None
        before = as_record(Photo, photo.identity, there) if there else None
        if before and (before.chosen != photo.chosen or _same_end(before, photo)):
            return before
        # What was told of it in the meantime stays.
        seen_of_it = {name: getattr(photo, name) for name in SEEN}
        after = replace(before, **seen_of_it) if before else photo
        photos = photos_of(transaction, photo.subject)
        trail = Trail(transaction, photo.subject)
        transaction.put(PHOTOS, photo.identity, as_document(after))
        if seen is not None and after.state == "embedded":
            transaction.put_face(indexed(after, subject, seen))
        else:
            transaction.delete_face(after.identity)
        if isinstance(subject, Case) and (before is None or looks_other(before, after)):
            put_case(transaction, touched(subject, with_photo(photos, after)))
        trail.append("system", f"photo {after.state}", [photo.identity])
        return after

    return home.records.transact(work)


def looks_other(before: Photo, after: Photo) -> bool:
    """Whether a reviewer sees a photo otherwise than before."""
    return any(getattr(before, name) != getattr(after, name) for name in ("state", "faces", "face"))


def _same_end(photo: Photo, other: Photo) -> bool:
    return (photo.state, photo.model) == (other.state, other.model)


def indexed(photo: Photo, subject: Case | Sighting, seen: Recognition) -> IndexedFace:
    """The face as searches find it."""
    return IndexedFace(
        photo=photo.identity,
        subject=photo.subject,
        gallery=gallery_of(subject, photo),
        sex=subject.sex,
        country=subject.country,
        weight=seen.weight,
        embedding=seen.embedding,
    )
