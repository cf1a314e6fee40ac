"""What reviewers say of a match, and on what they said it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from aifr.casebook.audit import Trail
from aifr.casebook.cases import Case, Report
from aifr.casebook.decisions import (
    UNDECIDED,
    Answer,
    AnswerWord,
    Match,
    Pair,
    answered,
    saw_score,
    settled,
    shown_state,
    standing,
)
from aifr.casebook.faces import put_unmatched
from aifr.casebook.identity import digest, person, staff_person
from aifr.casebook.matches import MATCHES, get_match
from aifr.casebook.moment import now
from aifr.casebook.photos import Photo, photos_of
from aifr.casebook.records.contract import Records, Transaction
from aifr.casebook.sides import Sides, sides_of
from aifr.casebook.sightings import Seen, Sighting
from aifr.casebook.stored import as_document
from aifr.casebook.windows import release
from aifr.errors import Conflict, OwnRecord, RevisionMoved

REVISION_DIGITS = 16
# Far more than reviewers give in earnest; a record has a bound.
MOST_ANSWERS = 200
Refusal = Literal["own", "closed", "photo_withdrawn"]
PHOTO_FACTS = ("identity", "state", "age", "face", "faces")


@dataclass(frozen=True)
class Reviewer:
    """One person of the staff. blind: whether scores are hidden until they have answered."""

    name: str
    blind: bool = True

    def sealed(self, match: Match) -> bool:
        """Whether the scores of a match, and what others said of it, are hidden."""
        return self.blind and not answered(match, self.name)


def reviewer_of(name: str, blind: bool = True) -> Reviewer:
    """The reviewer of this name, however it was typed."""
    return Reviewer(person(name), blind)


def refusal_of(sides: Sides, reviewer: Reviewer) -> Refusal | None:
    """Why a reviewer may not answer a match, None where they may."""
    if reviewer.name in own_of(sides.case, sides.sighting):
        return "own"
    if is_closed(sides.case, sides.sighting):
        return "closed"
    return "photo_withdrawn" if sides.match.withdrawn_photos else None


def own_of(case: Case, sighting: Sighting) -> set[str | None]:
    """The people of the staff who reported the case or sent the sighting."""
    return {staff_person(case.reporter), staff_person(sighting.sender)}


def is_closed(case: Case, sighting: Sighting) -> bool:
    """Whether there is nothing to decide any more."""
    return case.state == "closed" or sighting.state == "closed"


def revision_of(sides: Sides, reviewer: Reviewer) -> str:
    """A digest of what this reviewer is shown of a match: while they have not answered, neither
    scores nor what others said moves it. 16 hex digits.
    """
    match, sealed = sides.match, reviewer.sealed(sides.match)
    shown: dict[str, Any] = {
        "round": match.round,
        "state": shown_state(match, sealed),
        "withdrawn": match.withdrawn_photos,
        "age_gap": match.age_gap,
        "copy": match.copy,
        "case": {each.name: getattr(sides.case, each.name) for each in fields(Report)},
        "sighting": {each.name: getattr(sides.sighting, each.name) for each in fields(Seen)},
        "photos": [_facts(photo) for photo in (sides.case_photo, sides.sighting_photo)],
        "scores": None
        if sealed
        else {each.name: getattr(match, each.name) for each in fields(Pair)},
        "answers": None if sealed else match.answers,
    }
    return digest(json.dumps(shown, sort_keys=True))[:REVISION_DIGITS]


def _facts(photo: Photo | None) -> list[Any] | None:
    return None if photo is None else [getattr(photo, name) for name in PHOTO_FACTS]


def answer_match(
    records: Records,
    identity: str,
    reviewer: Reviewer,
    answer: AnswerWord,
    reason: str,
    revision: str,
) -> Match:
    """Adds a reviewer's answer, which stands in place of their earlier one; "withdraw" leaves them
    without any. revision: of what they had been shown. The same request again changes nothing.

    Raises NotFound, RevisionMoved, OwnRecord, and Conflict where there is nothing to answer.
    """

    def work(transaction: Transaction) -> tuple[Match, Match]:
        sides = sides_of(transaction, get_match(transaction, identity))
        match = sides.match
        if _said_already(match, reviewer, answer, reason, revision):
            return match, match
        _refuse(sides, reviewer, answer, revision)
        said = _answer(match, reviewer, answer, reason, revision)
        added = replace(match, answers=[*match.answers, asdict(said)], updated=now())
        changed = settled(added)
        unmatched = _unmatching(transaction, changed)
        trail = Trail(transaction, match.case)
        transaction.put(MATCHES, identity, as_document(changed))
        unmatched()
        seen = [] if said.blind else ["score seen"]
        trail.append(
            f"reviewer:{reviewer.name}", f"match {answer}", [identity, changed.state, *seen]
        )
        return match, changed

    before, after = records.transact(work)
    if before.state in UNDECIDED and after.state not in UNDECIDED:
        release(records, after)
    return after


def _said_already(
    match: Match, reviewer: Reviewer, answer: str, reason: str, revision: str
) -> bool:
    own = [said for said in match.answers if said["reviewer"] == reviewer.name]
    names = ("answer", "reason", "revision")
    return bool(own) and [own[-1][name] for name in names] == [answer, reason, revision]


def _refuse(sides: Sides, reviewer: Reviewer, answer: AnswerWord, revision: str) -> None:
    match, refusal = sides.match, refusal_of(sides, reviewer)
    if refusal == "own":
        raise OwnRecord("You reported this case or sent this sighting: others have to look.")
    if refusal == "closed":
        raise Conflict("The case or the sighting is closed.")
    if revision != revision_of(sides, reviewer):
        raise RevisionMoved("The match has changed since you looked: look again.", "revision")
    if answer == "withdraw":
        if reviewer.name not in standing(match):
            raise Conflict("There is no answer of yours to take back.")
    elif refusal == "photo_withdrawn":
        raise Conflict("A photo of this match was withdrawn: there is nothing to look at.")
    if len(match.answers) >= MOST_ANSWERS:
        raise Conflict(f"A match has {MOST_ANSWERS} answers at most.")


def _answer(
    match: Match, reviewer: Reviewer, answer: AnswerWord, reason: str, revision: str
) -> Answer:
    return Answer(
        reviewer=reviewer.name,
        answer=answer,
        reason=reason,
        at=now(),
        revision=revision,
        blind=reviewer.sealed(match) and not saw_score(match, reviewer.name),
        round=match.round,
        case_photo=match.case_photo,
        sighting_photo=match.sighting_photo,
    )


def _unmatching(transaction: Transaction, match: Match) -> Callable[[], None]:
    """Reads the photos of a match that has lost its own, to have them compared again: another pair
    may stand in.
    """
    lost = match.state == "unpaired"
    photos = photos_of(transaction, match.sighting) if lost else []

    def write() -> None:
        for photo in photos:
            if photo.state == "embedded":
                put_unmatched(transaction, photo)

    return write
