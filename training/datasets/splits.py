"""Seeded splits: by photo, and by identity."""

import numpy as np

from training.ages import UNKNOWN


def photo_split(identities: np.ndarray, held_share: float, seed: int) -> np.ndarray:
    """True where a photo is held out, bool (n,): of each identity's photos the share `held_share`,
    rounded down, so that every identity stays in training.

    identities: int64 (n,); photos of unknown identity (-1) are drawn as if they were one person's.
    """
    held = np.zeros(len(identities), dtype=bool)
    generator = np.random.default_rng(seed)
    for identity in np.unique(identities):
        photos = np.flatnonzero(identities == identity)
        count = int(len(photos) * held_share)
        held[generator.permutation(photos)[:count]] = True
    return held


def identity_split(identities: np.ndarray, held_share: float, seed: int) -> np.ndarray:
    """True where a photo's person is held out, bool (n,): the share `held_share` of all people,
    rounded. No person is on both sides; photos of unknown identity stay in training.
    """
    people = np.unique(identities[identities != UNKNOWN])
    drawn = np.random.default_rng(seed).permutation(people)
    return np.isin(identities, drawn[: round(len(people) * held_share)])
