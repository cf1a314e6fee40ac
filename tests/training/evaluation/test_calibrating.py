"""Fitting the calibration."""

from dataclasses import replace

import numpy as np
import pytest

from aifr.recognition.calibration import PhotoFacts, ages_of_pair, likelihood_ratio
from tests.training.evaluation.made import made_photos
from training.evaluation import calibrating
from training.evaluation.bootstrap import draws
from training.evaluation.calibrating import (
    CHANCE_RATIOS,
    FORMS,
    cell_weights,
    chance,
    fit,
    held_out,
    quality,
    supported_bounds,
    with_expected_ages,
)
from training.evaluation.likelihood import cllr
from training.evaluation.pair_table import Pairs, pairs_of

PHOTOS = made_photos(people=20, photos_each=6, noise=0.6)
GROUPS = ("young", "adult", "elderly")


def normal_pairs(count: int = 40_000, wide: float = 0.5) -> Pairs:
    """Similarities N(0.5, 0.2) of one person and N(0, 0.2) of two; at a gap of 30 N(wide, 0.2)."""
    generator = np.random.default_rng(0)
    same = np.arange(count) < count // 2
    gap = generator.choice([0, 30], count)
    mean = np.where(same, np.where(gap == 30, wide, 0.5), 0.0)
    similarity = generator.normal(mean, 0.2)
    index = np.arange(count)
    return Pairs(index, index, similarity, same, gap, np.full(count, 20))


def true_ratio(similarity: float, mean: float) -> float:
    """ln of N(mean, 0.2) over N(0, 0.2)."""
    return (similarity**2 - (similarity - mean) ** 2) / (2 * 0.2**2)


@pytest.mark.parametrize("similarity", [0.1, 0.25, 0.4])
def test_the_likelihood_ratio_of_known_distributions_is_found(similarity: float) -> None:
    calibration = fit(normal_pairs(), 2000, FORMS["similarity"])

    found = np.log(likelihood_ratio(similarity, 0, 20, calibration))

    assert found == pytest.approx(true_ratio(similarity, 0.5), abs=0.15)


@pytest.mark.parametrize(("gap", "mean"), [(0, 0.5), (30, 0.2)])
def test_each_gap_has_its_own_likelihood_ratio(gap: int, mean: float) -> None:
    calibration = fit(normal_pairs(wide=0.2), 2000, FORMS["similarity, gap"])

    found = np.log(likelihood_ratio(0.3, gap, 20, calibration))

    assert found == pytest.approx(true_ratio(0.3, mean), abs=0.15)


def test_how_common_pairs_of_an_age_are_does_not_matter() -> None:
    pairs = normal_pairs(wide=0.2)
    rare = pairs.where(pairs.same | (pairs.gap == 0) | (np.arange(len(pairs.same)) % 10 == 0))

    ratios = [
        np.log(likelihood_ratio(0.15, 30, 20, fit(some, 2000, FORMS["similarity, gap"])))
        for some in (pairs, rare)
    ]

    assert ratios[0] == pytest.approx(ratios[1], abs=0.15)


def test_more_alike_never_speaks_for_two_people_even_where_the_data_do() -> None:
    pairs = normal_pairs()
    turned = replace(pairs, similarity=-pairs.similarity)

    calibration = fit(turned, 2000, FORMS["similarity, gap"])

    assert np.min(calibration["slopes"]) >= 0


def test_where_no_pairs_are_the_nearest_ages_stand_in() -> None:
    pairs = normal_pairs()
    near = pairs.where(pairs.gap == 0)

    calibration = fit(near, 2000, FORMS["similarity, gap, younger age"])

    for gap, younger in ((30, 20), (20, 0), (10, 20)):
        found = np.log(likelihood_ratio(0.4, gap, younger, calibration))
        assert found == pytest.approx(true_ratio(0.4, 0.5), abs=0.4)


def test_both_kinds_weigh_the_same_in_every_cell_of_ages() -> None:
    pairs = pairs_of(PHOTOS)

    weights = cell_weights(pairs)

    assert weights[pairs.same].sum() == pytest.approx(1)
    for near in (pairs.gap < 5, pairs.gap >= 30, pairs.younger >= 18, pairs.younger < 4):
        ones, twos = weights[near & pairs.same].sum(), weights[near & ~pairs.same].sum()
        assert ones == pytest.approx(twos)


def test_more_people_bear_out_greater_likelihood_ratios() -> None:
    assert supported_bounds(4) == [0.25, 6.0]
    assert supported_bounds(41) == [0.0244, 820.0]


def test_nobody_is_judged_by_a_calibration_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs, seen = pairs_of(PHOTOS), []

    def watched(training: Pairs, people: int, form: dict) -> dict:
        seen.append({*PHOTOS.identities[training.first], *PHOTOS.identities[training.second]})
        return fit(training, people, form)

    monkeypatch.setattr(calibrating, "fit", watched)
    judged = held_out(PHOTOS, pairs, FORMS["similarity"], seed=0)

    assert all(len(people) == 16 for people in seen)
    repeats = np.bincount(judged.first[judged.same], minlength=20)
    assert (repeats == 4 * 15).all()
    within = {frozenset(set(range(20)) - people) for people in seen}
    for one, other in {*zip(judged.first.tolist(), judged.second.tolist(), strict=True)}:
        assert any({one, other} <= fold for fold in within)


def test_the_cost_of_the_data_itself_is_its_cllr() -> None:
    judged = held_out(PHOTOS, pairs_of(PHOTOS), FORMS["similarity"], seed=0)

    found = quality(judged, draws(20, 0))

    assert found.cllr.value == pytest.approx(cllr(judged.log_ratios, judged.same, judged.weights))
    assert found.cllr_min <= found.cllr.value < 1
    assert found.cllr.low < found.cllr.value < found.cllr.high


def test_two_people_reach_a_likelihood_ratio_as_often_as_was_counted() -> None:
    judged = held_out(PHOTOS, pairs_of(PHOTOS), FORMS["similarity"], seed=0)
    ratios = np.exp(judged.log_ratios[~judged.same])

    table = chance(judged)

    counted = {ratio: sum(r >= ratio for r in ratios) / len(ratios) for ratio in CHANCE_RATIOS}
    kept = dict(zip(table["likelihood_ratios"], table["rates"], strict=True))
    assert kept == pytest.approx({ratio: rate for ratio, rate in counted.items() if rate}, abs=1e-7)
    assert kept[0.02] == 1 and 0 < kept[1] < 0.5


def test_a_likelihood_ratio_that_no_two_people_reached_has_no_rate() -> None:
    judged = held_out(PHOTOS, pairs_of(PHOTOS), FORMS["similarity"], seed=0)

    table = chance(judged.where(judged.same | (judged.log_ratios < np.log(3))))

    assert table["likelihood_ratios"][-1] == 2


def test_expected_ages_are_those_that_serving_expects() -> None:
    chances = np.random.default_rng(0).dirichlet(np.ones(3), len(PHOTOS.names))
    photos = replace(PHOTOS, age_groups=chances.astype(np.float32))
    pairs = pairs_of(photos)

    expected = with_expected_ages(photos, pairs)

    for place in (0, 7, 500):
        facts = [
            PhotoFacts(None, dict(zip(GROUPS, chances[photo], strict=True)))
            for photo in (pairs.first[place], pairs.second[place])
        ]
        found = (expected.gap[place], expected.younger[place])
        assert found == pytest.approx(ages_of_pair(*facts), abs=1e-3)
