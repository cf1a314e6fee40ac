"""Intervals by bootstrap over identities (Efron and Tibshirani 1993, section 13.3, percentiles).

Photos of one person resemble each other, so people are drawn, not photos: a replicate counts every
identity as often as it was drawn. Row 0 of everything is the data itself, each identity once.
"""

from dataclasses import dataclass

import numpy as np

REPLICATES = 1000
LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval, each NaN where it cannot be had."""

    value: float
    low: float
    high: float


def draws(identities: int, seed: int, replicates: int = REPLICATES) -> np.ndarray:
    """How often each identity counts, float64 (1 + replicates, identities); row 0 is all ones."""
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(identities, np.full(identities, 1 / identities), replicates)
    return np.concatenate([np.ones((1, identities)), drawn])


def times_of(one: np.ndarray, other: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """How often pairs between identities, int64 (m,) each, count in every replicate, (r, m).

    Both people of a pair are drawn, so it counts as often as the product of their draws; a pair of
    one person as often as that person was drawn, not the square of it.
    """
    return np.where(one == other, drawn[:, one], drawn[:, one] * drawn[:, other])


def estimate(values: np.ndarray) -> Estimate:
    """Of a figure (1 + replicates,): row 0 its value, the percentiles of the rest its interval."""
    rest = values[1:][np.isfinite(values[1:])]
    if not rest.size:
        return Estimate(float(values[0]), float("nan"), float("nan"))
    tail = 50 * (1 - LEVEL)
    low, high = np.percentile(rest, [tail, 100 - tail])
    return Estimate(float(values[0]), float(low), float(high))


def rate(hits: np.ndarray, identities: np.ndarray, drawn: np.ndarray) -> Estimate:
    """The share of hits, bool (m,), each of which belongs to one identity, int64 (m,)."""
    count = drawn.shape[1]
    good = drawn @ np.bincount(identities, hits, count)
    return estimate(ratio(good, drawn @ np.bincount(identities, minlength=count)))


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """numerator / denominator, NaN where that is 0."""
    return np.divide(
        numerator, denominator, out=np.full(numerator.shape, np.nan), where=denominator != 0
    )
