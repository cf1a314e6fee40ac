"""Made evaluation sets: people as directions, photos as noisy copies that drift with age."""

import numpy as np

from training.evaluation.embedded import Embedded


def made_photos(
    people: int = 8, photos_each: int = 7, size: int = 12, noise: float = 0.25, seed: int = 0
) -> Embedded:
    """Ages from 1 to 60; the farther apart two ages, the less alike the photos."""
    generator = np.random.default_rng(seed)
    identities = np.repeat(np.arange(people), photos_each)
    ages = generator.integers(1, 60, len(identities))
    centres = generator.normal(size=(people, size))
    drift = generator.normal(size=(people, size))
    embeddings = centres[identities] + 0.02 * (ages[:, None] - 30) * drift[identities]
    embeddings += noise * generator.normal(size=embeddings.shape)
    return photos_with(
        embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True),
        identities,
        ages,
        generator.integers(0, 2, people)[identities],
    )


def photos_with(
    embeddings: np.ndarray,
    identities: np.ndarray,
    ages: np.ndarray,
    genders: np.ndarray | None = None,
    missed: tuple[int, ...] = (),
) -> Embedded:
    """An evaluation set of the arrays given; gender unknown where none are."""
    count = len(identities)
    found = ~np.isin(np.arange(count), missed)
    return Embedded(
        names=[f"{identity:03d}/{index}.jpg" for index, identity in enumerate(identities)],
        identities=np.asarray(identities),
        ages=np.asarray(ages),
        genders=np.full(count, -1) if genders is None else np.asarray(genders),
        found=found,
        embeddings=(np.asarray(embeddings) * found[:, None]).astype(np.float32),
        age_groups=np.empty((count, 0), np.float32),
        data_sha256="0" * 64,
    )
