"""Identification, beside loops over every photo."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.evaluation.made import made_photos, photos_with
from training.evaluation.bootstrap import draws
from training.evaluation.embedded import Embedded
from training.evaluation.ranking import leave_one_out, single_mate


def naive_leave_one_out(photos: Embedded) -> float:
    hits = 0
    for probe in range(len(photos.names)):
        others = [other for other in range(len(photos.names)) if other != probe]
        nearest = max(others, key=lambda other: photos.embeddings[probe] @ photos.embeddings[other])
        hits += photos.identities[nearest] == photos.identities[probe]
    return hits / len(photos.names)


def naive_single_mate(photos: Embedded, gap: int) -> tuple[float, int]:
    results = []
    for probe, who in enumerate(photos.identities):
        strangers = photos.embeddings[photos.identities != who]
        for mate in np.flatnonzero(photos.identities == who):
            if mate != probe and abs(photos.ages[mate] - photos.ages[probe]) >= gap:
                likeness = photos.embeddings[probe] @ photos.embeddings[mate]
                results.append(likeness > (strangers @ photos.embeddings[probe]).max())
    return float(np.mean(results)), len(results)


def test_leave_one_out_is_the_share_of_photos_whose_nearest_shows_the_same_person() -> None:
    photos = made_photos(noise=0.6)

    found = leave_one_out(photos, draws(8, 0))

    assert found.rank1.value == pytest.approx(naive_leave_one_out(photos))
    assert 0.3 < found.rank1.value < 1


@pytest.mark.parametrize("place", range(6))
def test_single_mate_counts_every_ordered_pair_of_the_gap(place: int) -> None:
    photos = made_photos(noise=0.6)

    found = single_mate(photos, draws(8, 0))[place]

    share, pairs = naive_single_mate(photos, found.gap)
    assert found.gap == 5 * place
    assert (found.rank1.value, found.pairs) == (pytest.approx(share), pairs)


def test_a_missed_face_is_an_error_and_nobodys_neighbour() -> None:
    embeddings = np.eye(4)[[0, 0, 1, 1]]
    photos = photos_with(embeddings, np.array([0, 0, 1, 1]), np.array([5, 9, 5, 9]), missed=(1,))

    everyone = leave_one_out(photos, draws(2, 0))
    mates = single_mate(photos, draws(2, 0))[0]

    assert everyone.missed == 1
    assert everyone.rank1.value == pytest.approx(0.5)
    assert mates.rank1.value == pytest.approx(0.5)


def test_how_near_in_age_the_mates_are_is_told() -> None:
    photos = replace(
        made_photos(people=2, photos_each=3),
        ages=np.array([10, 11, 30, 10, 16, 40]),
    )

    near = leave_one_out(photos, draws(2, 0)).mates_within

    assert near == pytest.approx({1: 2 / 6, 5: 2 / 6, 10: 4 / 6})
