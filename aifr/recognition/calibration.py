"""Similarity and ages -> a likelihood ratio, how far to trust it, and a sentence that says so.

The parameters come from a model card's `calibration`, which `python -m training.calibrate` fits:
`ages_given` for photos whose ages are known, `ages_expected` for ages that the model's age groups
let expect (left out for a model without them). Each holds

    gaps, younger_ages: knots, in years
    offsets, slopes: one row for each younger age, one column for each gap; no slope below 0
    bounds: the least and the greatest likelihood ratio that the data it was fitted on can support

With offset and slope interpolated between the knots, ln LR = offset + slope x similarity.

`chance` holds likelihood_ratios, ascending, and rates: the share of pairs of two different people,
ages given, whose likelihood ratio reaches each, above 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from aifr.recognition.quality import Reason

YOUNG_CHILD = 4
WIDE_GAP = 25
# Years that an age group may stand for; within one, every year is taken as equally probable.
GROUP_YEARS = {"young": range(0, 26), "adult": range(26, 56), "elderly": range(56, 86)}
BECAUSE = {
    "young_child": f"one photo shows a child under {YOUNG_CHILD}",
    "wide_gap": f"the photos lie more than {WIDE_GAP} years apart",
    "unknown_age": "an age had to be guessed from the photo",
    "poor_quality": "a photo is of poor quality",
}

Reliability = Literal["normal", "low"]


@dataclass(frozen=True)
class PhotoFacts:
    """What is known of a photo besides its embedding.

    age: years at which the person was photographed, None if unknown. age_groups: group ->
    probability, by the model. quality: the reasons for doubt, as in `Recognition`.
    """

    age: float | None
    age_groups: Mapping[str, float]
    quality: Sequence[Reason] = ()


@dataclass(frozen=True)
class Assessment:
    """What may be said of a pair.

    likelihood_ratio: how many times as probable such a similarity is for one person as for two.
    age_gap: years, given or expected. reliability: "low" where any of `reasons` applies, which are
    "young_child", "wide_gap", "unknown_age", "poor_quality". reading: one sentence for anyone.
    """

    likelihood_ratio: float
    age_gap: float
    reliability: Reliability
    reasons: tuple[str, ...]
    reading: str


def assess_pair(
    similarity: float, first: PhotoFacts, second: PhotoFacts, calibration: Mapping[str, Any]
) -> Assessment | None:
    """Assesses a similarity in [-1, 1]; None where the model has no calibration for the pair: none
    at all ({}), or only one for ages that are given, where an age is not.
    """
    parameters = _parameters(first, second, calibration)
    if parameters is None:
        return None
    gap, younger = ages_of_pair(first, second)
    ratio = likelihood_ratio(similarity, gap, younger, parameters)
    reasons = reasons_for_doubt(first, second, gap)
    return Assessment(ratio, gap, reliability(reasons), reasons, reading(ratio, reasons))


def _parameters(
    first: PhotoFacts, second: PhotoFacts, calibration: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    unknown = first.age is None or second.age is None
    return calibration.get("ages_expected" if unknown else "ages_given")


def likelihood_ratio(
    similarity: float, age_gap: float, younger_age: float, parameters: Mapping[str, Any]
) -> float:
    """The likelihood ratio of one pair, above 0; it never falls as the similarity rises."""
    alone = log_likelihood_ratios(
        np.array([similarity]), np.array([age_gap]), np.array([younger_age]), parameters
    )
    return float(np.exp(alone[0]))


def chance_rate(likelihood_ratio: float, calibration: Mapping[str, Any]) -> float:
    """The probability that a pair of two different people reaches this likelihood ratio, at most 1.

    Between the ratios of the card's table it is interpolated, both logarithmic; below the first it
    is 1, beyond the last what it is there. Without a table it is the bound 1/LR (Markov's
    inequality: over pairs of two people, calibrated ratios have mean 1).
    """
    table = calibration.get("chance")
    if table is None:
        return min(1.0, 1 / likelihood_ratio)
    place = np.log(likelihood_ratio)
    ratios, rates = np.log(table["likelihood_ratios"]), np.log(table["rates"])
    return min(1.0, float(np.exp(np.interp(place, ratios, rates, left=0.0))))


def log_likelihood_ratios(
    similarities: np.ndarray,
    age_gaps: np.ndarray,
    younger_ages: np.ndarray,
    parameters: Mapping[str, Any],
) -> np.ndarray:
    """Natural logarithms of the likelihood ratios of n pairs, each argument (n,); ages in years."""
    by_gap = between_knots(age_gaps, parameters["gaps"])
    by_age = between_knots(younger_ages, parameters["younger_ages"])
    offsets = np.einsum("na,ag,ng->n", by_age, np.asarray(parameters["offsets"]), by_gap)
    slopes = np.einsum("na,ag,ng->n", by_age, np.asarray(parameters["slopes"]), by_gap)
    least, greatest = np.log(parameters["bounds"])
    return np.clip(offsets + slopes * similarities, least, greatest)


def between_knots(values: np.ndarray, knots: Sequence[float]) -> np.ndarray:
    """Weights (n, k) of linear interpolation between ascending knots, constant beyond the last."""
    return np.column_stack([np.interp(values, knots, unit) for unit in np.eye(len(knots))])


def ages_of_pair(first: PhotoFacts, second: PhotoFacts) -> tuple[float, float]:
    """Expected gap and expected younger age, in years; exact where both ages are known."""
    (ages, chances), (others, chances_of_others) = _ages(first), _ages(second)
    gap = chances @ np.abs(np.subtract.outer(ages, others)) @ chances_of_others
    younger = chances @ np.minimum.outer(ages, others) @ chances_of_others
    return float(gap), float(younger)


def _ages(photo: PhotoFacts) -> tuple[np.ndarray, np.ndarray]:
    """The ages a photo may have been taken at, and the probability of each."""
    if photo.age is not None:
        return np.array([photo.age]), np.ones(1)
    years = [np.array(GROUP_YEARS[group]) for group in photo.age_groups]
    shares = [
        np.full(len(ages), share / len(ages))
        for ages, share in zip(years, photo.age_groups.values(), strict=True)
    ]
    return np.concatenate(years), np.concatenate(shares)


def reasons_for_doubt(first: PhotoFacts, second: PhotoFacts, age_gap: float) -> tuple[str, ...]:
    """Names of what lies outside the calibration's competence, in the order of `BECAUSE`."""
    ages = [photo.age for photo in (first, second)]
    applies = {
        "young_child": any(age is not None and age < YOUNG_CHILD for age in ages),
        "wide_gap": age_gap > WIDE_GAP,
        "unknown_age": None in ages,
        "poor_quality": bool(first.quality or second.quality),
    }
    return tuple(name for name in BECAUSE if applies[name])


def reliability(reasons: Sequence[str]) -> Reliability:
    """ "low" where there is any reason for doubt."""
    return "low" if reasons else "normal"


def reading(ratio: float, reasons: Sequence[str]) -> str:
    """One sentence that anyone understands; it weighs the likeness and never names a person."""
    return f"{_weight(ratio)}; {_caution(reasons)}."


def _weight(ratio: float) -> str:
    if 0.5 < ratio < 2:
        return "A likeness like this is about as common between two people as within one person"
    one, two = "if both photos show one person", "if they show two different people"
    likelier, other = (one, two) if ratio > 1 else (two.replace("they", "the photos"), one)
    other = other.replace("both photos", "they")
    times = _plainly(max(ratio, 1 / ratio))
    return f"A likeness like this is about {times} times as probable {likelier} as {other}"


def _plainly(times: float) -> str:
    """A number with two digits that mean something, one below ten."""
    digits = 1 if times < 9.5 else 2
    return f"{float(f'{times:.{digits}g}'):,.0f}"


def _caution(reasons: Sequence[str]) -> str:
    if not reasons:
        return "this is a lead to follow up, not an identification"
    because = " and ".join(BECAUSE[name] for name in reasons)
    return f"trust this less than usual, because {because}"
