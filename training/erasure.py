"""Closed-form erasure of a concept from a feature (LEACE: Belrose et al. 2023, "LEACE: Perfect
linear concept erasure in closed form", theorem 4.3).

Whitened, the feature varies with the concept along few directions; projected off those and
unwhitened, no linear probe finds the concept any more, and the feature has moved as little as can
be. It is in one step the optimum that the linear adversary of DAL plays for.
"""

import numpy as np

CENTRES = np.array([2.0, 7, 12, 18, 26, 36, 48, 60, 74])
"""Years at which the smooth functions of age peak."""
WINDOW = 5
"""Years that count alike together, however many photos show them."""
RIDGE = 1e-4


def age_concept(ages: np.ndarray) -> np.ndarray:
    """Smooth functions of age in years (n,): Gaussian bumps, float64 (n, 9), wider with age."""
    widths = 2.0 + 0.15 * CENTRES
    return np.exp(-0.5 * ((ages[:, None] - CENTRES) / widths) ** 2)


def age_weights(ages: np.ndarray) -> np.ndarray:
    """Weights (n,) that sum to 1 and give every window of five years the same."""
    windows = ages // WINDOW
    _, inverse, counts = np.unique(windows, return_inverse=True, return_counts=True)
    weights = 1.0 / counts[inverse]
    return weights / weights.sum()


def erasure(
    x: np.ndarray,
    concept: np.ndarray,
    weights: np.ndarray,
    directions: int | None = None,
    share: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """The affine map x -> x @ matrix + shift that takes the concept out of x.

    x: (n, d). concept: (n, k). weights: (n,), summing to 1. directions: how many of those that tell
    most of the concept; all where not told. share: of them that is taken, 0 to 1. Returns float64
    (d, d) and (d,).
    """
    x, concept = np.asarray(x, np.float64), np.asarray(concept, np.float64)
    mean = weights @ x
    centred = x - mean
    covariance = (centred * weights[:, None]).T @ centred
    cross = (centred * weights[:, None]).T @ (concept - weights @ concept)
    values, vectors = np.linalg.eigh(covariance)
    values = values + RIDGE * values.mean()
    whiten = vectors / np.sqrt(values) @ vectors.T
    unwhiten = vectors * np.sqrt(values) @ vectors.T
    found = np.linalg.svd(whiten @ cross, full_matrices=False)[0][:, :directions]
    matrix = np.eye(x.shape[1]) - share * unwhiten @ found @ found.T @ whiten
    return matrix.T, mean - matrix @ mean
