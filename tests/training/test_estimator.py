import numpy as np
import pytest
import torch

from training.ages import age_groups
from training.estimator import (
    Labelled,
    errors,
    estimate,
    estimation_loss,
    train_estimator,
    whole_years,
)


def made_labelled(count, seed, unknown_share=0.0):
    """Features that tell age and gender under noise."""
    generator = np.random.default_rng(seed)
    ages, genders = generator.integers(1, 80, count), generator.integers(0, 2, count)
    features = generator.normal(size=(count, 12)).astype(np.float32)
    features[:, 0] += ages / 10
    features[:, 1] += 4 * genders
    known = generator.random(count) >= unknown_share
    return Labelled(features, np.where(known, ages, -1), np.where(known, genders, -1))


@pytest.fixture(scope="module")
def estimator():
    return train_estimator(made_labelled(3000, seed=0))


def test_learns_age_and_gender_of_photos_it_never_saw(estimator):
    found = errors(estimator, made_labelled(1000, seed=1))

    # Ten years are one standard deviation of the noise: the mean error cannot be below 8.
    assert found["mean_error_years"] < 10 < 15 < found["mean_error_years_of_median"]
    assert found["gender_accuracy"] > 0.95
    assert found["age_group_accuracy"] > found["age_group_accuracy_of_commonest"] + 0.15


def test_the_errors_are_those_of_a_naive_count(estimator):
    labelled = made_labelled(50, seed=2)
    years, female = estimate(estimator, labelled.features)

    found = errors(estimator, labelled)

    pairs = list(zip(years.tolist(), labelled.ages.tolist(), strict=True))
    assert found["mean_error_years"] == pytest.approx(sum(abs(y - a) for y, a in pairs) / 50)
    right = [age_groups(np.array(round(y))) == age_groups(np.array(a)) for y, a in pairs]
    assert found["age_group_accuracy"] == pytest.approx(sum(map(bool, right)) / 50)
    told = [(f > 0.5) == bool(g) for f, g in zip(female, labelled.genders, strict=True)]
    assert found["gender_accuracy"] == pytest.approx(sum(told) / 50)


def test_years_stay_between_nought_and_a_hundred(estimator):
    extreme = 1e3 * np.eye(12, dtype=np.float32)

    years, female = estimate(estimator, np.concatenate([extreme, -extreme]))

    assert ((years >= 0) & (years <= 100.001)).all()
    assert ((female >= 0) & (female <= 1)).all()


def test_unknown_labels_teach_nothing(estimator):
    x = torch.randn(4, 12)
    unknown = torch.full((4,), -1)

    loss = estimation_loss(estimator, x, unknown, unknown)

    assert float(loss.detach()) == 0


def test_learns_from_partly_labelled_photos():
    estimator = train_estimator(made_labelled(3000, seed=0, unknown_share=0.3))

    assert errors(estimator, made_labelled(1000, seed=1))["mean_error_years"] < 10.5


def test_the_same_seed_gives_the_same_estimator():
    labelled = made_labelled(300, seed=0)

    first, second = (train_estimator(labelled, seed=4).state_dict() for _ in range(2))

    assert all(torch.equal(first[name], second[name]) for name in first)


def test_years_are_rounded():
    assert whole_years(np.array([0.4, 25.6, 55.4], np.float32)).tolist() == [0, 26, 55]
