"""aifr.recognition.compare"""

import numpy as np
import pytest

from aifr.recognition.compare import pair_matrix, similarity, template


def units(count: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, 512)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_similarity_is_the_cosine() -> None:
    first, second = units(2)

    value = similarity(first, second)

    angle = np.arccos(sum(float(a) * float(b) for a, b in zip(first, second, strict=True)))
    assert value == pytest.approx(np.cos(angle), abs=1e-6)
    assert similarity(first, first) == pytest.approx(1.0)
    assert similarity(first, -first) == pytest.approx(-1.0)


def test_similarity_never_leaves_its_range() -> None:
    slightly_long = units(1)[0] * np.float32(1.001)

    assert similarity(slightly_long, slightly_long) == 1.0


def test_a_template_is_the_weighted_mean_renormalised() -> None:
    photos, weights = units(3), np.array([1.0, 0.5, 0.25])

    fused = template(photos, weights)

    mean = sum(w * photo for w, photo in zip(weights, photos, strict=True)) / weights.sum()
    np.testing.assert_allclose(fused, mean / np.linalg.norm(mean), rtol=1e-5)
    np.testing.assert_allclose(template(photos, weights * 7), fused, rtol=1e-5)


def test_one_photo_is_its_own_template() -> None:
    photo = units(1)

    np.testing.assert_allclose(template(photo, np.array([0.3])), photo[0], rtol=1e-6)


def test_photos_that_cancel_out_leave_the_better_one() -> None:
    photo = units(1)[0]

    fused = template(np.stack([photo, -photo]), np.array([0.5, 0.5]))

    np.testing.assert_array_equal(fused, photo)


def test_the_pair_matrix_holds_every_similarity() -> None:
    first, second = units(2, seed=1), units(3, seed=2)

    matrix = pair_matrix(first, second)

    naive = [[similarity(a, b) for b in second] for a in first]
    np.testing.assert_allclose(matrix, naive, atol=1e-6)
