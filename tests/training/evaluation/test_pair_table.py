"""Pairs, and the matching of pairs of two people to those of one."""

import numpy as np
import pytest

from tests.training.evaluation.made import made_photos, photos_with
from training.evaluation.pair_table import group_cells, matched_weights, pairs_of


def test_every_pair_of_found_faces_comes_once() -> None:
    photos = photos_with(np.eye(4), np.array([0, 0, 1, 1]), np.array([3, 20, 8, 60]), missed=(2,))

    pairs = pairs_of(photos)

    assert list(zip(pairs.first, pairs.second, strict=True)) == [(0, 1), (0, 3), (1, 3)]
    assert pairs.same.tolist() == [True, False, False]
    assert pairs.gap.tolist() == [17, 57, 40]
    assert pairs.younger.tolist() == [3, 3, 20]


def test_a_cell_is_a_pair_of_age_groups_and_genders_in_either_order() -> None:
    ages, genders = np.array([10, 30, 30, 10]), np.array([0, 1, 1, 0])
    photos = photos_with(np.eye(4), np.arange(4), ages, genders)

    cells = group_cells(pairs_of(photos), photos)

    by_pair = dict(zip([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)], cells, strict=True))
    assert by_pair[0, 1] == by_pair[0, 2] == by_pair[1, 3] == by_pair[2, 3]
    assert len({by_pair[0, 1], by_pair[0, 3], by_pair[1, 2]}) == 3


def test_weights_spread_both_kinds_alike_over_the_cells() -> None:
    photos = made_photos()
    pairs = pairs_of(photos)
    cells = group_cells(pairs, photos)

    weights = matched_weights(pairs.same, cells)

    for cell in np.unique(cells):
        own = cells == cell
        ones, twos = weights[own & pairs.same].sum(), weights[own & ~pairs.same].sum()
        assert ones == pytest.approx(twos)


def test_a_cell_of_one_kind_alone_counts_for_nothing() -> None:
    same = np.array([True, True, False, False])

    weights = matched_weights(same, np.array([0, 1, 0, 2]))

    assert weights.tolist() == [1, 0, 1, 0]
