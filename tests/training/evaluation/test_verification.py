"""Verification figures from histograms, beside counting every pair."""

import numpy as np
import pytest

from tests.training.evaluation.made import made_photos
from training.evaluation.bootstrap import draws
from training.evaluation.pair_table import pairs_of
from training.evaluation.verification import (
    auc,
    counted,
    share_from,
    tar,
    threshold_bins,
    threshold_of,
    verification,
)

PHOTOS = made_photos(people=6, photos_each=6, noise=0.7)
PAIRS = pairs_of(PHOTOS)
ONCE = np.ones((1, 6))


def test_auc_is_the_chance_that_one_persons_pair_is_more_alike() -> None:
    same, different = PAIRS.similarity[PAIRS.same], PAIRS.similarity[~PAIRS.same]
    wins = np.sign(same[:, None] - different) / 2 + 0.5

    assert auc(counted(PAIRS, PHOTOS, ONCE))[0] == pytest.approx(wins.mean(), abs=1e-3)


def test_tar_is_the_share_accepted_where_few_enough_others_are() -> None:
    histograms = counted(PAIRS, PHOTOS, ONCE)

    threshold = threshold_of(int(threshold_bins(histograms, 0.01)[0]))
    accepted = PAIRS.similarity >= threshold

    assert accepted[~PAIRS.same].mean() <= 0.01
    assert (PAIRS.similarity[~PAIRS.same] >= threshold - 0.002).mean() > 0.01 - 0.005
    assert tar(histograms, 0.01)[0] == pytest.approx(accepted[PAIRS.same].mean(), abs=1e-6)


def test_eer_is_where_both_errors_are_alike() -> None:
    found = verification(PAIRS, PHOTOS, draws(6, 0)).eer.value

    thresholds = np.unique(PAIRS.similarity)
    errors = [
        ((PAIRS.similarity[~PAIRS.same] >= t).mean(), (PAIRS.similarity[PAIRS.same] < t).mean())
        for t in thresholds
    ]
    naive = min(errors, key=lambda pair: abs(pair[0] - pair[1]))
    assert found == pytest.approx(np.mean(naive), abs=0.01)


def test_a_draw_counts_a_pair_as_often_as_its_people_were_drawn() -> None:
    times = np.array([2.0, 0, 1, 3, 0, 0])
    one, other = (PHOTOS.identities[side] for side in (PAIRS.first, PAIRS.second))

    histograms = counted(PAIRS, PHOTOS, np.stack([np.ones(6), times]))

    assert histograms.same[1].sum() == times[one[PAIRS.same]].sum()
    assert histograms.different[1].sum() == (times[one] * times[other])[~PAIRS.same].sum()


def test_weights_count_like_repeated_pairs() -> None:
    weights = np.random.default_rng(0).integers(0, 3, len(PAIRS.same))
    repeated = PAIRS.where(np.repeat(np.arange(len(weights)), weights))

    weighted = counted(PAIRS, PHOTOS, ONCE, weights.astype(float))

    plain = counted(repeated, PHOTOS, ONCE)
    assert weighted.same == pytest.approx(plain.same)
    assert weighted.different == pytest.approx(plain.different)


def test_figures_of_pairs_of_one_kind_alone_are_not_made_up() -> None:
    found = verification(PAIRS.where(PAIRS.same), PHOTOS, draws(6, 0))

    assert np.isnan([found.auc.value, found.eer.value, found.tar[0.01].value]).all()


def test_every_pair_is_at_or_above_the_lowest_bin_and_none_above_the_last() -> None:
    shares = share_from(np.array([[1.0, 2, 1]]))

    assert shares.tolist() == [[1, 0.75, 0.25, 0]]
