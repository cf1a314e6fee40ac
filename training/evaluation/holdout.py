"""`holdout`: which of the known people does a new photo show? 80 % of each one's photos are known.

The exported model has no classes of its own, so each person is the mean of the known photos.
"""

from dataclasses import dataclass

import numpy as np

from aifr.recognition.compare import template
from training.ages import UNKNOWN
from training.datasets.splits import photo_split
from training.evaluation.bootstrap import Estimate, draws, rate
from training.evaluation.embedded import Embedded

HELD_SHARE = 0.2


@dataclass(frozen=True)
class Holdout:
    """accuracy over `photos` held-out photos, among `people` known people."""

    accuracy: Estimate
    people: int
    photos: int


def holdout(photos: Embedded, seed: int) -> Holdout:
    """Identity accuracy; a missed face among the held-out photos is an error."""
    named = photos.identities != UNKNOWN
    held = photo_split(photos.identities, HELD_SHARE, seed)
    known, asked = named & ~held, named & held
    people = np.unique(photos.identities[known])
    means = np.stack([_mean(photos, known & (photos.identities == one)) for one in people])
    nearest = people[(photos.embeddings[asked] @ means.T).argmax(axis=1)]
    hits = photos.found[asked] & (nearest == photos.identities[asked])
    drawn = draws(photos.identity_count, seed)
    accuracy = rate(hits, photos.identities[asked], drawn)
    return Holdout(accuracy, len(people), int(asked.sum()))


def _mean(photos: Embedded, chosen: np.ndarray) -> np.ndarray:
    # A missed face has an embedding of zeros and adds nothing.
    return template(photos.embeddings[chosen], np.ones(int(chosen.sum())))
