"""Arithmetic on boxes: float32 (n, 5) arrays of left, top, right, bottom, score."""

import numpy as np


def non_maximum_suppression(
    boxes: np.ndarray, threshold: float, over_smaller: bool = False
) -> np.ndarray:
    """Indices of the boxes kept, best score first: none overlaps a better one by more than
    `threshold` of their union, or of the smaller of the two where `over_smaller`.
    """
    # MTCNN's last stage counts a box's end pixel in, its others do not.
    extra = 1.0 if over_smaller else 0.0
    low, high = boxes[:, 0:2], boxes[:, 2:4] + extra
    areas = np.prod(high - low, axis=1)
    waiting = np.argsort(-boxes[:, 4], kind="stable")
    kept = []
    while waiting.size:
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        sides = np.minimum(high[best], high[waiting]) - np.maximum(low[best], low[waiting])
        shared = np.prod(np.maximum(sides, 0), axis=1)
        if over_smaller:
            whole = np.minimum(areas[best], areas[waiting])
        else:
            whole = areas[best] + areas[waiting] - shared
        waiting = waiting[shared <= threshold * whole]
    return np.array(kept, dtype=np.int64)


def squared(boxes: np.ndarray) -> np.ndarray:
    """The boxes grown about their centres to squares of their longer side."""
    sides = boxes[:, 2:4] - boxes[:, 0:2]
    longer = sides.max(axis=1, keepdims=True)
    low = boxes[:, 0:2] + sides / 2 - longer / 2
    return np.column_stack([low, low + longer, boxes[:, 4]])


def refined(boxes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The boxes moved by offsets (n, 4), each a share of the box's side."""
    sides = boxes[:, 2:4] - boxes[:, 0:2] + 1
    return np.column_stack([boxes[:, :4] + offsets * np.tile(sides, 2), boxes[:, 4]])
