"""Embeddings -> similarity: cosine for two, one template a list for many."""

import numpy as np


def similarity(first: np.ndarray, second: np.ndarray) -> float:
    """Cosine of two unit vectors (d,), in [-1, 1]."""
    return float(np.clip(first @ second, -1.0, 1.0))


def template(embeddings: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """One unit vector (d,) for several photos of a person: their weighted mean, renormalised.

    embeddings: unit (n, d), n at least 1. weights: (n,), above 0. Where the mean vanishes
    (opposite photos cancel out), the embedding of greatest weight stands for all.
    """
    mean = weights @ embeddings / weights.sum()
    length = np.linalg.norm(mean)
    if length < 1e-6:
        return embeddings[np.argmax(weights)]
    return mean / length


def pair_matrix(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Cosine of every pair, (n, m), of unit vectors (n, d) and (m, d)."""
    return np.clip(first @ second.T, -1.0, 1.0)
