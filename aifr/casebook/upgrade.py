"""Cases from before photos were passed one by one, brought up to date:

python -m aifr.casebook.upgrade

Says who passed which photo, by the audit: who last verified or published the case passed what had
been looked at by then. What was added or corrected since waits for a reviewer. To be run once after
an update; again, it changes nothing. Until then the public sees of a published case the photos that
were there when it was published.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aifr.casebook.audit import Event, Trail, history
from aifr.casebook.cases import CASES, Case
from aifr.casebook.home import home
from aifr.casebook.photo_changes import writing
from aifr.casebook.photos import Photo, photos_of, touched
from aifr.casebook.records.contract import Query, Records, Transaction
from aifr.casebook.records.everything import find_all
from aifr.casebook.stored import as_record

REVIEWS = ("case verified", "case published")


@dataclass(frozen=True)
class Reviewed:
    """What the audit tells of a case: who looked at it last and when, which photos had been looked
    at by then, and whether any was corrected since.
    """

    actor: str = ""
    at: str = ""
    photos: frozenset[str] = frozenset()
    corrected: bool = False
    verified_by: str = ""


def reviewed(events: Sequence[Event]) -> Reviewed:
    """What a trail, oldest first, tells of the reviews."""
    told = Reviewed()
    seen: set[str] = set()
    for event in events:
        if event.action == "photo embedded":
            seen.add(event.details[0])
        elif event.action == "photo erased":
            seen.discard(event.details[0])
            told = replace(told, photos=told.photos - set(event.details))
        elif event.action == "photo corrected":
            told = replace(told, corrected=True)
        elif event.action in REVIEWS:
            verified_by = event.actor if event.action == REVIEWS[0] else told.verified_by
            told = Reviewed(event.actor, event.created, frozenset(seen), False, verified_by)
    return told


def upgrade(records: Records) -> int:
    """Brings all cases of an older store up to date; how many there were."""
    old = [
        found.identity
        for found in find_all(records, Query(CASES))
        if "revision" not in found.document
    ]
    for identity in old:
        told = reviewed(history(records, identity))
        records.transact(lambda transaction: _upgrade(transaction, identity, told))  # noqa: B023
    return len(old)


def _upgrade(transaction: Transaction, identity: str, told: Reviewed) -> None:
    document = transaction.get(CASES, identity)
    if document is None or "revision" in document:
        return
    case = replace(as_record(Case, identity, document), verified_by=told.verified_by)
    photos = photos_of(transaction, identity)
    known = [passed_as_told(photo, told) for photo in photos]
    after = touched(case, known)
    after = replace(after, updated=case.updated, reviewed=after.revision if told.at else 0)
    write = writing(transaction, after, photos, known)
    trail = Trail(transaction, identity)
    write()
    trail.append("system", "case upgraded")


def passed_as_told(photo: Photo, told: Reviewed) -> Photo:
    """The photo with who passed it, nobody where that is not certain."""
    if photo.passed_by is not None:
        return photo
    unchanged = not told.corrected or photo.updated <= told.at
    sure = photo.state == "embedded" and photo.identity in told.photos and unchanged
    return replace(photo, passed_by=told.actor if sure else "", passed_at=told.at if sure else "")


def main() -> None:
    print(f"{upgrade(home().records)} cases brought up to date")


if __name__ == "__main__":
    main()
