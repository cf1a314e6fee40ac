"""Who is missed and who is mistaken at one threshold."""

import numpy as np
import pytest

from tests.training.evaluation.made import made_photos
from training.evaluation.bootstrap import draws
from training.evaluation.fairness import fairness
from training.evaluation.pair_table import pairs_of

PHOTOS = made_photos(people=12, photos_each=8, noise=0.7)
PAIRS = pairs_of(PHOTOS)
FOUND = fairness(PHOTOS, PAIRS, draws(12, 0))


def test_all_share_one_threshold_at_which_few_pairs_of_two_people_pass() -> None:
    passed = PAIRS.similarity[~PAIRS.same] >= FOUND.threshold

    assert 0 < passed.mean() <= FOUND.fmr


def test_every_group_has_its_own_errors() -> None:
    accepted = PAIRS.similarity >= FOUND.threshold
    one, other = PHOTOS.genders[PAIRS.first], PHOTOS.genders[PAIRS.second]
    masks = {
        ("younger age", "4 to 12"): (PAIRS.younger >= 4) & (PAIRS.younger <= 12),
        ("gap", "25 and over"): PAIRS.gap >= 25,
        ("gender", "female"): (one == 1) & (other == 1),
    }
    bands = {(band.kind, band.name): band for band in FOUND.bands}

    for name, mask in masks.items():
        missed = ~accepted[mask & PAIRS.same]
        mistaken = accepted[mask & ~PAIRS.same]
        assert bands[name].fnmr.value == pytest.approx(missed.mean(), abs=1e-6)
        assert bands[name].fmr.value == pytest.approx(mistaken.mean(), abs=1e-6)
        assert bands[name].same == len(missed)


def test_bands_cover_every_pair_once_and_leave_out_those_too_small() -> None:
    gaps = sum(band.same for band in FOUND.bands if band.kind == "gap")

    assert gaps == PAIRS.same.sum()
    assert all(band.same >= 20 for band in FOUND.bands)
    assert np.isfinite([band.fnmr.value for band in FOUND.bands]).all()
