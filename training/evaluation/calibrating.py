"""Fits `aifr.recognition.calibration`: ln LR = offset + slope x similarity between knots of age.

Logistic regression at even prior odds in every cell of gap and younger age, so that the logit is
the log likelihood ratio given the ages (Morrison 2013) and never how common such ages are. Slopes
stay at 0 or above: at any ages, more alike never speaks more for two people.

The quality of a photo acts through `reliability` alone and not here: so few of FG-NET's photos have
a reason for doubt (7 of 499) that nothing could be fitted to them.
"""

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from scipy.optimize import minimize

from aifr.recognition.calibration import GROUP_YEARS, between_knots, log_likelihood_ratios
from training.evaluation.bootstrap import Estimate, estimate, ratio, times_of
from training.evaluation.embedded import Embedded
from training.evaluation.folds import folds_of
from training.evaluation.likelihood import cllr_min, costs, ece
from training.evaluation.pair_table import Pairs, matched_weights

FORMS: dict[str, dict[str, list[int]]] = {
    "similarity": {"gaps": [0], "younger_ages": [0]},
    "similarity, gap": {"gaps": [0, 10, 20, 30], "younger_ages": [0]},
    "similarity, gap, younger age": {"gaps": [0, 10, 20, 30], "younger_ages": [0, 18]},
}
"""Candidates, told apart by cross-validated Cllr."""
GIVEN, EXPECTED = "ages_given", "ages_expected"
GAP_EDGES = (5, 10, 15, 20, 25, 30)
AGE_EDGES = (4, 13, 18)
RIDGE, SMOOTHNESS = 1e-7, 1e-5
FOLDS = 5
REPEATS = 4
CHANCE_RATIOS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True)
class HeldOut:
    """Log likelihood ratios of pairs that their calibration was not fitted on, each array (m,).

    first, second: identities. weights: see `cell_weights`.
    """

    log_ratios: np.ndarray
    same: np.ndarray
    weights: np.ndarray
    gap: np.ndarray
    first: np.ndarray
    second: np.ndarray

    def where(self, chosen: np.ndarray) -> "HeldOut":
        """The pairs at a mask (m,)."""
        return HeldOut(*(column[chosen] for column in vars(self).values()))


@dataclass(frozen=True)
class Quality:
    """Figures of held-out likelihood ratios. ece: expected calibration error, 0 to 1."""

    cllr: Estimate
    cllr_min: float
    ece: float


def fit(pairs: Pairs, identities: int, form: dict[str, list[int]]) -> dict[str, Any]:
    """The parameters that `aifr.recognition.calibration` describes, of so many people's pairs."""
    signs, weights = np.where(pairs.same, 1.0, -1.0), cell_weights(pairs)
    cells = knot_cells(pairs.gap, pairs.younger, form)
    inputs = np.concatenate([cells, cells * pairs.similarity[:, None]], axis=1)

    roughness = knot_roughness(form)

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        margins = signs * (inputs @ parameters)
        descent = (weights * signs * np.exp(-np.logaddexp(0, margins))) @ inputs
        pull = roughness @ parameters
        return weights @ np.logaddexp(0, -margins) + parameters @ pull, 2 * pull - descent

    count = cells.shape[1]
    bounds = [(None, None)] * count + [(0, None)] * count
    found = minimize(loss, np.zeros(2 * count), jac=True, method="L-BFGS-B", bounds=bounds).x
    shape = (len(form["younger_ages"]), len(form["gaps"]))
    return {
        **form,
        "offsets": found[:count].reshape(shape).round(4).tolist(),
        "slopes": found[count:].reshape(shape).round(4).tolist(),
        "bounds": supported_bounds(identities),
    }


def supported_bounds(identities: int) -> list[float]:
    """The least and greatest likelihood ratio that so many people can bear out.

    One pair of people more might be the first as alike as any: claims beyond 1 in the number of
    pairs of people, or for the other side of people, were never tested.
    """
    return [round(1 / identities, 4), float(identities * (identities - 1) // 2)]


def cell_weights(pairs: Pairs) -> np.ndarray:
    """Weights (m,), of sum 1 in either kind, that bring both to even odds in each cell of ages."""
    cells = np.digitize(pairs.gap, GAP_EDGES) * (len(AGE_EDGES) + 1)
    cells += np.digitize(pairs.younger, AGE_EDGES)
    weights = matched_weights(pairs.same, cells)
    return weights / weights[pairs.same].sum()


def knot_cells(gaps: np.ndarray, younger: np.ndarray, form: dict[str, list[int]]) -> np.ndarray:
    """Weights (m, ages x gaps) of the knots, younger ages in rows."""
    by_age = between_knots(younger, form["younger_ages"])
    by_gap = between_knots(gaps, form["gaps"])
    return (by_age[:, :, None] * by_gap[:, None, :]).reshape(len(gaps), -1)


def knot_roughness(form: dict[str, list[int]]) -> np.ndarray:
    """The quadratic penalty (2k, 2k) on offsets, then slopes, of k knots: little on size, more
    on their differences, so that knots without pairs near them are as their neighbours are.
    """
    places = list(np.ndindex(len(form["younger_ages"]), len(form["gaps"])))
    penalty = RIDGE * np.eye(len(places))
    for (i, one), (j, other) in combinations(enumerate(places), 2):
        if abs(one[0] - other[0]) + abs(one[1] - other[1]) == 1:
            penalty[[i, j], [i, j]] += SMOOTHNESS
            penalty[[i, j], [j, i]] -= SMOOTHNESS
    return np.kron(np.eye(2), penalty)


def held_out(photos: Embedded, pairs: Pairs, form: dict[str, list[int]], seed: int) -> HeldOut:
    """Cross-validation over identities, repeated: pairs within a fold, judged by a calibration of
    the pairs within the others.
    """
    parts = []
    count = photos.identity_count
    one, other = photos.identities[pairs.first], photos.identities[pairs.second]
    for repeat in range(REPEATS):
        fold = folds_of(count, FOLDS, seed + repeat)
        for number in range(FOLDS):
            training = (fold[one] != number) & (fold[other] != number)
            judged = np.flatnonzero((fold[one] == number) & (fold[other] == number))
            people = int((fold != number).sum())
            calibration = fit(pairs.where(training), people, form)
            ratios = log_likelihood_ratios(
                pairs.similarity[judged], pairs.gap[judged], pairs.younger[judged], calibration
            )
            parts.append((judged, ratios))
    index = np.concatenate([judged for judged, _ in parts])
    return HeldOut(
        log_ratios=np.concatenate([ratios for _, ratios in parts]),
        same=pairs.same[index],
        weights=cell_weights(pairs.where(index)),
        gap=pairs.gap[index],
        first=one[index],
        second=other[index],
    )


def quality(pairs: HeldOut, drawn: np.ndarray) -> Quality:
    """Cllr with its interval over identities, Cllr-min and expected calibration error."""
    given = (pairs.log_ratios, pairs.same, pairs.weights)
    return Quality(_cllr_estimate(pairs, drawn), round(cllr_min(*given), 4), round(ece(*given), 4))


def chance(judged: HeldOut) -> dict[str, list[float]]:
    """How often two people reach each likelihood ratio: `chance` of `aifr.recognition.calibration`.
    Ratios that no pair reached are left out: nothing is known of them but that they are rarer.
    """
    log_ratios = judged.log_ratios[~judged.same]
    rates = {ratio: float((log_ratios >= np.log(ratio)).mean()) for ratio in CHANCE_RATIOS}
    reached = {ratio: round(rate, 8) for ratio, rate in rates.items() if rate}
    return {"likelihood_ratios": [*reached], "rates": [*reached.values()]}


def with_expected_ages(photos: Embedded, pairs: Pairs) -> Pairs:
    """The pairs with gap and younger age as the model's age groups let expect them, in years."""
    years = np.arange(max(group.stop for group in GROUP_YEARS.values()))
    spread = np.stack([np.isin(years, group) / len(group) for group in GROUP_YEARS.values()])
    chances = photos.age_groups @ spread
    gaps = chances @ np.abs(years[:, None] - years) @ chances.T
    younger = chances @ np.minimum(years[:, None], years) @ chances.T
    place = pairs.first, pairs.second
    return replace(pairs, gap=gaps[place], younger=younger[place])


def _cllr_estimate(pairs: HeldOut, drawn: np.ndarray) -> Estimate:
    cost = costs(pairs.log_ratios, pairs.same)
    ones, twos = (_mean_cost(pairs, cost, kind, drawn) for kind in (pairs.same, ~pairs.same))
    return estimate((ones + twos) / 2)


def _mean_cost(pairs: HeldOut, cost: np.ndarray, kind: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The weighted mean cost of the pairs of a kind in every replicate, (r,)."""
    count = drawn.shape[1]
    low = np.minimum(pairs.first, pairs.second)[kind]
    high = np.maximum(pairs.first, pairs.second)[kind]
    couples, row = np.unique(low * count + high, return_inverse=True)
    one, other = np.divmod(couples, count)
    times = times_of(one, other, drawn)
    weights = pairs.weights[kind]
    totals = [np.bincount(row, column) for column in (weights * cost[kind], weights)]
    return ratio(times @ totals[0], times @ totals[1])
