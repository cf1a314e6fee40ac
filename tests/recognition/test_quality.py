"""aifr.recognition.quality"""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageFilter

from aifr.recognition.align import ARCFACE_TEMPLATE, align, arcface_crop
from aifr.recognition.faces import Face
from aifr.recognition.quality import assess
from tests.photos import portrait
from tests.recognition.test_align import LANDMARKS

GOOD_FACE = Face((0.0, 0.0, 100.0, 120.0), 0.999, ARCFACE_TEMPLATE.astype(np.float32))


def crop_of(image: Image.Image) -> np.ndarray:
    return align(image, LANDMARKS, arcface_crop())


def names(face: Face, crop: np.ndarray) -> list[str]:
    reasons, _ = assess(face, crop)
    return [reason.name for reason in reasons]


def test_a_good_photo_has_no_reason_and_full_weight() -> None:
    assert assess(GOOD_FACE, crop_of(portrait())) == ((), 1.0)


@pytest.mark.parametrize(
    ("name", "face", "crop"),
    [
        ("too_small", replace(GOOD_FACE, box=(5.0, 5.0, 35.0, 60.0)), crop_of(portrait())),
        ("low_detection", replace(GOOD_FACE, probability=0.8), crop_of(portrait())),
        (
            "side_face",
            replace(
                GOOD_FACE, landmarks=GOOD_FACE.landmarks + [[0, 0], [0, 0], [18, 0], [0, 0], [0, 0]]
            ),
            crop_of(portrait()),
        ),
        ("blurry", GOOD_FACE, crop_of(portrait().filter(ImageFilter.GaussianBlur(5)))),
        ("dark", GOOD_FACE, crop_of(portrait().point(lambda value: value * 0.15))),
        ("overexposed", GOOD_FACE, crop_of(portrait().point(lambda value: value * 3))),
    ],
)
def test_each_fault_is_named_with_its_value_and_limit(
    name: str, face: Face, crop: np.ndarray
) -> None:
    reasons, weight = assess(face, crop)

    assert [reason.name for reason in reasons] == [name]
    assert reasons[0].value != pytest.approx(reasons[0].limit)
    assert 0 < weight < 1


def test_a_flat_crop_is_assessed_all_the_same() -> None:
    assert "blurry" in names(GOOD_FACE, np.full((112, 112, 3), 128, np.uint8))


def test_worse_photos_weigh_less() -> None:
    weights = [
        assess(replace(GOOD_FACE, probability=p), crop_of(portrait()))[1] for p in (0.94, 0.8, 0.6)
    ]

    assert weights == sorted(weights, reverse=True)
    assert min(weights) > 0
