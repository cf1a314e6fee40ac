"""`pairs`: as many pairs of one person as of two, 15 or more years apart, and one threshold.

At 0.5 as the thesis has it, and at a threshold chosen on other people.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.ages import UNKNOWN
from training.evaluation.bootstrap import Estimate, estimate, ratio, times_of
from training.evaluation.embedded import Embedded
from training.evaluation.folds import folds_of
from training.evaluation.pair_table import WIDE_GAP, Pairs

COUNT = 1000
THESIS_THRESHOLD = 0.5
FOLDS = 5


@dataclass(frozen=True)
class PairAccuracy:
    """Share of pairs decided rightly: all, those of one person, those of two."""

    accuracy: Estimate
    same: Estimate
    different: Estimate


@dataclass(frozen=True)
class ThesisPairs:
    """The drawn pairs and the accuracies. thresholds: least and greatest of those chosen."""

    pairs: Pairs
    at_half: PairAccuracy
    at_chosen: PairAccuracy
    thresholds: tuple[float, float]


def thesis_pairs(photos: Embedded, pairs: Pairs, drawn: np.ndarray, seed: int) -> ThesisPairs:
    """Draws the pairs and decides them at both thresholds."""
    eligible = pairs.where(pairs.gap >= WIDE_GAP)
    chosen = eligible.where(drawn_pairs(eligible, photos.genders, COUNT, seed))
    thresholds = chosen_thresholds(chosen, eligible, photos, seed)
    return ThesisPairs(
        pairs=chosen,
        at_half=_accuracy(chosen, THESIS_THRESHOLD, photos, drawn),
        at_chosen=_accuracy(chosen, thresholds, photos, drawn),
        thresholds=(float(thresholds.min()), float(thresholds.max())),
    )


def drawn_pairs(pairs: Pairs, genders: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Indices of at most `count` pairs of one person and as many of two of the same gender.

    Each gender that has pairs of both kinds gives as many of either: as many as the scarcest of
    them has. Photos of unknown gender are left out, unless there is no such gender.
    """
    generator = np.random.default_rng(seed)
    gender = np.where(genders[pairs.first] == genders[pairs.second], genders[pairs.first], -2)
    kinds = np.intersect1d(gender[pairs.same], gender[~pairs.same])
    known = [kind for kind in kinds if kind >= 0]
    sides = [
        np.flatnonzero((gender == kind) & (pairs.same == same))
        for kind in known or [UNKNOWN]
        for same in (True, False)
    ]
    quota = min(2 * count // len(sides), *map(len, sides))
    return np.sort(np.concatenate([generator.choice(s, quota, replace=False) for s in sides]))


def chosen_thresholds(
    pairs: Pairs, choosing: Pairs, photos: Embedded, seed: int, folds: int = FOLDS
) -> np.ndarray:
    """For each pair (m,) the best threshold on pairs of people from other folds than its own two.

    Best: the greatest mean of true acceptance and true rejection.
    """
    fold = folds_of(photos.identity_count, folds, seed)[photos.identities]
    ends = np.sort(np.stack([fold[pairs.first], fold[pairs.second]]), axis=0)
    thresholds = np.empty(len(pairs.same))
    for one, other in np.unique(ends, axis=1).T:
        apart = ~np.isin(fold[choosing.first], (one, other))
        apart &= ~np.isin(fold[choosing.second], (one, other))
        best = best_threshold(choosing.similarity[apart], choosing.same[apart])
        thresholds[(ends[0] == one) & (ends[1] == other)] = best
    return thresholds


def best_threshold(similarities: np.ndarray, same: np.ndarray) -> float:
    """The similarity that, with all above it accepted, decides best between the two kinds."""
    order = np.argsort(-similarities)
    accepted = np.cumsum(same[order]) / same.sum()
    mistaken = np.cumsum(~same[order]) / (~same).sum()
    return float(similarities[order][np.argmax(accepted - mistaken)])


def write_pairs(result: ThesisPairs, photos: Embedded, path: Path) -> None:
    """The pair list: names in the data set, whether they show one person, the ages."""
    pairs = result.pairs
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["first", "second", "same_person", "age_first", "age_second"])
        for a, b, same in zip(pairs.first, pairs.second, pairs.same, strict=True):
            ages = photos.ages[[a, b]].tolist()
            writer.writerow([photos.names[a], photos.names[b], int(same), *ages])


def _accuracy(
    pairs: Pairs, threshold: float | np.ndarray, photos: Embedded, drawn: np.ndarray
) -> PairAccuracy:
    right = (pairs.similarity >= threshold) == pairs.same
    one, other = photos.identities[pairs.first], photos.identities[pairs.second]
    times = times_of(one, other, drawn)
    return PairAccuracy(
        accuracy=_share(times, right),
        same=_share(times[:, pairs.same], right[pairs.same]),
        different=_share(times[:, ~pairs.same], right[~pairs.same]),
    )


def _share(times: np.ndarray, right: np.ndarray) -> Estimate:
    return estimate(ratio(times @ right.astype(np.float64), times.sum(axis=1)))
