"""Verification: AUC, EER and TAR at a given FAR, with intervals over identities.

Similarities are counted into fine bins, once for each identity and each pair of identities: a
replicate of the bootstrap is then one matrix product.
"""

from dataclasses import dataclass

import numpy as np

from training.evaluation.bootstrap import Estimate, estimate, ratio, times_of
from training.evaluation.embedded import Embedded
from training.evaluation.pair_table import Pairs

BINS = 2000
FALSE_ACCEPTANCE_RATES = (0.01, 0.001)


@dataclass(frozen=True)
class Histograms:
    """Pairs of one person and of two in bins of similarity, each (1 + replicates, BINS), from -1
    to 1; row 0 is the data itself.
    """

    same: np.ndarray
    different: np.ndarray


@dataclass(frozen=True)
class Verification:
    """The figures of a set of pairs. tar: false acceptance rate -> true acceptance rate."""

    auc: Estimate
    eer: Estimate
    tar: dict[float, Estimate]
    same: int
    different: int


def verification(
    pairs: Pairs, photos: Embedded, drawn: np.ndarray, weights: np.ndarray | None = None
) -> Verification:
    """The figures of pairs, each weighing 1 or as `weights` (m,) say."""
    histograms = counted(pairs, photos, drawn, weights)
    return Verification(
        auc=estimate(auc(histograms)),
        eer=estimate(eer(histograms)),
        tar={far: estimate(tar(histograms, far)) for far in FALSE_ACCEPTANCE_RATES},
        same=int(pairs.same.sum()),
        different=int((~pairs.same).sum()),
    )


def counted(
    pairs: Pairs, photos: Embedded, drawn: np.ndarray, weights: np.ndarray | None = None
) -> Histograms:
    """Counts pairs into bins in every replicate, as often as `times_of` says.

    Holds a row of bins for every pair of identities, which suits up to a few hundred identities.
    """
    if weights is None:
        weights = np.ones(len(pairs.same))
    bins = np.clip(((pairs.similarity + 1) * (BINS / 2)).astype(np.int64), 0, BINS - 1)
    one, other = photos.identities[pairs.first], photos.identities[pairs.second]
    low, high = np.minimum(one, other), np.maximum(one, other)
    return Histograms(
        same=_replicated(low, low, bins, weights, pairs.same, drawn),
        different=_replicated(low, high, bins, weights, ~pairs.same, drawn),
    )


def auc(histograms: Histograms) -> np.ndarray:
    """Chance that one person's pair is more alike than two people's, ties half; (r,)."""
    below = np.cumsum(histograms.different, axis=1) - histograms.different / 2
    wins = np.einsum("rb,rb->r", histograms.same, below)
    return ratio(wins, histograms.same.sum(axis=1) * histograms.different.sum(axis=1))


def eer(histograms: Histograms) -> np.ndarray:
    """The rate at the threshold where false acceptance and false rejection are nearest; (r,)."""
    accepted, rejected = share_from(histograms.different), 1 - share_from(histograms.same)
    place = np.abs(accepted - rejected).argmin(axis=1)
    rows = np.arange(len(place))
    return (accepted[rows, place] + rejected[rows, place]) / 2


def tar(histograms: Histograms, far: float) -> np.ndarray:
    """True acceptance rate at the lowest threshold whose false acceptance rate is at most `far`."""
    rates = share_above(histograms.same, threshold_bins(histograms, far))
    return np.where(histograms.different.any(axis=1), rates, np.nan)


def threshold_bins(histograms: Histograms, far: float) -> np.ndarray:
    """The lowest bin from which on at most `far` of two people's pairs are accepted, int64 (r,)."""
    return (share_from(histograms.different) > far).sum(axis=1)


def share_above(counts: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The share of counts (r, BINS) at bin `places` (r,) and above, (r,)."""
    return np.take_along_axis(share_from(counts), places[:, None], axis=1)[:, 0]


def share_from(counts: np.ndarray) -> np.ndarray:
    """The share of counts (r, BINS) at each bin and above, and at the end none: (r, BINS + 1)."""
    above = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
    above = np.concatenate([above, np.zeros((len(counts), 1))], axis=1)
    return ratio(above, np.broadcast_to(above[:, :1], above.shape))


def threshold_of(place: int) -> float:
    """The similarity at the lower edge of a bin."""
    return place * 2 / BINS - 1


def _replicated(
    low: np.ndarray,
    high: np.ndarray,
    bins: np.ndarray,
    weights: np.ndarray,
    chosen: np.ndarray,
    drawn: np.ndarray,
) -> np.ndarray:
    """Bins of the chosen pairs between identities `low` and `high`, in every replicate."""
    count = drawn.shape[1]
    couples, row = np.unique(low[chosen] * count + high[chosen], return_inverse=True)
    cells = np.bincount(row * BINS + bins[chosen], weights[chosen], len(couples) * BINS)
    one, other = np.divmod(couples, count)
    times = times_of(one, other, drawn)
    counts = times.astype(np.float32) @ cells.reshape(-1, BINS).astype(np.float32)
    return counts.astype(np.float64)
