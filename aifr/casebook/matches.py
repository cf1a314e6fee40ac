"""Matches: a sighting and a case alike enough for a reviewer to look, and what reviewers say.

`standing` makes them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from aifr.casebook.audit import Trail
from aifr.casebook.cases import CASES
from aifr.casebook.identity import MATCH, derived_identity
from aifr.casebook.moment import now
from aifr.casebook.photos import PHOTOS
from aifr.casebook.records.contract import Query, Records, Transaction
from aifr.casebook.sightings import SIGHTINGS
from aifr.casebook.stored import as_document, as_record, as_records
from aifr.casebook.withdrawn import among_withdrawn
from aifr.errors import NotFound

MATCHES = "matches"
MatchState = Literal["new", "confirmed", "rejected", "unsure"]
AnswerWord = Literal["confirm", "reject", "unsure"]
MATCH_STATES: tuple[MatchState, ...] = ("new", "confirmed", "rejected", "unsure")
ANSWER_WORDS: tuple[AnswerWord, ...] = ("confirm", "reject", "unsure")
REVIEWERS_TO_CONFIRM = 2
QUEUE_PAGE = 100


@dataclass(frozen=True)
class Pair:
    """Two photos and what may be said of them; see `calibration.Assessment`. age_gap: years."""

    case: str
    sighting: str
    case_photo: str
    sighting_photo: str
    similarity: float
    likelihood_ratio: float
    age_gap: float
    reliability: str
    reliability_reasons: list[str]
    reading: str
    model: str


@dataclass(frozen=True)
class Match(Pair):
    """The best pair of a sighting and a case. answers: reviewer -> answer, reason, at."""

    identity: str
    created: str
    updated: str
    state: MatchState = "new"
    answers: dict[str, dict[str, str]] = field(default_factory=dict)


def match_identity(sighting: str, case: str) -> str:
    """One match for a sighting and a case, however often it is found."""
    return derived_identity(MATCH, sighting, case)


def answer_match(
    records: Records, identity: str, reviewer: str, answer: AnswerWord, reason: str
) -> Match:
    """A reviewer's answer, which replaces an earlier one of theirs; raises NotFound."""

    def work(transaction: Transaction) -> Match:
        match = get_match(transaction, identity)
        said = {"answer": answer, "reason": reason, "at": now()}
        answers = {**match.answers, reviewer: said}
        changed = replace(match, answers=answers, state=state_of(answers), updated=now())
        trail = Trail(transaction, match.case)
        transaction.put(MATCHES, identity, as_document(changed))
        trail.append(f"reviewer:{reviewer}", f"match {answer}", [identity, changed.state])
        return changed

    return records.transact(work)


def state_of(answers: Mapping[str, Mapping[str, str]]) -> MatchState:
    """Confirmed by two who outnumber those who reject; rejected where more reject than confirm;
    unsure where reviewers are, or are not of one mind; new until then.
    """
    said = [answer["answer"] for answer in answers.values()]
    confirms, rejects = said.count("confirm"), said.count("reject")
    if confirms >= REVIEWERS_TO_CONFIRM and confirms > rejects:
        return "confirmed"
    if rejects > confirms:
        return "rejected"
    return "unsure" if rejects or "unsure" in said else "new"


def get_match(reader: Records | Transaction, identity: str) -> Match:
    """A match; raises NotFound."""
    document = reader.get(MATCHES, identity)
    if document is None:
        raise NotFound("There is no such match.")
    return as_record(Match, identity, document)


def shown(records: Records, matches: Sequence[Match]) -> list[Match]:
    """Those of some matches (a page of them) that nothing was withdrawn from: both subjects are
    there, and the photos show the faces that were compared.
    """
    photos = _ids(matches, "case_photo", "sighting_photo")
    cases, sightings = _ids(matches, "case"), _ids(matches, "sighting")
    there = {*records.get_all(CASES, cases), *records.get_all(SIGHTINGS, sightings)}
    there |= {
        photo
        for photo, document in records.get_all(PHOTOS, photos).items()
        if document["state"] == "embedded"
    }
    there -= among_withdrawn(records, [*photos, *cases, *sightings])
    sides = ("case", "sighting", "case_photo", "sighting_photo")
    return [match for match in matches if {getattr(match, side) for side in sides} <= there]


def _ids(matches: Sequence[Match], *sides: str) -> list[str]:
    return list(dict.fromkeys(getattr(match, side) for match in matches for side in sides))


def next_match(records: Records, reviewer: str) -> Match | None:
    """The undecided match of greatest likelihood ratio that this reviewer has not answered."""
    for state in ("new", "unsure"):
        after: tuple[Any, str] | None = None
        while page := list_matches(records, {"state": state}, after, QUEUE_PAGE):
            open_to = [match for match in page if reviewer not in match.answers]
            if found := shown(records, open_to):
                return found[0]
            after = (page[-1].likelihood_ratio, page[-1].identity)
    return None


def stands(records: Records, sighting: str) -> bool:
    """Whether a sighting has a match that is not rejected."""
    states = [state for state in MATCH_STATES if state != "rejected"]
    return any(records.count(MATCHES, {"sighting": sighting, "state": state}) for state in states)


def waiting(records: Records) -> int:
    """How many matches are not decided yet."""
    return sum(records.count(MATCHES, {"state": state}) for state in ("new", "unsure"))


def list_matches(
    records: Records, equal: Mapping[str, str], after: tuple[Any, str] | None, limit: int
) -> list[Match]:
    """Matches, those of greatest likelihood ratio first."""
    query = Query(
        MATCHES, equal, order="likelihood_ratio", descending=True, after=after, limit=limit
    )
    return as_records(Match, records.find(query))
