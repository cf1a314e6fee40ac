"""aifr.recognition.boxes"""

import numpy as np
import pytest

from aifr.recognition.boxes import non_maximum_suppression, refined, squared


def naive_suppression(boxes: np.ndarray, threshold: float, over_smaller: bool) -> list[int]:
    """Box against box, in plain Python."""
    extra = 1.0 if over_smaller else 0.0

    def overlap(a: np.ndarray, b: np.ndarray) -> float:
        width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]) + extra)
        height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]) + extra)
        area = [(c[2] - c[0] + extra) * (c[3] - c[1] + extra) for c in (a, b)]
        whole = min(area) if over_smaller else sum(area) - width * height
        return width * height / whole

    kept: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: -boxes[i, 4]):
        if all(overlap(boxes[index], boxes[other]) <= threshold for other in kept):
            kept.append(index)
    return kept


@pytest.mark.parametrize("over_smaller", [False, True])
@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7])
def test_suppression_agrees_with_the_naive_one(threshold: float, over_smaller: bool) -> None:
    generator = np.random.default_rng(3)
    low = generator.uniform(0, 80, (200, 2))
    sides = generator.uniform(10, 40, (200, 2))
    boxes = np.column_stack([low, low + sides, generator.permutation(200) / 200])

    kept = non_maximum_suppression(boxes, threshold, over_smaller)

    assert kept.tolist() == naive_suppression(boxes, threshold, over_smaller)
    assert 1 < len(kept) < 200


def test_suppression_of_nothing_is_nothing() -> None:
    assert non_maximum_suppression(np.empty((0, 5)), 0.5).tolist() == []


def test_squares_share_their_boxs_centre_and_longer_side() -> None:
    square = squared(np.array([[10.0, 20.0, 30.0, 60.0, 0.9]]))

    np.testing.assert_allclose(square, [[0.0, 20.0, 40.0, 60.0, 0.9]])


def test_offsets_are_shares_of_the_side() -> None:
    moved = refined(np.array([[0.0, 0.0, 9.0, 19.0, 0.9]]), np.array([[0.1, 0.1, -0.1, 0.0]]))

    np.testing.assert_allclose(moved, [[1.0, 2.0, 8.0, 19.0, 0.9]])
