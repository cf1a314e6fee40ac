"""Identification: `leave-one-out` and `single-mate`, the headline."""

from dataclasses import dataclass

import numpy as np

from training.evaluation.bootstrap import Estimate, rate
from training.evaluation.embedded import Embedded

GAPS = (0, 5, 10, 15, 20, 25)


@dataclass(frozen=True)
class LeaveOneOut:
    """rank1: share of photos whose nearest neighbour shows the same person; a missed face is an
    error. mates_within: years -> share of photos with a photo of the same person so near in age.
    """

    rank1: Estimate
    photos: int
    missed: int
    mates_within: dict[int, float]


@dataclass(frozen=True)
class SingleMate:
    """rank1 and the number of (probe, mate) pairs whose ages lie `gap` years or more apart."""

    gap: int
    rank1: Estimate
    pairs: int


def similarity_matrix(photos: Embedded) -> np.ndarray:
    """Cosines (n, n); -inf with itself and with every missed face."""
    similarities = photos.embeddings @ photos.embeddings.T
    np.fill_diagonal(similarities, -np.inf)
    similarities[~photos.found] = -np.inf
    similarities[:, ~photos.found] = -np.inf
    return similarities


def leave_one_out(photos: Embedded, drawn: np.ndarray) -> LeaveOneOut:
    """Each photo's nearest neighbour among all others."""
    nearest = similarity_matrix(photos).argmax(axis=1)
    hits = photos.found & (photos.identities[nearest] == photos.identities)
    return LeaveOneOut(
        rank1=rate(hits, photos.identities, drawn),
        photos=len(hits),
        missed=int((~photos.found).sum()),
        mates_within={years: mates_within(photos, years) for years in (1, 5, 10)},
    )


def mates_within(photos: Embedded, years: int) -> float:
    """The share of photos that have another of the same person at most `years` apart."""
    near = mate_matrix(photos) & (gap_matrix(photos) <= years)
    return float(near.any(axis=1).mean())


def single_mate(photos: Embedded, drawn: np.ndarray) -> list[SingleMate]:
    """Each probe against one mate and all photos of other people: found where the mate comes first.

    Every ordered (probe, mate) pair counts once; a missed face of either is an error.
    """
    similarities = similarity_matrix(photos)
    same_person = photos.identities[:, None] == photos.identities
    best_other = np.where(same_person, -np.inf, similarities).max(axis=1)
    first = similarities > best_other[:, None]
    mates, gaps = mate_matrix(photos), gap_matrix(photos)
    return [_cut(first, mates & (gaps >= gap), photos.identities, gap, drawn) for gap in GAPS]


def mate_matrix(photos: Embedded) -> np.ndarray:
    """Which pairs show one person, bool (n, n), a photo with itself left out."""
    mates = photos.identities[:, None] == photos.identities
    np.fill_diagonal(mates, False)
    return mates


def gap_matrix(photos: Embedded) -> np.ndarray:
    """Years between the ages, int64 (n, n)."""
    return np.abs(photos.ages[:, None] - photos.ages)


def _cut(
    first: np.ndarray, pairs: np.ndarray, identities: np.ndarray, gap: int, drawn: np.ndarray
) -> SingleMate:
    probes, mates = np.nonzero(pairs)
    hits = first[probes, mates]
    return SingleMate(gap, rate(hits, identities[probes], drawn), len(probes))
