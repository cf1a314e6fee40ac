"""What probes can read from a feature."""

import numpy as np
import pytest

from training.ages import age_groups
from training.evaluation.leakage import balanced_photos, leakage, told_apart

GENERATOR = np.random.default_rng(0)
AGES = GENERATOR.choice([12, 40, 70], 600, p=[0.5, 0.3, 0.2])
GENDERS = GENERATOR.integers(0, 2, 600)
NOBODY = np.full(600, -1)


def test_a_label_that_is_in_a_feature_is_read_and_one_that_is_not_is_guessed() -> None:
    noise = GENERATOR.normal(size=(600, 8))
    telling = noise + 4 * np.eye(8)[age_groups(AGES)]

    leaks = leakage({"x": telling, "x_id": noise}, AGES, GENDERS, NOBODY, seed=0)

    by_name = {(one.feature, one.label, one.probe): one for one in leaks}
    assert len(leaks) == 8
    for probe in ("logistic", "mlp"):
        assert by_name["x", "age group", probe].accuracy.value > 0.85
        for feature, label in (("x", "gender"), ("x_id", "age group"), ("x_id", "gender")):
            guess = by_name[feature, label, probe]
            assert guess.accuracy.value == pytest.approx(guess.chance, abs=0.12)


def test_the_mlp_reads_what_no_line_divides() -> None:
    signs = GENERATOR.choice([-1.0, 1.0], (600, 2))
    hidden = signs + 0.2 * GENERATOR.normal(size=(600, 2))
    parity = (signs.prod(axis=1) > 0).astype(int)

    leaks = leakage({"x": np.tile(hidden, 4)}, NOBODY, parity, NOBODY, seed=0)

    by_probe = {one.probe: one.accuracy.value for one in leaks}
    assert by_probe["mlp"] > 0.9
    assert by_probe["logistic"] < 0.65


def test_the_people_judged_are_not_those_learnt_from() -> None:
    # Each person's feature is their own and tells nothing of another's.
    people = np.repeat(np.arange(60), 10)
    own = np.repeat(GENERATOR.integers(0, 2, 60), 10)
    features = GENERATOR.normal(size=(60, 120))[people]

    known = leakage({"x": features}, NOBODY, own, people, seed=0)
    unknown = leakage({"x": features}, NOBODY, own, NOBODY, seed=0)

    assert known[0].accuracy.value < 0.75
    assert unknown[0].accuracy.value > 0.95


def test_only_classes_with_photos_enough_count() -> None:
    truth = np.repeat([-1, 0, 1, 2], [100, 100, 50, 10])

    assert told_apart(truth).tolist() == [0, 1]


def test_balanced_photos_are_of_every_age_group_and_gender_alike() -> None:
    ages = np.where(np.arange(600) < 30, -1, AGES)

    chosen = balanced_photos(ages, GENDERS, 20, seed=0)

    cells = age_groups(ages[chosen]) * 2 + GENDERS[chosen]
    assert np.bincount(cells).tolist() == [20] * 6
    assert len(set(chosen)) == 120
