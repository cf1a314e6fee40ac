"""Leakage: how well age group and gender can still be read from a feature.

A probe learns from some people's photos and is judged on other people's. Its figure is the mean
over the classes of the share it gets right, for which chance is one in the number of classes.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from training.ages import UNKNOWN, age_groups
from training.datasets.splits import identity_split
from training.evaluation.bootstrap import Estimate, draws, estimate, ratio

TEST_SHARE = 0.3
FEWEST = 40
PROBES = ("logistic", "mlp")


@dataclass(frozen=True)
class Leak:
    """What a probe tells of a label from a feature, over photos it has not seen."""

    feature: str
    label: str
    probe: str
    accuracy: Estimate
    chance: float
    photos: int


def leakage(
    features: Mapping[str, np.ndarray],
    ages: np.ndarray,
    genders: np.ndarray,
    identities: np.ndarray,
    seed: int,
) -> list[Leak]:
    """Every probe for every label on every feature (n, d); labels int64 (n,), -1 unknown.

    A label counts where at least two of its classes have 40 photos. Photos of unknown people are
    taken as of one person each.
    """
    labels = {"age group": age_groups(ages), "gender": genders}
    return [
        leak(name, values, label, truth, identities, probe, seed)
        for label, truth in labels.items()
        if len(told_apart(truth)) > 1
        for name, values in features.items()
        for probe in PROBES
    ]


def leak(
    feature: str,
    values: np.ndarray,
    label: str,
    truth: np.ndarray,
    identities: np.ndarray,
    probe: str,
    seed: int,
) -> Leak:
    """One probe: equally many photos of each class to learn from, 30 % of the people to judge."""
    people = np.where(identities == UNKNOWN, -2 - np.arange(len(identities)), identities)
    classes = told_apart(truth)
    test = identity_split(people, TEST_SHARE, seed) & np.isin(truth, classes)
    learnt = _even(np.where(test, UNKNOWN, truth), classes, seed)
    network = make_pipeline(StandardScaler(), _classifier(probe, seed))
    with warnings.catch_warnings():
        # The probe stops after a fixed number of epochs, which keeps it from learning by heart.
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(values[learnt], truth[learnt])
    right = network.predict(values[test]) == truth[test]
    accuracy = _mean_recall(right, truth[test], people[test], seed)
    return Leak(feature, label, probe, accuracy, 1 / len(classes), int(test.sum()))


def told_apart(truth: np.ndarray) -> np.ndarray:
    """The known classes with at least 40 photos."""
    classes, counts = np.unique(truth, return_counts=True)
    return classes[(classes != UNKNOWN) & (counts >= FEWEST)]


def balanced_photos(ages: np.ndarray, genders: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Sorted indices of equally many photos, `most` at most, of each age group and gender there is;
    without those of unknown age or gender.
    """
    groups = age_groups(ages)
    cells = np.where((groups < 0) | (genders < 0), UNKNOWN, groups * 2 + genders)
    return _even(cells, np.unique(cells[cells != UNKNOWN]), seed, most)


def _even(truth: np.ndarray, classes: np.ndarray, seed: int, most: int | None = None) -> np.ndarray:
    """Sorted indices of equally many photos of each class."""
    generator = np.random.default_rng(seed)
    members = [np.flatnonzero(truth == one) for one in classes]
    count = min(len(found) for found in members)
    count = count if most is None else min(count, most)
    return np.sort(np.concatenate([generator.choice(m, count, replace=False) for m in members]))


def _mean_recall(right: np.ndarray, truth: np.ndarray, people: np.ndarray, seed: int) -> Estimate:
    _, numbers = np.unique(people, return_inverse=True)
    drawn = draws(int(numbers.max()) + 1, seed)
    recalls = [
        ratio(
            drawn @ np.bincount(numbers, right & own, drawn.shape[1]),
            drawn @ np.bincount(numbers, own, drawn.shape[1]),
        )
        for own in (truth == one for one in np.unique(truth))
    ]
    return estimate(np.mean(recalls, axis=0))


def _classifier(probe: str, seed: int) -> LogisticRegression | MLPClassifier:
    if probe == "logistic":
        return LogisticRegression(C=0.01, max_iter=300)
    return MLPClassifier((64,), alpha=1.0, max_iter=40, random_state=seed)
