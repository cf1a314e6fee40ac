"""aifr.recognition.faces"""

import numpy as np
import pytest

from aifr.errors import NoFace, SeveralFaces
from aifr.recognition.faces import Face, choose


def face(side: float, probability: float = 0.9) -> Face:
    return Face((10.0, 10.0, 10 + side, 10 + side), probability, np.zeros((5, 2), np.float32))


def test_the_largest_face_is_meant_by_default() -> None:
    small, large = face(20, 0.99), face(50, 0.8)

    assert choose([small, large]) is large


def test_only_one_face_is_taken_as_only() -> None:
    alone = face(20)

    assert choose([alone], "only") is alone


def test_several_faces_are_counted() -> None:
    with pytest.raises(SeveralFaces, match="3 faces"):
        choose([face(20), face(30), face(40)], "only")


@pytest.mark.parametrize("choice", ["largest", "only"])
def test_no_face_is_an_error(choice: str) -> None:
    with pytest.raises(NoFace):
        choose([], choice)  # type: ignore[arg-type]


def test_a_face_scales_with_its_image() -> None:
    original = Face((1.0, 2.0, 3.0, 6.0), 0.9, np.ones((5, 2), np.float32))

    larger = original.scaled(4)

    assert larger.box == (4.0, 8.0, 12.0, 24.0)
    assert larger.area == 16 * original.area
    assert (larger.landmarks == 5.5).all()
