"""Costs of likelihood ratios."""

import numpy as np
import pytest

from training.evaluation.likelihood import cllr, cllr_min, ece, reliability_curve

GENERATOR = np.random.default_rng(0)
SAME = np.arange(4000) < 1000
EVIDENCE = GENERATOR.normal(np.where(SAME, 1.0, -1.0), 1.0)
RATIOS = 2 * EVIDENCE
"""ln of N(1, 1) over N(-1, 1): the true log likelihood ratios."""
ONES = np.ones(len(SAME))


def test_cllr_is_the_mean_cost_of_both_kinds() -> None:
    ones = np.mean([np.log2(1 + 1 / np.exp(ratio)) for ratio in RATIOS[SAME]])
    twos = np.mean([np.log2(1 + np.exp(ratio)) for ratio in RATIOS[~SAME]])

    assert cllr(RATIOS, SAME, ONES) == pytest.approx((ones + twos) / 2)


def test_likelihood_ratios_of_one_cost_one() -> None:
    assert cllr(np.zeros(4000), SAME, ONES) == pytest.approx(1)
    assert cllr_min(np.zeros(4000), SAME, ONES) == pytest.approx(1)


def test_ratios_that_tell_everything_apart_cost_nothing_at_best() -> None:
    assert cllr_min(np.where(SAME, 0.1, -0.1), SAME, ONES) == pytest.approx(0)


def test_the_least_cost_does_not_change_when_ratios_are_stretched() -> None:
    assert cllr_min(RATIOS**3, SAME, ONES) == pytest.approx(cllr_min(RATIOS, SAME, ONES))
    assert cllr(RATIOS**3, SAME, ONES) > 1.5 * cllr(RATIOS, SAME, ONES)
    assert cllr_min(RATIOS, SAME, ONES) < cllr(RATIOS, SAME, ONES)


def test_true_ratios_are_nearly_at_their_least_cost_and_on_the_diagonal() -> None:
    assert cllr(RATIOS, SAME, ONES) - cllr_min(RATIOS, SAME, ONES) < 0.02
    assert ece(RATIOS, SAME, ONES) < 0.02
    assert ece(RATIOS + 1.5, SAME, ONES) > 0.1


def test_weights_count_like_repeated_pairs() -> None:
    weights = GENERATOR.integers(1, 4, len(SAME))
    repeated = np.repeat(RATIOS, weights), np.repeat(SAME, weights), np.ones(weights.sum())

    for measure in (cllr, cllr_min, ece):
        assert measure(RATIOS, SAME, weights) == pytest.approx(measure(*repeated))


def test_the_curve_shows_the_share_of_one_persons_pairs_in_each_bin() -> None:
    same = np.array([True, False, True, True])

    curve = reliability_curve(np.log([0.1, 0.1, 9.5, 9.5]), same, np.ones(4))

    # At even odds the one pair of two people weighs as much as the three of one.
    assert curve.observed == pytest.approx([0.25, 1])
    assert curve.weight == pytest.approx([4 / 6, 2 / 6])
    assert curve.predicted == pytest.approx([0.1 / 1.1, 9.5 / 10.5])
