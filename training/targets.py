"""What x_id is taught: what the teachers say, less what age says of it, in 512 numbers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.ages import UNKNOWN
from training.atomic import write_atomically
from training.erasure import age_concept, age_weights, erasure


@dataclass(frozen=True)
class Placement:
    """An affine map of the teachers' joined embedding: matrix float32 (d, size), shift (size,)."""

    matrix: np.ndarray
    shift: np.ndarray

    def __call__(self, embeddings: np.ndarray) -> np.ndarray:
        """Joined embeddings (n, d) -> unit float32 (n, size)."""
        placed = embeddings @ self.matrix + self.shift
        return placed / np.linalg.norm(placed, axis=1, keepdims=True)


def fit_placement(
    embeddings: np.ndarray, ages: np.ndarray, size: int, directions: int, share: float
) -> Placement:
    """Takes `share` of `directions` directions of age out of the teachers' embeddings (n, d) and
    keeps the `size` directions along which they vary most. ages: years (n,), -1 unknown.
    """
    known = ages != UNKNOWN
    matrix, shift = np.eye(embeddings.shape[1]), np.zeros(embeddings.shape[1])
    if directions:
        weights = age_weights(ages[known])
        concept = age_concept(ages[known])
        matrix, shift = erasure(embeddings[known], concept, weights, directions, share)
    erased = embeddings @ matrix.astype(np.float32) + shift.astype(np.float32)
    _, vectors = np.linalg.eigh((erased.T @ erased).astype(np.float64))
    kept = vectors[:, -size:]
    return Placement((matrix @ kept).astype(np.float32), (shift @ kept).astype(np.float32))


def kept_placement(
    path: Path, embeddings: np.ndarray, ages: np.ndarray, size: int, directions: int, share: float
) -> Placement:
    """The placement of a run, fitted once: its axes may turn with the library that finds them, and
    a run that goes on must be taught in the axes it began with.
    """
    if not path.exists():
        placement = fit_placement(embeddings, ages, size, directions, share)
        write_atomically(path, lambda file: np.savez(file, **vars(placement)))
    kept = np.load(path)
    return Placement(kept["matrix"], kept["shift"])
