"""Ten-fold verification."""

import numpy as np
import pytest

from tests.training.evaluation.made import made_photos
from training.evaluation.ten_fold import drawn_folds, ten_fold

PHOTOS = made_photos(people=60, photos_each=4, noise=0.4)


def test_a_fold_has_as_many_pairs_of_one_person_as_of_two_and_people_of_its_own() -> None:
    folds = drawn_folds(PHOTOS.identities, seed=0, pairs=12)

    people = [set(PHOTOS.identities[fold].ravel().tolist()) for fold in folds]
    same = [PHOTOS.identities[fold[:, 0]] == PHOTOS.identities[fold[:, 1]] for fold in folds]
    assert len(folds) == 10
    assert all(kind[:12].all() and not kind[12:].any() for kind in same)
    assert sum(map(len, people)) == len(set().union(*people))


def test_the_accuracy_is_the_mean_over_folds_at_the_others_threshold() -> None:
    folds = drawn_folds(PHOTOS.identities, seed=0, pairs=12)

    found = ten_fold(PHOTOS, folds)

    def cosines(fold: np.ndarray) -> np.ndarray:
        return (PHOTOS.embeddings[fold[:, 0]] * PHOTOS.embeddings[fold[:, 1]]).sum(axis=1)

    truth = np.arange(24) < 12
    shares = []
    for number, fold in enumerate(folds):
        rest = np.concatenate([cosines(other) for i, other in enumerate(folds) if i != number])
        right = [((rest >= t) == np.tile(truth, 9)).mean() for t in np.sort(rest)[::-1]]
        threshold = np.sort(rest)[::-1][int(np.argmax(right))]
        shares.append(((cosines(fold) >= threshold) == truth).mean())
    assert found.pairs == 240
    assert found.accuracy.value == pytest.approx(np.mean(shares))
    assert 0.7 < found.accuracy.value < 1


def test_people_of_one_photo_each_make_no_pairs() -> None:
    with pytest.raises(ValueError, match="no pair of one person"):
        drawn_folds(np.arange(40), seed=0)
