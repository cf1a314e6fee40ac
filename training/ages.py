"""Age groups: young up to 25, adult 26 to 55, elderly from 56."""

import numpy as np

UPPER_EDGES = (25, 55)
UNKNOWN = -1


def age_groups(ages: np.ndarray) -> np.ndarray:
    """Years (n,) -> group 0, 1 or 2, int64; unknown (below 0) stays -1."""
    groups = np.searchsorted(UPPER_EDGES, ages, side="left").astype(np.int64)
    return np.where(ages < 0, UNKNOWN, groups)
