"""Drawn pairs and their two thresholds."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.evaluation.made import made_photos
from training.evaluation.bootstrap import draws
from training.evaluation.folds import folds_of
from training.evaluation.pair_table import pairs_of
from training.evaluation.thesis_pairs import (
    best_threshold,
    chosen_thresholds,
    drawn_pairs,
    thesis_pairs,
    write_pairs,
)

PHOTOS = made_photos(people=15, photos_each=6, noise=0.5)
PAIRS = pairs_of(PHOTOS)


def test_as_many_pairs_of_two_people_as_of_one_are_drawn_by_the_seed() -> None:
    drawn = drawn_pairs(PAIRS, np.full(len(PHOTOS.names), -1), count=40, seed=3)
    again = drawn_pairs(PAIRS, np.full(len(PHOTOS.names), -1), count=40, seed=3)

    assert len(set(drawn)) == 80
    assert PAIRS.same[drawn].sum() == 40
    assert (drawn == again).all()


def test_both_genders_get_equal_shares_and_no_pair_mixes_them() -> None:
    drawn = PAIRS.where(drawn_pairs(PAIRS, PHOTOS.genders, count=40, seed=0))

    one, other = PHOTOS.genders[drawn.first], PHOTOS.genders[drawn.second]
    assert (one == other).all()
    assert [(one[drawn.same] == gender).sum() for gender in (0, 1)] == [20, 20]
    assert [(one[~drawn.same] == gender).sum() for gender in (0, 1)] == [20, 20]


def test_photos_of_unknown_gender_are_left_out_where_others_are_known() -> None:
    genders = np.where(PHOTOS.identities < 5, -1, PHOTOS.genders)

    drawn = PAIRS.where(drawn_pairs(PAIRS, genders, count=40, seed=0))

    assert (genders[drawn.first] >= 0).all() and (genders[drawn.second] >= 0).all()


def test_the_scarcer_gender_sets_the_share_of_both() -> None:
    genders = np.where(PHOTOS.identities < 2, 1, 0)
    scarce = int((PAIRS.same & (genders[PAIRS.first] == 1)).sum())

    drawn = PAIRS.where(drawn_pairs(PAIRS, genders, count=10_000, seed=0))

    one = genders[drawn.first]
    assert [(one[drawn.same] == gender).sum() for gender in (0, 1)] == [scarce, scarce]


def test_where_pairs_are_scarce_all_are_taken() -> None:
    drawn = drawn_pairs(PAIRS, np.full(len(PHOTOS.names), -1), count=10_000, seed=0)

    assert PAIRS.same[drawn].sum() == PAIRS.same.sum() == len(drawn) / 2


def test_the_best_threshold_leaves_no_other_better() -> None:
    same = PAIRS.same

    def decided(threshold: float) -> float:
        accepted = PAIRS.similarity >= threshold
        return float(accepted[same].mean() - accepted[~same].mean())

    best = best_threshold(PAIRS.similarity, same)

    assert decided(best) == pytest.approx(max(map(decided, PAIRS.similarity)))


def test_a_pairs_threshold_does_not_depend_on_its_own_people() -> None:
    before = chosen_thresholds(PAIRS, PAIRS, PHOTOS, seed=1)
    fold = folds_of(15, 5, seed=1)[PHOTOS.identities]
    own = (fold[PAIRS.first] == 0) & (fold[PAIRS.second] == 0)
    touched = (fold[PAIRS.first] == 0) | (fold[PAIRS.second] == 0)

    turned = replace(PAIRS, similarity=np.where(touched, -PAIRS.similarity, PAIRS.similarity))
    after = chosen_thresholds(turned, turned, PHOTOS, seed=1)

    assert (before[own] == after[own]).all()
    assert (before[~touched] != after[~touched]).any()


def test_accuracies_are_of_pairs_fifteen_years_apart() -> None:
    result = thesis_pairs(PHOTOS, PAIRS, draws(15, 0), seed=0)

    right = (result.pairs.similarity >= 0.5) == result.pairs.same
    assert result.pairs.gap.min() >= 15
    assert result.at_half.accuracy.value == pytest.approx(right.mean())
    assert result.at_half.same.value == pytest.approx(right[result.pairs.same].mean())


def test_the_list_of_pairs_names_photos_and_ages(tmp_path: Path) -> None:
    result = thesis_pairs(PHOTOS, PAIRS, draws(15, 0), seed=0)

    write_pairs(result, PHOTOS, tmp_path / "pairs.csv")

    with (tmp_path / "pairs.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(result.pairs.same)
    for row in rows:
        assert abs(int(row["age_first"]) - int(row["age_second"])) >= 15
        one_person = row["first"].split("/")[0] == row["second"].split("/")[0]
        assert one_person == (row["same_person"] == "1")
