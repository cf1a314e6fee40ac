"""A probe against the gallery of cases: the nearest photo of each case, ranked.

Of the photos of a case, taken at several ages, the most similar one counts, so that the first case
is right exactly as often as the leave-one-out figure of the model says.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from aifr.casebook.cases import CASES, Case
from aifr.casebook.faces import case_gallery
from aifr.casebook.photos import PHOTOS, Photo
from aifr.casebook.records.contract import FaceFilter, Neighbour, Records
from aifr.casebook.stored import as_record
from aifr.recognition.calibration import Assessment, PhotoFacts, assess_pair, chance_rate
from aifr.recognition.card import Card
from aifr.recognition.quality import Reason

MOST_NEIGHBOURS = 1000
# Photos fetched for each case asked for; several of the nearest are of one case.
PHOTOS_A_CASE = 8
AGE_WINDOW = 12


@dataclass(frozen=True)
class Probe:
    """One person's photos as one vector: unit float32 (d,). facts: of the photo that a likelihood
    ratio is given for. year: of the photo, if known.
    """

    embedding: np.ndarray
    facts: PhotoFacts
    year: int | None = None


@dataclass(frozen=True)
class Filters:
    """What a reviewer may narrow a search by. window: leave out cases whose age in the probe's
    year would lie more than AGE_WINDOW years from the probe's.
    """

    sex: str | None = None
    country: str | None = None
    window: bool = False


@dataclass(frozen=True)
class Candidate:
    """A case, the photo of it that is most like the probe, and what may be said of that.

    similarity: in [-1, 1]. assessment: None for a model without calibration. chance_hits: faces of
    other people expected to be at least as convincing, in a gallery of this size.
    """

    case: Case
    photo: Photo
    similarity: float
    assessment: Assessment | None
    chance_hits: float | None


@dataclass(frozen=True)
class Ranking:
    """compared: how many faces the probe was compared with."""

    candidates: list[Candidate]
    compared: int


def rank(
    records: Records,
    probe: Probe,
    card: Card,
    filters: Filters,
    most: int,
    sealed: Collection[str] = (),
) -> Ranking:
    """The `most` cases most like the probe, most similar first, but for those that are `sealed`."""
    where = FaceFilter(case_gallery(card.version), sexes(filters.sex), filters.country)
    limit = min(MOST_NEIGHBOURS, PHOTOS_A_CASE * most)
    compared = records.count_faces(where)
    while True:
        neighbours = records.nearest(probe.embedding, where, limit)
        nearest = [each for each in nearest_of_each(neighbours) if each.subject not in sealed]
        passed = list(_candidates(records, nearest, probe, filters))
        if len(passed) >= most or len(neighbours) < limit or limit == MOST_NEIGHBOURS:
            best = [assessed(*each, probe, card, compared) for each in passed[:most]]
            return Ranking(best, compared)
        limit = min(MOST_NEIGHBOURS, 4 * limit)


def sexes(sex: str | None) -> tuple[str, ...]:
    """The values that a filter by sex lets pass: nobody is left out for what is not known."""
    return () if sex in (None, "unknown") else (str(sex), "unknown")


def nearest_of_each(neighbours: Iterable[Neighbour]) -> list[Neighbour]:
    """The first, so the nearest, neighbour of each subject, in the order given."""
    first: dict[str, Neighbour] = {}
    for neighbour in neighbours:
        first.setdefault(neighbour.subject, neighbour)
    return list(first.values())


def _candidates(
    records: Records, nearest: Sequence[Neighbour], probe: Probe, filters: Filters
) -> Iterator[tuple[Case, Photo, Neighbour]]:
    """Case, photo and neighbour of those that pass the filters; what was erased since is left
    out.
    """
    cases = records.get_all(CASES, [neighbour.subject for neighbour in nearest])
    photos = records.get_all(PHOTOS, [neighbour.photo for neighbour in nearest])
    for neighbour in nearest:
        if neighbour.subject in cases and neighbour.photo in photos:
            case = as_record(Case, neighbour.subject, cases[neighbour.subject])
            if not filters.window or plausible(case, probe):
                yield case, as_record(Photo, neighbour.photo, photos[neighbour.photo]), neighbour


def assessed(
    case: Case, photo: Photo, neighbour: Neighbour, probe: Probe, card: Card, compared: int
) -> Candidate:
    """A candidate, with what may be said of it."""
    similarity = neighbour.similarity
    said = assess_pair(similarity, probe.facts, photo_facts(photo), card.calibration)
    return Candidate(case, photo, similarity, said, expected_by_chance(said, card, compared))


def plausible(case: Case, probe: Probe) -> bool:
    """Whether the person of a case may have had the probe's age in its year; yes where either is
    not known.
    """
    if probe.year is None or probe.facts.age is None:
        return True
    return abs(probe.year - case.born - probe.facts.age) <= AGE_WINDOW


def photo_facts(photo: Photo) -> PhotoFacts:
    """What calibration needs to know of a photo that is kept."""
    return PhotoFacts(photo.age, photo.age_groups, [Reason(**reason) for reason in photo.quality])


def expected_by_chance(assessment: Assessment | None, card: Card, compared: int) -> float | None:
    """How many of `compared` faces of other people are expected to reach this likelihood ratio."""
    if assessment is None:
        return None
    return compared * chance_rate(assessment.likelihood_ratio, card.calibration)
