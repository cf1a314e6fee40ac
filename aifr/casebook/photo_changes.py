"""Corrections of photos, erasing one, and writing those of a case."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from aifr.casebook.audit import Trail
from aifr.casebook.cases import Case, require_open, require_revision
from aifr.casebook.faces import refiling
from aifr.casebook.home import Home
from aifr.casebook.moment import now
from aifr.casebook.photos import (
    JPEG,
    PHOTOS,
    Photo,
    case_of,
    get_photo,
    object_name,
    photos_of,
    put_case,
    shown,
    touched,
    with_photo,
)
from aifr.casebook.records.contract import Transaction
from aifr.casebook.stored import as_document
from aifr.casebook.tombstones import bury, erase_objects
from aifr.casebook.withdrawn import withdraw
from aifr.errors import Conflict


def correct_photo(
    home: Home,
    subject: str,
    identity: str,
    changes: dict[str, Any],
    actor: str,
    most_bytes: int,
    revision: int | None = None,
    directly: bool = False,
) -> Photo:
    """Changes the age, or which face is meant (`chosen`), which is then embedded anew. What the
    public or a search may see stays as it is until a reviewer has passed the change, unless it is
    made `directly`, by the one who could.

    Raises NotFound, CaseClosed, RevisionMoved, and Conflict for a face that is not there.
    """

    def work(transaction: Transaction) -> Photo:
        photo = get_photo(transaction, subject, identity)
        case = case_of(transaction, subject)
        if case:
            require_open(case)
            require_revision(case, revision)
        require_face(photo, changes.get("chosen"))
        waits = case is not None and case.searched and shown(case, photo)
        if waits and not directly:
            changed = proposing(photo, changes, actor)
        else:
            changed = corrected(photo, changes, actor if waits else "")
        write_change(transaction, case, photo, changed, actor, sorted(changes))
        return changed

    photo = home.records.transact(work)
    if photo.state == "pending" and photo.faces:
        ingest_again(home, photo, most_bytes)
    return photo


def require_face(photo: Photo, chosen: int | None) -> None:
    """Raises Conflict for a face that a photo does not show."""
    if chosen is not None and chosen >= len(photo.faces):
        raise Conflict(f"The photo shows {len(photo.faces)} faces.", "face")


def proposing(photo: Photo, changes: dict[str, Any], actor: str) -> Photo:
    """The photo with changes that wait; what is as it was is no change, and no face no choice."""
    present = {"age": photo.age, "chosen": photo.face}
    proposed = {name: said for name, said in photo.proposed.items() if name not in changes}
    for name, value in changes.items():
        if value != present[name] and (name, value) != ("chosen", None):
            proposed[name] = {"value": value, "by": actor, "at": now()}
    return replace(photo, proposed=proposed, refused="", refused_at="")


def corrected(photo: Photo, changes: dict[str, Any], passed_by: str) -> Photo:
    """The photo as it is from now on, passed by nobody unless it is told."""
    proposed = {name: said for name, said in photo.proposed.items() if name not in changes}
    changed = replace(
        photo,
        **changes,
        proposed=proposed,
        passed_by=passed_by,
        passed_at=now() if passed_by else "",
        refused="",
        refused_at="",
        matched=False,
        updated=now(),
    )
    return refaced(changed, changes["chosen"]) if "chosen" in changes else changed


def refaced(photo: Photo, chosen: int | None) -> Photo:
    """The photo with another face meant, which has to be embedded first; None for nobody's of
    several, and for the only one.
    """
    if chosen == photo.face or (chosen is None and len(photo.faces) < 2):
        return photo
    return replace(photo, chosen=chosen, face=chosen, state="pending", reason="", message="")


def write_change(
    transaction: Transaction,
    case: Case | None,
    before: Photo,
    after: Photo,
    actor: str,
    details: list[str],
) -> None:
    """Writes a corrected photo, and its case at the next revision."""
    photos = photos_of(transaction, before.subject) if case else []
    trail = Trail(transaction, before.subject)
    if after.face != before.face:
        # Another person's face must not be found in the meantime.
        take_out(transaction, before)
    transaction.put(PHOTOS, after.identity, as_document(after))
    if case:
        put_case(transaction, touched(case, with_photo(photos, after)))
    trail.append(actor, "photo corrected", [after.identity, *details])


def ingest_again(home: Home, photo: Photo, most_bytes: int) -> None:
    """Has a photo that is kept ingested once more: its clean copy arrives anew."""
    name = object_name(photo.subject, photo.identity)
    clean = home.photos.get(name, most_bytes)
    # An ingestion that is under way removes what it began with, and must not remove this.
    home.incoming.delete(name)
    home.incoming.put(name, clean, JPEG)


def remove_photo(
    home: Home, subject: str, identity: str, actor: str, revision: int | None = None
) -> None:
    """Erases a photo with its embedding, of a closed case too: nobody has to wait to be taken down.
    Its matches are hidden at once, and `settling.settle` removes them. Raises NotFound and
    RevisionMoved.
    """
    name = object_name(subject, identity)

    def work(transaction: Transaction) -> None:
        photo = get_photo(transaction, subject, identity)
        case = case_of(transaction, subject)
        photos = photos_of(transaction, subject) if case else []
        if case:
            require_revision(case, revision)
        trail = Trail(transaction, subject)
        take_out(transaction, photo)
        transaction.delete(PHOTOS, identity)
        bury(transaction, identity, name)
        if case:
            put_case(transaction, without(case, photo, photos))
        trail.append(actor, "photo erased", [identity])

    home.records.transact(work)
    erase_objects(home, identity, name)


def without(case: Case, photo: Photo, photos: list[Photo]) -> Case:
    """The case without a photo; reviewers are told of one that they had passed."""
    left = [each for each in photos if each.identity != photo.identity]
    if not (case.searched and shown(case, photo)):
        return touched(case, left)
    removed = [*case.removed, {"photo": photo.identity, "at": now()}]
    after = touched(replace(case, removed=removed), left)
    return replace(after, reviewed=after.revision)


def take_out(transaction: Transaction, photo: Photo) -> None:
    """Removes a photo's face, and withdraws what rests on it."""
    transaction.delete_face(photo.identity)
    withdraw(transaction, photo.subject, photo.identity)


def writing(
    transaction: Transaction, case: Case, before: Sequence[Photo], after: Sequence[Photo]
) -> Callable[[], None]:
    """Reads what rests on a case's photos; what is returned writes the case, those of its photos
    that changed, and their faces.
    """
    old = {photo.identity: photo for photo in before}
    changed = [photo for photo in after if photo != old[photo.identity]]
    refile = refiling(transaction, case, after)

    def write() -> None:
        put_case(transaction, case)
        refile()
        for photo in changed:
            if photo.face != old[photo.identity].face:
                take_out(transaction, photo)
            transaction.put(PHOTOS, photo.identity, as_document(photo))

    return write
