"""LFW's ten-fold verification (Huang et al. 2007, section IV), for models not trained on LFW.

The official list of pairs is no part of the photos: the pairs are drawn by a seed in the same
numbers, 300 of one person and 300 of two in each of ten folds of different people.
"""

from dataclasses import dataclass

import numpy as np

from training.evaluation.bootstrap import Estimate
from training.evaluation.embedded import Embedded
from training.evaluation.folds import folds_of
from training.evaluation.thesis_pairs import best_threshold

FOLDS = 10
PAIRS = 300


@dataclass(frozen=True)
class TenFold:
    """accuracy: mean over the folds, and twice its standard error to either side."""

    accuracy: Estimate
    pairs: int


def drawn_folds(identities: np.ndarray, seed: int, pairs: int = PAIRS) -> list[np.ndarray]:
    """For each fold the pairs of photos, int64 (2 x pairs, 2), first those of one person.

    Raises ValueError where a fold has fewer than two people, or nobody with two photos.
    """
    generator = np.random.default_rng(seed)
    fold = folds_of(int(identities.max()) + 1, FOLDS, seed)[identities]
    return [
        _fold(np.flatnonzero(fold == number), identities, pairs, generator)
        for number in range(FOLDS)
    ]


def ten_fold(photos: Embedded, folds: list[np.ndarray]) -> TenFold:
    """Each fold decided at the threshold that is best on the nine others."""
    similarities = [_cosines(photos.embeddings, pairs) for pairs in folds]
    accuracies = np.array([_accuracy(similarities, number) for number in range(len(folds))])
    mean, error = accuracies.mean(), accuracies.std(ddof=1) / np.sqrt(len(folds))
    accuracy = Estimate(float(mean), float(mean - 2 * error), float(mean + 2 * error))
    return TenFold(accuracy, sum(map(len, folds)))


def _fold(
    photos: np.ndarray, identities: np.ndarray, pairs: int, generator: np.random.Generator
) -> np.ndarray:
    """Both kinds of pairs of one fold. Those of one person repeat only where there are too few;
    those of two are drawn independently, so that a few may repeat.
    """
    people = identities[photos]
    same = np.stack(np.nonzero(np.triu(people[:, None] == people, 1)), axis=1)
    if not len(same) or len(np.unique(people)) < 2:
        raise ValueError("a fold holds no pair of one person, or only one person")
    ones = same[generator.choice(len(same), pairs, replace=len(same) < pairs)]
    twos: list[tuple[int, int]] = []
    while len(twos) < pairs:
        a, b = generator.integers(0, len(photos), 2)
        if people[a] != people[b]:
            twos.append((int(a), int(b)))
    return photos[np.concatenate([ones, np.array(twos)])]


def _accuracy(similarities: list[np.ndarray], number: int) -> float:
    others = [values for index, values in enumerate(similarities) if index != number]
    same = np.concatenate([_is_same(values) for values in others])
    threshold = best_threshold(np.concatenate(others), same)
    judged = similarities[number]
    return float(((judged >= threshold) == _is_same(judged)).mean())


def _is_same(values: np.ndarray) -> np.ndarray:
    return np.arange(len(values)) < len(values) // 2


def _cosines(embeddings: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    return np.einsum("nd,nd->n", embeddings[pairs[:, 0]], embeddings[pairs[:, 1]])
