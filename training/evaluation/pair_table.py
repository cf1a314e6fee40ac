"""All pairs of an evaluation set, and how pairs of two people are matched to those of one."""

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from training.ages import age_groups
from training.evaluation.embedded import Embedded

AGE_GROUPS = 3
GENDERS = 2
WIDE_GAP = 15
"""Years; the thesis drew its pairs so far apart or farther."""


@dataclass(frozen=True)
class Pairs:
    """m unordered pairs of photos whose faces were found, each array (m,).

    first, second: indices of the photos. similarity: float32. same: one person. gap: years.
    younger: age in years of the younger photo.
    """

    first: np.ndarray
    second: np.ndarray
    similarity: np.ndarray
    same: np.ndarray
    gap: np.ndarray
    younger: np.ndarray

    def where(self, chosen: np.ndarray) -> "Pairs":
        """The pairs at a mask (m,) or at indices."""
        return Pairs(*(column[chosen] for column in vars(self).values()))


def pairs_of(photos: Embedded) -> Pairs:
    """Every pair once, without those of which a face was missed; of photos of known people."""
    index = np.flatnonzero(photos.found)
    first, second = (index[side] for side in np.triu_indices(len(index), 1))
    similarities = photos.embeddings @ photos.embeddings.T
    ages, identities = photos.ages, photos.identities
    return Pairs(
        first=first,
        second=second,
        similarity=similarities[first, second],
        same=identities[first] == identities[second],
        gap=np.abs(ages[first] - ages[second]),
        younger=np.minimum(ages[first], ages[second]),
    )


def group_cells(pairs: Pairs, photos: Embedded) -> np.ndarray:
    """One number for each combination of the two age groups and the two genders, int64 (m,)."""
    kinds = (age_groups(photos.ages) + 1) * (GENDERS + 1) + photos.genders + 1
    numbers = np.zeros(((AGE_GROUPS + 1) * (GENDERS + 1),) * 2, np.int64)
    for number, (a, b) in enumerate(combinations_with_replacement(range(len(numbers)), 2)):
        numbers[a, b] = numbers[b, a] = number
    return numbers[kinds[pairs.first], kinds[pairs.second]]


def matched_weights(same: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Weights (m,) under which pairs of two people fall into the cells as pairs of one do.

    Pairs of one person weigh 1. A cell that lacks either kind weighs 0.
    """
    size = int(cells.max(initial=-1)) + 1
    ones = np.bincount(cells[same], minlength=size)
    twos = np.bincount(cells[~same], minlength=size)
    share = np.divide(ones, twos, out=np.zeros(size), where=twos > 0)
    return np.where(same, (twos > 0)[cells], share[cells]).astype(np.float64)
