"""What a reviewer is given of the matches: the queue, lists, and what is sealed for them.

Until a reviewer has answered a pair, nothing tells them its score: not the order, which is that of
age; not a list; not a search with either side. docs/threat-model.md says what it leaves open.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

import numpy as np

from aifr.casebook.answering import Reviewer, refusal_of
from aifr.casebook.audit import Event
from aifr.casebook.decisions import UNDECIDED, MatchState, answered, shown_state, standing
from aifr.casebook.faces import sighting_gallery
from aifr.casebook.matches import MATCHES, as_match, batched, in_order, matches_of_sighting
from aifr.casebook.records.contract import FaceFilter, Records, Scalar
from aifr.casebook.sides import Sides, sides_of_all

# Of those that wait for a reviewer, so many are counted.
MOST_COUNTED = 1000
# Different photos of one person are hardly ever so alike (FG-NET dev: one pair, 0.906); of copies
# that were saved anew, turned or mirrored, nine in ten are.
NEAR = 0.9
NEAR_SIGHTINGS = 100
After = tuple[Scalar, str] | None


def queue(records: Records, reviewer: Reviewer) -> Iterator[Sides]:
    """The matches that wait for this reviewer: the oldest first, or for one who is not blind the
    most probable; those they have taken back an answer on, and copies, at the end.
    """
    order = ("created", False) if reviewer.blind else ("likelihood_ratio", True)
    later: list[Sides] = []
    for some in batched(in_order(records, UNDECIDED, {}, *order)):
        for sides in sides_of_all(records, some):
            if _waits_for(sides, reviewer):
                again = sides.match.copy or answered(sides.match, reviewer.name)
                if again:
                    later.append(sides)
                else:
                    yield sides
    yield from sorted(later, key=lambda sides: sides.match.copy)


def _waits_for(sides: Sides, reviewer: Reviewer) -> bool:
    return refusal_of(sides, reviewer) is None and reviewer.name not in standing(sides.match)


def next_match(records: Records, reviewer: Reviewer) -> tuple[Sides | None, int]:
    """The match that this reviewer should look at, and how many wait for them, MOST_COUNTED at
    most.
    """
    waiting = list(islice(queue(records, reviewer), MOST_COUNTED))
    return (waiting[0] if waiting else None), len(waiting)


def list_matches(
    records: Records,
    reviewer: Reviewer,
    state: MatchState,
    equal: Mapping[str, Scalar],
    after: After,
    limit: int,
) -> list[Sides]:
    """Matches that this reviewer is shown in a state, the newest first."""
    states = UNDECIDED if state == "new" else (state,)
    pages = batched(in_order(records, states, equal, "created", True, after))
    found = (sides for some in pages for sides in sides_of_all(records, some))
    shown = (
        sides for sides in found if shown_state(sides.match, reviewer.sealed(sides.match)) == state
    )
    return list(islice(shown, limit))


def sealed_cases(records: Records, reviewer: Reviewer, sightings: Iterable[str]) -> set[str]:
    """The cases that have a match with one of these sightings which this reviewer has not answered
    and could be asked to.
    """
    return {
        match.case
        for sighting in sightings
        for match in matches_of_sighting(records, sighting)
        if reviewer.sealed(match) and match.state != "unpaired" and not match.withdrawn_photos
    }


def sightings_near(records: Records, embedding: np.ndarray, model: str) -> list[str]:
    """The open sightings with a photo so like an embedding that who has the one has the other."""
    where = FaceFilter(sighting_gallery(model))
    found = records.nearest(embedding, where, NEAR_SIGHTINGS)
    return list(dict.fromkeys(each.subject for each in found if each.similarity >= NEAR))


def open_events(records: Records, reviewer: Reviewer, events: Collection[Event]) -> list[Event]:
    """The events of a trail without what others said of matches that are sealed for this
    reviewer.
    """
    told = {event.details[0] for event in events if _is_answer(event)}
    sealed = {
        identity
        for some in batched(sorted(told))
        for identity, document in records.get_all(MATCHES, some).items()
        if reviewer.sealed(as_match(identity, document))
    }
    return [event for event in events if not (_is_answer(event) and event.details[0] in sealed)]


def _is_answer(event: Event) -> bool:
    return event.action.startswith("match ") and event.actor != "system"
