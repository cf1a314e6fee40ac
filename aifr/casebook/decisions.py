"""What a match is, what reviewers said of it, and what that amounts to.

Answers are never changed or removed, only added; each tells which photos it was about. Where those
photos go, a new round begins with others, in which every reviewer starts anew.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Literal

MatchState = Literal["new", "unsure", "disputed", "confirmed", "rejected", "unpaired", "held"]
Side = Literal["case_photo", "sighting_photo"]
AnswerWord = Literal["confirm", "reject", "unsure", "withdraw"]
UNDECIDED: tuple[MatchState, ...] = ("new", "unsure", "disputed")
DECIDED: tuple[MatchState, ...] = ("confirmed", "rejected")
# Those that a reviewer may be shown; one that is held waits behind the bounds of the queue.
MATCH_STATES: tuple[MatchState, ...] = (*UNDECIDED, *DECIDED, "unpaired")
ANSWER_WORDS: tuple[AnswerWord, ...] = ("confirm", "reject", "unsure", "withdraw")
REVIEWERS_TO_DECIDE = 2


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two photos and what may be said of them; see `calibration.Assessment`. age_gap: years.
    copy: the sighting's photo is a copy of one that a case has.
    """

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
    copy: bool = False


@dataclass(frozen=True, kw_only=True)
class Match(Pair):
    """The best pair of a sighting and a case. answers: the oldest first, each as the fields of
    `Answer`. round: of the present photos. withdrawn_photos: sides whose photo, or the face chosen
    in it, went. batch: what the sighting's sender sent in that hour, "" where it is not known.
    """

    identity: str
    created: str
    updated: str
    state: MatchState = "new"
    answers: list[dict[str, Any]] = field(default_factory=list)
    round: int = 1
    withdrawn_photos: list[str] = field(default_factory=list)
    batch: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """revision: what the reviewer had been shown. blind: no score of these photos among it, ever
    before.
    """

    reviewer: str
    answer: AnswerWord
    reason: str
    at: str
    revision: str
    blind: bool
    round: int
    case_photo: str
    sighting_photo: str


def better(pair: Pair, other: Pair) -> bool:
    """Whether a pair says more for one person; photos' names decide between equals, so that the
    order in which photos arrive does not.
    """
    return rank_of(pair) > rank_of(other)


def rank_of(pair: Pair) -> tuple[bool, float, float, str, str]:
    """Greater for the pair that a reviewer should rather see: copies come last."""
    return (
        not pair.copy,
        pair.likelihood_ratio,
        pair.similarity,
        pair.case_photo,
        pair.sighting_photo,
    )


def state_of(words: Collection[str]) -> MatchState:
    """What the standing answers of different reviewers amount to: decided by two who outnumber
    those who say the opposite; disputed where there are both and neither decides; unsure where
    somebody is; new otherwise.
    """
    count = Counter(words)
    confirms, rejects = count["confirm"], count["reject"]
    if confirms >= REVIEWERS_TO_DECIDE and confirms > rejects:
        return "confirmed"
    if rejects >= REVIEWERS_TO_DECIDE and rejects > confirms:
        return "rejected"
    if confirms and rejects:
        return "disputed"
    return "unsure" if count["unsure"] else "new"


def standing(match: Match) -> dict[str, dict[str, Any]]:
    """Reviewer -> the answer that counts: their last one of this round, unless it took the one
    before back.
    """
    last = {said["reviewer"]: said for said in match.answers if said["round"] == match.round}
    return {name: said for name, said in last.items() if said["answer"] != "withdraw"}


def settled(match: Match) -> Match:
    """The match in the state that its answers amount to."""
    state = state_of([said["answer"] for said in standing(match).values()])
    # Nobody can look at photos that are gone.
    lost = match.withdrawn_photos and state in UNDECIDED
    return replace(match, state="unpaired" if lost else state)


def answered(match: Match, reviewer: str) -> bool:
    """Whether a reviewer has ever answered this pair of photos, and so knows its score."""
    return any(
        said["reviewer"] == reviewer and said["round"] == match.round for said in match.answers
    )


def saw_score(match: Match, reviewer: str) -> bool:
    """Whether a reviewer has answered these photos in any round, perhaps with another face."""
    photos = (match.case_photo, match.sighting_photo)
    return any(
        said["reviewer"] == reviewer and (said["case_photo"], said["sighting_photo"]) == photos
        for said in match.answers
    )


def shown_state(match: Match, sealed: bool) -> MatchState:
    """The state as a reviewer is shown it: until they have answered, one that is not decided tells
    nothing of what others said.
    """
    return "new" if match.state == "held" or (sealed and match.state in UNDECIDED) else match.state


def without_photo(match: Match, side: Side, moment: str) -> Match | None:
    """What is left of a match when one of its photos goes, or another face is chosen in it: what
    was answered stays; None where nobody has answered.
    """
    if not match.answers:
        return None
    gone = sorted({*match.withdrawn_photos, side})
    state: MatchState = match.state if match.state in DECIDED else "unpaired"
    return replace(match, withdrawn_photos=gone, state=state, updated=moment)


def merged(match: Match, pair: Pair, moment: str) -> Match:
    """The match with a pair of the same case and sighting, if it is a better one. Photos that a
    reviewer has answered are not replaced while they are there, nor is what two have decided.
    """
    if match.state in DECIDED:
        return match
    same = (match.case_photo, match.sighting_photo) == (pair.case_photo, pair.sighting_photo)
    lost = match.state == "unpaired"
    if not lost and not same and (standing(match) or not better(pair, match)):
        return match
    changed = replace(match, **vars(pair))
    if lost or (match.answers and not same):
        changed = replace(changed, round=match.round + 1, withdrawn_photos=[], state="new")
    return match if changed == match else replace(changed, updated=moment)
