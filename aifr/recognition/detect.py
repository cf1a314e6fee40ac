"""MTCNN's cascade over three small networks (Zhang et al. 2016, arXiv:1604.02878, section II).

Works on numpy arrays; the networks come in as a `Detector`, so that torch stays in `model`.
"""

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from PIL import Image

from aifr.recognition.boxes import non_maximum_suppression, refined, squared
from aifr.recognition.faces import Face
from aifr.settings import Settings

CELL = 12
STRIDE = 2
FACTOR = 0.709
THRESHOLDS = (0.6, 0.7, 0.7)
MOST_CANDIDATES = 1000

# On a photo full of candidates the finer search takes hundreds of megabytes: one at a time.
_searching = threading.Lock()


class Detector(Protocol):
    """The three networks. Images are float32 (3, h, w), 0 to 255; regions int64 (n, 4) corners."""

    def propose(self, image: np.ndarray, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
        """P-Net on the image resized: face probability (H, W), box offsets (4, H, W)."""

    def refine(self, image: np.ndarray, regions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """R-Net on regions of the image: probability (n,), box offsets (n, 4)."""

    def settle(
        self, image: np.ndarray, regions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """O-Net: probability (n,), box offsets (n, 4), landmarks (n, 10), x then y, 0 to 1."""


def find_faces(image: Image.Image, detector: Detector, settings: Settings) -> list[Face]:
    """The faces of an RGB image, most probable first, in its pixels.

    Searches faces of 40 px and more with the long side reduced to `settings.detect_long_side`; only
    where none is found, faces of 20 px and more with `settings.search_long_side`.
    """
    faces = _detect_reduced(image, detector, settings.detect_long_side, smallest_face=40)
    if faces:
        return faces
    with _searching:
        return _detect_reduced(image, detector, settings.search_long_side, smallest_face=20)


def _detect_reduced(
    image: Image.Image, detector: Detector, long_side: int, smallest_face: float
) -> list[Face]:
    small = image.copy()
    small.thumbnail((long_side, long_side), Image.Resampling.BOX)
    faces = detect(small, detector, smallest_face)
    return [face.scaled(max(image.size) / max(small.size)) for face in faces]


def detect(
    image: Image.Image,
    detector: Detector,
    smallest_face: float = 40,
    factor: float = FACTOR,
    thresholds: tuple[float, float, float] = THRESHOLDS,
) -> list[Face]:
    """The faces of an RGB image whose side is at least `smallest_face` px, most probable first."""
    pixels = np.ascontiguousarray(np.asarray(image).transpose(2, 0, 1), dtype=np.float32)
    boxes = _proposed(pixels, detector, smallest_face, factor, thresholds[0])
    boxes = _refined(pixels, detector, boxes, thresholds[1])
    return _settled(pixels, detector, boxes, thresholds[2])


def scales(height: int, width: int, smallest_face: float, factor: float) -> Iterator[float]:
    """The scales of the image pyramid, largest first."""
    scale = CELL / smallest_face
    while min(height, width) * scale >= CELL:
        yield scale
        scale *= factor


def _proposed(
    pixels: np.ndarray, detector: Detector, smallest_face: float, factor: float, threshold: float
) -> np.ndarray:
    """Square candidate boxes (n, 5), the last column their score."""
    _, height, width = pixels.shape
    levels = [np.empty((0, 9), np.float32)]
    for scale in scales(height, width, smallest_face, factor):
        size = int(height * scale + 1), int(width * scale + 1)
        candidates = _best(_cells(*detector.propose(pixels, *size), scale, threshold))
        levels.append(candidates[non_maximum_suppression(candidates[:, :5], 0.5)])
    found = _best(np.concatenate(levels))
    found = found[non_maximum_suppression(found[:, :5], 0.7)]
    sides = found[:, 2:4] - found[:, 0:2]
    corners = found[:, :4] + found[:, 5:] * np.tile(sides, 2)
    return squared(np.column_stack([corners, found[:, 4]]))


def _best(candidates: np.ndarray) -> np.ndarray:
    """The candidates (n, 9) of highest score, so that no photo costs without bound."""
    if len(candidates) <= MOST_CANDIDATES:
        return candidates
    return candidates[np.argsort(-candidates[:, 4], kind="stable")[:MOST_CANDIDATES]]


def _cells(
    probabilities: np.ndarray, offsets: np.ndarray, scale: float, threshold: float
) -> np.ndarray:
    """The cells above the threshold: (n, 9), corners in the image, score, box offsets."""
    rows, columns = np.nonzero(probabilities >= threshold)
    cells = np.column_stack([columns, rows]).astype(np.float32)
    # The 1 is the reference implementation's, which counts pixels from one.
    low = np.floor((STRIDE * cells + 1) / np.float32(scale))
    high = np.floor((STRIDE * cells + CELL) / np.float32(scale))
    return np.column_stack([low, high, probabilities[rows, columns], offsets[:, rows, columns].T])


def _refined(
    pixels: np.ndarray, detector: Detector, boxes: np.ndarray, threshold: float
) -> np.ndarray:
    boxes, regions = _with_regions(boxes, pixels.shape)
    if not len(boxes):
        return boxes
    scores, offsets = detector.refine(pixels, regions)
    sure = scores > threshold
    boxes = np.column_stack([boxes[sure, :4], scores[sure]])
    kept = non_maximum_suppression(boxes, 0.7)
    return squared(refined(boxes[kept], offsets[sure][kept]))


def _settled(
    pixels: np.ndarray, detector: Detector, boxes: np.ndarray, threshold: float
) -> list[Face]:
    boxes, regions = _with_regions(boxes, pixels.shape)
    if not len(boxes):
        return []
    scores, offsets, points = detector.settle(pixels, regions)
    sure = scores > threshold
    boxes = np.column_stack([boxes[sure, :4], scores[sure]])
    landmarks = _landmarks(boxes, points[sure])
    boxes = refined(boxes, offsets[sure])
    kept = non_maximum_suppression(boxes, 0.7, over_smaller=True)
    return [_face(boxes[index], landmarks[index]) for index in kept]


def _with_regions(boxes: np.ndarray, shape: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """The boxes that touch the image, and for each its whole pixels (left, top, right, bottom)."""
    _, height, width = shape
    corners = np.trunc(boxes[:, :4]).astype(np.int64)
    low = np.maximum(corners[:, :2], 1) - 1
    high = np.minimum(corners[:, 2:], [width, height])
    inside = (high > low).all(axis=1)
    return boxes[inside], np.column_stack([low, high])[inside]


def _landmarks(boxes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Landmarks (n, 5, 2) in pixels from shares (n, 10) of the box's sides."""
    sides = boxes[:, None, 2:4] - boxes[:, None, 0:2] + 1
    shares = np.stack([points[:, :5], points[:, 5:]], axis=2)
    return shares * sides + boxes[:, None, 0:2] - 1


def _face(box: np.ndarray, landmarks: np.ndarray) -> Face:
    left, top, right, bottom, probability = (float(value) for value in box)
    return Face((left, top, right, bottom), probability, landmarks.astype(np.float32))
