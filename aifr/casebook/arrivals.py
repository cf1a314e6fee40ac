"""An object as it arrives: whose photo it is, whether it may be that, and the photo's record."""

from dataclasses import dataclass, replace

from aifr.casebook.cases import Case, get_case
from aifr.casebook.home import Home
from aifr.casebook.identity import is_case
from aifr.casebook.keys import partner_called
from aifr.casebook.marks import subject_marked
from aifr.casebook.moment import now
from aifr.casebook.objects.contract import Objects
from aifr.casebook.partners import partner_of
from aifr.casebook.photos import (
    PHOTOS,
    Photo,
    keep_new,
    named_photo,
    new_photo,
    object_name,
    photo_identity,
)
from aifr.casebook.records.contract import Records, Transaction
from aifr.casebook.sightings import Sighting, get_sighting
from aifr.casebook.stored import as_record
from aifr.casebook.tombstones import ERASED
from aifr.errors import NotAllowed, NotFound


@dataclass(frozen=True)
class Arrival:
    """An object that arrived in a store. ours: whether it is our own store, which writes for
    everyone and where it is removed when done. partner: whose store it is otherwise, by identity or
    name. subject: whose photo it is; where it is not told, the name says it: SUBJECT/NAME. age:
    years, if known. passed_by: the actor who vouches for it in a reviewer's place, "" for nobody.
    """

    store: Objects
    name: str
    generation: str | None = None
    ours: bool = True
    subject: str | None = None
    age: int | None = None
    partner: str = ""
    passed_by: str = ""

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
        """The object's address, with its generation; what is no text in it is spelled out."""
        address = f"{self.store.uri}/{self.name}#{self.generation or ''}"
        return address.encode(errors="backslashreplace").decode()


def subject_of(reader: Records | Transaction, subject: str) -> Case | Sighting | None:
    """The case or sighting, None where there is none."""
    try:
        return (get_case if is_case(subject) else get_sighting)(reader, subject)
    except NotFound:
        return None


def of_partner(home: Home, arrival: Arrival) -> Arrival:
    """The arrival, with the identity of the partner whose store it comes from."""
    if not arrival.partner:
        return arrival
    return replace(arrival, partner=partner_called(home.records, arrival.partner).identity)


def check(arrival: Arrival, subject: Case | Sighting) -> None:
    """Raises NotAllowed where an arrival comes from the store of somebody else."""
    if arrival.ours:
        return
    if not arrival.partner:
        raise NotAllowed("It is not told which partner's store this is.")
    if partner_of(vars(subject)) != arrival.partner:
        raise NotAllowed("The store is not that of the partner who reported this case.")


def named(home: Home, arrival: Arrival, data: bytes) -> Photo:
    """The photo as an arrival alone tells of it. What we named ourselves keeps its name; what
    others named is called after its content.
    """
    subject, ours = arrival.owner, named_photo(arrival.name) if arrival.ours else None
    if ours is None or not _known(home, ours, subject):
        ours = photo_identity(subject, data or arrival.source.encode())
    photo = new_photo(ours, subject, arrival.age, arrival.source)
    return replace(photo, passed_by=arrival.passed_by, passed_at=now() if arrival.passed_by else "")


def _known(home: Home, photo: str, subject: str) -> bool:
    """Whether a photo of this subject has this identity, or had it before it was erased."""
    there = home.records.get(PHOTOS, photo)
    if there is None:
        gone = home.records.get(ERASED, photo)
        return gone is not None and gone["objects"] == object_name(subject, photo)
    return there["subject"] == subject


def begin(home: Home, arrival: Arrival, photo: Photo) -> Photo | None:
    """The photo's record, made where there is none; None for what was erased. Raises NotAllowed,
    TooManyFiles where the subject has as many as it may, and CaseClosed.
    """

    def work(transaction: Transaction) -> Photo | None:
        there = transaction.get(PHOTOS, photo.identity)
        if there is not None:
            return as_record(Photo, photo.identity, there)
        gone = transaction.get(ERASED, photo.identity) is not None
        subject = subject_of(transaction, photo.subject)
        if gone or subject is None:
            return None
        check(arrival, subject)
        keep_new(transaction, photo, "system", "photo arrived")
        return photo

    return home.records.transact(work)
