"""training.erasure and training.targets"""

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from training.erasure import age_concept, age_weights, erasure
from training.targets import fit_placement, kept_placement


@pytest.fixture
def faces() -> tuple[np.ndarray, np.ndarray]:
    """Features (600, 12) that tell age along two directions, and the ages."""
    generator = np.random.default_rng(0)
    ages = generator.integers(0, 90, 600)
    x = generator.standard_normal((600, 12)) @ generator.standard_normal((12, 12))
    x[:, 0] += 0.1 * ages
    x[:, 1] += 3 * np.sin(ages / 15)
    return x, ages


def test_no_linear_probe_finds_what_was_erased(faces: tuple[np.ndarray, np.ndarray]) -> None:
    x, ages = faces
    concept, weights = age_concept(ages), np.full(600, 1 / 600)

    matrix, shift = erasure(x, concept, weights)

    erased = x @ matrix + shift
    before, after = (Ridge(1e-6).fit(f, concept).score(f, concept) for f in (x, erased))
    assert before > 0.2
    assert after < 1e-3


def test_of_all_maps_that_erase_it_moves_least(faces: tuple[np.ndarray, np.ndarray]) -> None:
    x, ages = faces
    concept, weights = age_concept(ages), np.full(600, 1 / 600)
    centred = x - x.mean(0)
    cross = centred.T @ (concept - concept.mean(0))
    # Another map that erases: the orthogonal projection off the directions of the covariance.
    axes = np.linalg.svd(cross, full_matrices=False)[0]
    projected = centred - centred @ axes @ axes.T + x.mean(0)

    matrix, shift = erasure(x, concept, weights)

    assert np.square(x @ matrix + shift - x).sum() < np.square(projected - x).sum()


def test_half_of_it_moves_half_as_far(faces: tuple[np.ndarray, np.ndarray]) -> None:
    x, ages = faces
    concept, weights = age_concept(ages), age_weights(ages)

    whole, half = (
        x @ matrix + shift - x
        for matrix, shift in (erasure(x, concept, weights, 2, share) for share in (1.0, 0.5))
    )

    np.testing.assert_allclose(half, whole / 2, atol=1e-9)


def test_every_five_years_weigh_the_same() -> None:
    ages = np.array([1, 2, 3, 4, 30, 61, 64])

    weights = age_weights(ages)

    assert weights.sum() == pytest.approx(1)
    assert weights[:4].sum() == pytest.approx(weights[4]) == pytest.approx(weights[5:].sum())


def test_a_target_is_of_unit_length_and_keeps_most_of_every_cosine(
    faces: tuple[np.ndarray, np.ndarray],
) -> None:
    x, ages = faces
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    ages[::2] = -1

    plain = fit_placement(x, ages, size=12, directions=0, share=1.0)(x)
    erased = fit_placement(x, ages, size=10, directions=2, share=1.0)(x)

    np.testing.assert_allclose(np.linalg.norm(erased, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(plain @ plain.T, x @ x.T, atol=1e-4)
    told = ages != -1
    shown, concept = erased[told], age_concept(ages[told])
    probes = [Ridge(1e-3).fit(f, concept).score(f, concept) for f in (x[told], shown)]
    assert probes[1] < probes[0] / 2


def test_a_run_keeps_the_axes_that_it_began_with(
    faces: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    x, ages = faces

    first = kept_placement(tmp_path / "p.npz", x, ages, 8, 2, 0.6)
    again = kept_placement(tmp_path / "p.npz", -x[:50], ages[:50], 8, 2, 0.6)

    assert (first.matrix == again.matrix).all() and (first.shift == again.shift).all()
