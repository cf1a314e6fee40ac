"""Identity accuracy with most of everyone's photos known."""

import numpy as np
import pytest

from tests.training.evaluation.made import made_photos, photos_with
from training.datasets.splits import photo_split
from training.evaluation.holdout import holdout


def test_a_new_photo_belongs_to_the_nearest_mean_of_known_photos() -> None:
    photos = made_photos(people=10, photos_each=10, noise=1.5)

    found = holdout(photos, seed=4)

    held = photo_split(photos.identities, 0.2, 4)
    hits = []
    for index in np.flatnonzero(held):
        means = [photos.embeddings[~held & (photos.identities == one)].mean(0) for one in range(10)]
        cosines = [photos.embeddings[index] @ mean / np.linalg.norm(mean) for mean in means]
        hits.append(np.argmax(cosines) == photos.identities[index])
    assert (found.people, found.photos) == (10, 20)
    assert found.accuracy.value == pytest.approx(np.mean(hits))
    assert 0.2 < found.accuracy.value < 1


def test_a_missed_face_is_an_error_and_unknown_people_are_left_out() -> None:
    embeddings = np.repeat(np.eye(3), 5, axis=0)
    identities = np.repeat([0, 1, -1], 5)
    held = np.flatnonzero(photo_split(identities, 0.2, 0) & (identities == 0))
    photos = photos_with(embeddings, identities, np.full(15, 20), missed=tuple(held))

    found = holdout(photos, seed=0)

    assert (found.people, found.photos) == (2, 2)
    assert found.accuracy.value == pytest.approx(0.5)
