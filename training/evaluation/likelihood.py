"""How good likelihood ratios are: Cllr and Cllr-min (Bruemmer and du Preez 2006), and the expected
calibration error (Naeini et al. 2015), which is not the empirical cross-entropy also called ECE.

All at even prior odds: the weights of either kind are brought to a sum of one half.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

BINS = 10


@dataclass(frozen=True)
class ReliabilityCurve:
    """Predicted and observed share of one person's pairs in each bin, and its weight; (b,) each."""

    predicted: np.ndarray
    observed: np.ndarray
    weight: np.ndarray


def cllr(log_ratios: np.ndarray, same: np.ndarray, weights: np.ndarray) -> float:
    """Cost of log likelihood ratios (m,): 0 is perfect, 1 says nothing."""
    return float(even(same, weights) @ costs(log_ratios, same))


def costs(log_ratios: np.ndarray, same: np.ndarray) -> np.ndarray:
    """log2(1 + 1/LR) for one person's pairs, log2(1 + LR) for two people's, (m,)."""
    return np.logaddexp(0, np.where(same, -log_ratios, log_ratios)) / np.log(2)


def cllr_min(log_ratios: np.ndarray, same: np.ndarray, weights: np.ndarray) -> float:
    """The cost that the best monotone recalibration would leave: what no calibration can mend."""
    # Pairs that tie must stay together, whatever their order in the list.
    levels, place = np.unique(log_ratios, return_inverse=True)
    weight = even(same, weights)
    total = np.bincount(place, weight, len(levels))
    mean = np.bincount(place, weight * same, len(levels)) / np.maximum(total, 1e-300)
    seen = total > 0
    posterior = isotonic_regression(mean[seen], weights=total[seen]).x
    ones, twos = total[seen] * mean[seen], total[seen] * (1 - mean[seen])
    # Where the posterior is 0 or 1, the other kind has no weight.
    cost = ones * _surprise(posterior) + twos * _surprise(1 - posterior)
    return float(cost.sum())


def ece(log_ratios: np.ndarray, same: np.ndarray, weights: np.ndarray) -> float:
    """Expected calibration error: mean distance of predicted and observed share, 0 to 1."""
    curve = reliability_curve(log_ratios, same, weights)
    return float(np.abs(curve.predicted - curve.observed) @ curve.weight)


def reliability_curve(
    log_ratios: np.ndarray, same: np.ndarray, weights: np.ndarray, bins: int = BINS
) -> ReliabilityCurve:
    """The posterior at even odds in bins of equal width; empty bins are left out."""
    posterior = 1 / (1 + np.exp(-log_ratios))
    weight = even(same, weights)
    place = np.minimum((posterior * bins).astype(np.int64), bins - 1)
    total, predicted, observed = (
        np.bincount(place, values, bins) for values in (weight, weight * posterior, weight * same)
    )
    seen = total > 0
    return ReliabilityCurve(
        predicted[seen] / total[seen], observed[seen] / total[seen], total[seen]
    )


def even(same: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The weights (m,) with either kind brought to a sum of one half."""
    sums = np.where(same, weights[same].sum(), weights[~same].sum())
    return weights / (2 * sums)


def _surprise(chance: np.ndarray) -> np.ndarray:
    return -np.log2(np.maximum(chance, 1e-300))
