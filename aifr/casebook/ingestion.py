"""One uploaded object -> a photo that is embedded, or rejected with its reason.

Every step may be repeated and may be the last: an event can come twice, late, out of order, and
the process can die anywhere. An object stays incoming until all is done.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from aifr.casebook.audit import Trail
from aifr.casebook.cases import Case, get_case
from aifr.casebook.faces import gallery_of
from aifr.casebook.home import Home
from aifr.casebook.identity import PHOTO, is_case, is_subject
from aifr.casebook.marks import subject_marked
from aifr.casebook.moment import now
from aifr.casebook.objects.contract import Objects
from aifr.casebook.photos import (
    JPEG,
    PHOTOS,
    Photo,
    new_photo,
    object_name,
    photo_identity,
    subject_exists,
)
from aifr.casebook.records.contract import IndexedFace, Transaction
from aifr.casebook.settling import clear, settle
from aifr.casebook.sightings import Sighting, get_sighting
from aifr.casebook.stored import as_document, as_record
from aifr.casebook.tombstones import ERASED
from aifr.errors import AifrError, FileTooLarge, NotFound, ObjectMissing, RequestFailed
from aifr.recognition.card import Card
from aifr.recognition.clean import clean_copy
from aifr.recognition.recognise import Recognition
from aifr.settings import Settings

# A photo's bytes and which face is meant (None: the largest) -> what was recognised.
Recognise = Callable[[bytes, int | None], Recognition]


@dataclass(frozen=True)
class Arrival:
    """An object that arrived in a store. ours: whether to remove it when done. subject: whose photo
    it is; where it is not told, the name says it: SUBJECT/NAME. age: years, if known.
    """

    store: Objects
    name: str
    generation: str | None = None
    ours: bool = True
    subject: str | None = None
    age: int | None = None

    @property
    def owner(self) -> str:
        """The case or sighting, as told or as the name says; perhaps no name of either."""
        return self.subject or self.name.partition("/")[0]

    @property
    def marked(self) -> str | None:
        """The case or sighting that this is a mark of; it is no photo then."""
        return subject_marked(self.name) if self.ours and self.subject is None else None

    @property
    def source(self) -> str:
        """The object's address, with its generation."""
        return f"{self.store.uri}/{self.name}#{self.generation or ''}"


@dataclass(frozen=True)
class Outcome:
    """photo: None where the object is nobody's. matches: names of those it led to."""

    photo: Photo | None
    matches: tuple[str, ...] = ()


def ingest(
    home: Home, arrival: Arrival, recognise: Recognise, card: Card, settings: Settings
) -> Outcome:
    """Ingests an object; raises StoreUnavailable and ModelUnavailable, after which it may be tried
    again, and nothing for an object that is no photo of anyone.
    """
    marked = arrival.marked
    if marked is not None:
        outcome = Outcome(None, tuple(settle(home.records, marked, card, settings.match_bar)))
    elif is_subject(arrival.owner):
        outcome = _ingest(home, arrival, recognise, card, settings)
    else:
        return Outcome(None)
    if arrival.ours:
        arrival.store.delete(arrival.name, arrival.generation)
    return outcome


def _ingest(
    home: Home, arrival: Arrival, recognise: Recognise, card: Card, settings: Settings
) -> Outcome:
    subject = arrival.owner
    if not subject_exists(home.records, subject):
        return Outcome(None)
    try:
        data = arrival.store.get(arrival.name, settings.max_file_bytes)
    except ObjectMissing:
        # An event that came twice, or after an erasure.
        return Outcome(None)
    except FileTooLarge as problem:
        return Outcome(_reject(home, _named(arrival, subject, b""), problem))
    photo = _begin(home, _named(arrival, subject, data))
    if photo is None:
        return Outcome(None)
    # Nobody may see a match that rests on another face of this photo.
    clear(home.records, subject)
    while photo is not None and (photo.state == "pending" or outdated(photo, card)):
        # Again where another face was chosen in the meantime.
        photo = look(home, photo, data, recognise, card, settings)
    return Outcome(photo, tuple(settle(home.records, subject, card, settings.match_bar)))


def _named(arrival: Arrival, subject: str, data: bytes) -> Photo:
    """The photo as an arrival alone tells of it. What we named ourselves keeps its name."""
    stem = arrival.name.rpartition("/")[2].partition(".")[0]
    ours = arrival.name == object_name(subject, stem) and stem.startswith(PHOTO)
    identity = stem if ours else photo_identity(subject, data or arrival.source.encode())
    return new_photo(identity, subject, arrival.age, arrival.source)


def _begin(home: Home, photo: Photo) -> Photo | None:
    """The photo's record, made where there is none; None for what was erased."""

    def work(transaction: Transaction) -> Photo | None:
        there = transaction.get(PHOTOS, photo.identity)
        if there is not None:
            return as_record(Photo, photo.identity, there)
        gone = transaction.get(ERASED, photo.identity) is not None
        if gone or subject_of(transaction, photo.subject) is None:
            return None
        trail = Trail(transaction, photo.subject)
        transaction.put(PHOTOS, photo.identity, as_document(photo))
        trail.append("system", "photo arrived", [photo.identity])
        return photo

    return home.records.transact(work)


def look(
    home: Home, photo: Photo, data: bytes, recognise: Recognise, card: Card, settings: Settings
) -> Photo | None:
    """The photo, embedded or rejected; None where it was erased in the meantime. data: as it
    arrived. Raises StoreUnavailable and ModelUnavailable.
    """
    try:
        # The kept copy, if there is one: boxes are told and chosen on it.
        clean = kept_copy(home, photo, settings) or clean_copy(data, settings)
        seen = recognise(clean, photo.chosen)
    except AifrError as problem:
        if isinstance(problem, RequestFailed) and problem.status == 503:
            raise
        return _reject(home, photo, problem)
    home.photos.put(object_name(photo.subject, photo.identity), clean, JPEG)
    settled = _settle(home, described(photo, seen, card), seen)
    if settled is None:
        # Erased while we looked.
        home.photos.delete(object_name(photo.subject, photo.identity))
    return settled


def outdated(photo: Photo, card: Card) -> bool:
    """Whether another version of the model embedded the photo."""
    return photo.state == "embedded" and photo.model != card.version


def kept_copy(home: Home, photo: Photo, settings: Settings) -> bytes | None:
    """The clean copy of a photo, None where there is none yet."""
    try:
        return home.photos.get(object_name(photo.subject, photo.identity), settings.max_body_bytes)
    except ObjectMissing:
        return None


def described(photo: Photo, seen: Recognition, card: Card) -> Photo:
    """The photo with what was recognised in it."""
    return replace(
        photo,
        state="embedded",
        reason="",
        message="",
        size=list(seen.size),
        faces=[box_of(face.box) for face in seen.faces],
        face=[face.box for face in seen.faces].index(seen.face.box),
        quality=[asdict(reason) for reason in seen.quality],
        age_groups=seen.age_groups,
        model=card.version,
        matched=False,
        updated=now(),
    )


def box_of(box: tuple[float, float, float, float]) -> dict[str, float]:
    """A face's box in pixels of the upright photo."""
    left, top, right, bottom = (round(float(edge), 1) for edge in box)
    return {"left": left, "top": top, "right": right, "bottom": bottom}


def _reject(home: Home, photo: Photo, problem: AifrError) -> Photo | None:
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
        after = replace(photo, age=before.age) if before else photo
        trail = Trail(transaction, photo.subject)
        transaction.put(PHOTOS, photo.identity, as_document(after))
        if seen is not None:
            transaction.put_face(indexed(after, subject, seen))
        trail.append("system", f"photo {after.state}", [photo.identity])
        return after

    return home.records.transact(work)


def _same_end(photo: Photo, other: Photo) -> bool:
    return (photo.state, photo.model) == (other.state, other.model)


def subject_of(transaction: Transaction, subject: str) -> Case | Sighting | None:
    """The case or sighting, None where there is none."""
    try:
        return (get_case if is_case(subject) else get_sighting)(transaction, subject)
    except NotFound:
        return None


def indexed(photo: Photo, subject: Case | Sighting, seen: Recognition) -> IndexedFace:
    """The face as searches find it."""
    return IndexedFace(
        photo=photo.identity,
        subject=photo.subject,
        gallery=gallery_of(subject, photo.model),
        sex=subject.sex,
        country=subject.country,
        weight=seen.weight,
        embedding=seen.embedding,
    )
