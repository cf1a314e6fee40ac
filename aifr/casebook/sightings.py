"""Sightings: somebody was seen, photographed, and may be one of those who are missed."""

from dataclasses import dataclass, replace
from typing import Literal

from aifr.casebook.audit import Trail
from aifr.casebook.cases import Contact, Sex
from aifr.casebook.faces import refiling
from aifr.casebook.identity import SIGHTING
from aifr.casebook.moment import now
from aifr.casebook.photos import PHOTOS, photos_of, unmatched
from aifr.casebook.records.contract import Query, Records, Transaction
from aifr.casebook.secrets import PRIVATE, Repeat, opening, refuse_other_body
from aifr.casebook.stored import as_document, as_record, as_records
from aifr.casebook.tombstones import close_key, refuse_erased
from aifr.errors import NotFound

SIGHTINGS = "sightings"
SightingState = Literal["open", "closed"]
SIGHTING_STATES: tuple[SightingState, ...] = ("open", "closed")


@dataclass(frozen=True)
class Seen:
    """What a sighting says: seen_on as YYYY-MM-DD, age in years as it looked."""

    seen_on: str
    place: str
    country: str
    sex: Sex
    age: int | None
    note: str


@dataclass(frozen=True)
class Sighting(Seen):
    """owner: whose key opens it, as a case's. sender: who sent it, as the audit names them. batch:
    what they sent in that hour, "" where it is not known; see `limits.batch_of`. Moments are ISO
    8601, UTC.
    """

    identity: str
    state: SightingState
    created: str
    updated: str
    reason: str = ""
    owner: str = ""
    sender: str = ""
    batch: str = ""

    @property
    def searched(self) -> bool:
        """Whether its faces take part in searches."""
        return self.state == "open"


def report_sighting(
    records: Records,
    seen: Seen,
    contact: Contact | None,
    actor: str,
    repeat: Repeat | None = None,
    batch: str = "",
    owner: str = "",
) -> tuple[Sighting, str | None]:
    """An open sighting, and the secret that opens it where no `owner` does; repeated and raising as
    `report_case`.
    """
    opened = opening(SIGHTING, repeat, by_secret=not owner)
    identity = opened.identity

    def work(transaction: Transaction) -> Sighting:
        refuse_erased(transaction, identity)
        there = transaction.get(SIGHTINGS, identity)
        if there is not None:
            refuse_other_body(transaction, identity, opened.kept)
            return as_record(Sighting, identity, there)
        moment = now()
        sighting = Sighting(
            **vars(seen),
            identity=identity,
            state="open",
            created=moment,
            updated=moment,
            sender=actor,
            batch=batch,
            owner=owner,
        )
        trail = Trail(transaction, identity)
        transaction.put(SIGHTINGS, identity, as_document(sighting))
        private = {"contact": vars(contact) if contact else None, **opened.kept}
        transaction.put(PRIVATE, identity, private)
        trail.append(actor, "sighting reported")
        return sighting

    sighting = records.transact(work)
    return sighting, opened.told(records.get(PRIVATE, identity))


def get_sighting(reader: Records | Transaction, identity: str) -> Sighting:
    """A sighting; raises NotFound."""
    document = reader.get(SIGHTINGS, identity)
    if document is None:
        raise NotFound("There is no such sighting.")
    return as_record(Sighting, identity, document)


def list_sightings(
    records: Records, state: SightingState, after: tuple[str, str] | None, limit: int
) -> list[Sighting]:
    """Sightings of a state, the newest first."""
    query = Query(SIGHTINGS, {"state": state}, descending=True, after=after, limit=limit)
    return as_records(Sighting, records.find(query))


def change_sighting_state(
    records: Records, identity: str, state: SightingState, reason: str, actor: str
) -> Sighting:
    """Closes a sighting, whose faces are searched no more, or opens it again; raises NotFound."""

    def work(transaction: Transaction) -> Sighting:
        sighting = get_sighting(transaction, identity)
        changed = replace(sighting, state=state, reason=reason, updated=now())
        trail = Trail(transaction, identity)
        photos = photos_of(transaction, identity)
        refile = refiling(transaction, changed, photos)
        transaction.put(SIGHTINGS, identity, as_document(changed))
        refile()
        for photo in photos if changed.searched > sighting.searched else []:
            transaction.put(PHOTOS, photo.identity, as_document(unmatched(photo)))
        trail.append(actor, f"sighting {state}")
        return changed

    return records.transact(work)


def end_receipt(records: Records, identity: str) -> None:
    """Makes a sighting what an erased one is to who sent it: its secret opens nothing any more, and
    its key brings nothing back. Reviewers keep it, with the contact. Again, it changes nothing.
    """

    def work(transaction: Transaction) -> None:
        private = transaction.get(PRIVATE, identity)
        if private is None or private.get("secret") is None:
            return
        trail = Trail(transaction, identity)
        transaction.put(PRIVATE, identity, {**private, "secret": None})
        close_key(transaction, identity)
        trail.append("system", "receipt ended")

    records.transact(work)
