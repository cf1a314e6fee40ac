"""What reviewers make of a case: they verify and publish it, and pass or refuse what has changed
since. Whoever decides names the revision that they saw.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from aifr.casebook.audit import Trail
from aifr.casebook.cases import (
    FOLLOWING,
    Case,
    CaseState,
    get_case,
    require_open,
    require_revision,
)
from aifr.casebook.forms import require_age
from aifr.casebook.identity import staff_person
from aifr.casebook.moment import now
from aifr.casebook.passing import Wanted, choose, choose_all, pass_case, refuse_case
from aifr.casebook.photo_changes import writing
from aifr.casebook.photos import Photo, photos_of, touched, unmatched
from aifr.casebook.records.contract import Records, Transaction
from aifr.errors import Conflict, InvalidParameter, OwnRecord, SecondPersonNeeded

Decision = Literal["pass", "refuse"]
DECISIONS: tuple[Decision, ...] = ("pass", "refuse")
# A step up says that somebody has looked.
REVIEWS = frozenset({("draft", "verified"), ("closed", "verified"), ("verified", "published")})


@dataclass(frozen=True)
class Ruling:
    """What a reviewer says of changes that wait, by name, or of all where none is named. reason: of
    a refusal. whole: photos of several people of which the public is to see all.
    """

    decision: Decision
    fields: Collection[str] | None = None
    photos: Collection[str] | None = None
    whole: Collection[str] = ()
    reason: str = ""


def change_state(
    records: Records,
    identity: str,
    state: CaseState,
    reason: str,
    actor: str,
    revision: int | None = None,
    leave_out: Collection[str] = (),
    whole: Collection[str] = (),
    second: bool = False,
) -> Case:
    """Takes a case to another state. A step up passes all that waits, but for the photos left out
    and, where somebody else could (`second`), for what the actor proposed to publish.

    Raises NotFound, RevisionMoved, Conflict where that state cannot follow, OwnRecord, and with
    `second` SecondPersonNeeded for who verified what is to be published. Photos may be left
    pending (`photo_changes.ingest_again`) or have to be matched (`settling.settle`).
    """

    def work(transaction: Transaction) -> Case:
        case = get_case(transaction, identity)
        require_revision(case, revision)
        if case.state == state:
            return case
        if state not in FOLLOWING[case.state]:
            raise Conflict(f"A case that is {case.state} cannot become {state}.")
        photos = photos_of(transaction, identity)
        after, changed = replace(case, state=state, reason=reason), photos
        if (case.state, state) not in REVIEWS:
            if leave_out or whole:
                raise InvalidParameter("This step passes no photos.", "leave_out")
        else:
            require_may_review(case, state, actor, second)
            person = staff_person(actor) if second and state == "published" else None
            chosen = choose_all(case, photos, Wanted(None, None, whole, leave_out, person))
            after, changed = pass_case(stepped(after, actor), photos, chosen, actor)
        return _write(transaction, case, after, photos, changed, actor, f"case {state}", [])

    return records.transact(work)


def stepped(case: Case, actor: str) -> Case:
    """A case that has just become verified or published, with whom and when."""
    if case.state == "verified":
        return replace(case, verified_by=actor)
    return replace(case, published=case.published or now())


def require_may_review(case: Case, state: CaseState, actor: str, second: bool) -> None:
    """Raises OwnRecord for who reported the case, and SecondPersonNeeded for who verified what is
    to be published, where somebody else could publish it.
    """
    require_not_own(case, actor)
    verified_by = staff_person(case.verified_by)
    if state == "published" and second and verified_by and verified_by == staff_person(actor):
        raise SecondPersonNeeded("You verified this case: another reviewer has to publish it.")


def require_not_own(case: Case, actor: str) -> None:
    """Raises OwnRecord for a reviewer who reported the case."""
    reporter = staff_person(case.reporter)
    if reporter and reporter == staff_person(actor):
        raise OwnRecord("You reported this case: another reviewer has to look at it.")


def decide_changes(
    records: Records,
    identity: str,
    ruling: Ruling,
    actor: str,
    revision: int | None = None,
    second: bool = False,
) -> Case:
    """Passes or refuses what waits. second: whether somebody else could pass what the actor
    proposed.

    Raises NotFound, RevisionMoved, CaseClosed, OwnRecord, SecondPersonNeeded, FaceNotChosen, and
    Conflict where nothing of it waits or the case is a draft, which is verified instead.
    """
    passing = ruling.decision == "pass"

    def work(transaction: Transaction) -> Case:
        case = get_case(transaction, identity)
        require_revision(case, revision)
        require_not_own(case, actor)
        require_open(case)
        if not case.searched:
            raise Conflict("A draft is verified as a whole.")
        photos = photos_of(transaction, identity)
        person = staff_person(actor) if second else None
        wanted = Wanted(ruling.fields, ruling.photos, ruling.whole, (), person)
        chosen = choose(case, photos, wanted, passing)
        if passing:
            after, changed = pass_case(case, photos, chosen, actor)
        else:
            after, changed = refuse_case(case, photos, chosen, ruling.reason)
        require_age(after)
        action = "changes passed" if passing else "changes refused"
        details = sorted(chosen.fields)
        return _write(transaction, case, after, photos, changed, actor, action, details)

    return records.transact(work)


def _write(
    transaction: Transaction,
    before: Case,
    after: Case,
    photos: Sequence[Photo],
    changed: Sequence[Photo],
    actor: str,
    action: str,
    details: list[str],
) -> Case:
    """Writes a decision: the case at the next revision, which the public sees, and its photos."""
    names = [photo_words(photo) for photo in changed if photo not in photos]
    if after.searched > before.searched:
        changed = [unmatched(photo) for photo in changed]
    after = touched(after, changed)
    after = replace(after, reviewed=after.revision)
    write = writing(transaction, after, photos, changed)
    trail = Trail(transaction, after.identity)
    write()
    trail.append(actor, action, [*details, *names])
    return after


def photo_words(photo: Photo) -> str:
    """A photo as the audit names it."""
    return f"{photo.identity} whole" if photo.whole else photo.identity
