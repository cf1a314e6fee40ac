"""Intervals over identities."""

import numpy as np
import pytest

from training.evaluation.bootstrap import draws, estimate, rate, times_of


def test_every_draw_has_as_many_people_as_the_data() -> None:
    drawn = draws(7, seed=1, replicates=50)

    assert (drawn[0] == 1).all()
    assert (drawn.sum(axis=1) == 7).all()
    assert (drawn == draws(7, seed=1, replicates=50)).all()


def test_a_rate_in_a_draw_counts_a_person_as_often_as_it_was_drawn() -> None:
    identities = np.array([0, 0, 0, 1, 2, 2])
    hits = np.array([1, 1, 0, 1, 0, 0], bool)
    drawn = draws(3, seed=5, replicates=200)

    found = rate(hits, identities, drawn)

    naive = []
    for times in drawn:
        repeated = [
            hit for hit, who in zip(hits, identities, strict=True) for _ in range(int(times[who]))
        ]
        naive.append(np.mean(repeated))
    assert found.value == pytest.approx(hits.mean())
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(naive[1:], [2.5, 97.5])))


def test_photos_of_few_people_make_a_wider_interval_than_of_many() -> None:
    hits = np.random.default_rng(0).random(400) < 0.5
    few = np.repeat(np.arange(4), 100)
    hits[few < 2] = True

    narrow = rate(hits, np.arange(400), draws(400, 0))
    wide = rate(hits, few, draws(4, 0))

    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_draws_that_lack_a_figure_are_left_out_of_its_interval() -> None:
    found = estimate(np.array([0.5, np.nan, 0.4, 0.6]))

    assert 0.4 <= found.low < found.high <= 0.6


def test_a_pair_counts_by_the_draws_of_its_two_people_and_of_one_person_only_once() -> None:
    drawn = np.array([[1.0, 1.0, 1.0], [2.0, 0.0, 3.0]])

    times = times_of(np.array([0, 0, 0, 2]), np.array([0, 1, 2, 2]), drawn)

    assert times.tolist() == [[1, 1, 1, 1], [2, 0, 6, 3]]
