"""Five landmarks -> the crop that a model expects; training and serving share this function."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from PIL import Image

# Eye centres, nose tip, mouth corners in a 112 x 112 crop (Deng et al. 2019, ArcFace, the code).
ARCFACE_TEMPLATE = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ],
    dtype=np.float64,
)
ARCFACE_SIDE = 112


@dataclass(frozen=True)
class Crop:
    """The crop of a model: `side` pixels square, with the five points at `template` (5, 2).

    As for landmarks, the centre of a pixel lies at whole numbers.
    """

    side: int
    template: tuple[tuple[float, float], ...]

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> "Crop":
        """The crop that `asdict` turned into JSON; raises KeyError or TypeError for another."""
        return cls(content["side"], tuple((x, y) for x, y in content["template"]))


def arcface_crop(side: int = ARCFACE_SIDE, zoom: float = 1.0) -> Crop:
    """The ArcFace crop at another side; `zoom` below 1 shows more of the head around the face."""
    centre = ARCFACE_SIDE / 2
    edges = (ARCFACE_TEMPLATE + 0.5 - centre) * zoom + centre
    points = edges * side / ARCFACE_SIDE - 0.5
    return Crop(side, tuple(cast(tuple[float, float], tuple(p)) for p in points.tolist()))


def similarity_transform(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The rotation, scale and shift taking source points (n, 2) nearest to target points (n, 2).

    Returns float64 (2, 3). Least squares over a + bi: target = (a + bi) source + shift, which needs
    no reflection guard (Umeyama 1991 restricted to two dimensions).
    """
    p = source.astype(np.float64) @ np.array([1, 1j])
    q = target.astype(np.float64) @ np.array([1, 1j])
    centred = p - p.mean()
    energy = np.vdot(centred, centred).real
    if energy < 1e-9:
        raise ValueError("the landmarks coincide")
    turn = np.vdot(centred, q - q.mean()) / energy
    shift = q.mean() - turn * p.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def align(image: Image.Image, landmarks: np.ndarray, crop: Crop) -> np.ndarray:
    """The aligned crop, uint8 (side, side, 3), black where it reaches beyond the image.

    image: RGB. landmarks: (5, 2) in its pixels.
    """
    # Pillow counts from a pixel's edge, landmarks and templates from its centre.
    matrix = similarity_transform(landmarks + 0.5, np.asarray(crop.template) + 0.5)
    image, matrix = _shrunk(image, matrix, crop.side)
    inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2]
    warped = image.transform(
        (crop.side, crop.side),
        Image.Transform.AFFINE,
        tuple(inverse.ravel()),
        Image.Resampling.BILINEAR,
    )
    return np.asarray(warped)


def _shrunk(image: Image.Image, matrix: np.ndarray, side: int) -> tuple[Image.Image, np.ndarray]:
    """Shrinks the part of the image that the crop shows, since bilinear sampling skips pixels."""
    factor = int(1 / np.hypot(matrix[0, 0], matrix[1, 0]))
    if factor < 2:
        return image, matrix
    left, top, right, bottom = _seen_part(image, matrix, side)
    small = image.reduce(factor, (left, top, right, bottom))
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ (left, top)
    shifted[:, :2] *= factor
    return small, shifted


def _seen_part(image: Image.Image, matrix: np.ndarray, side: int) -> tuple[int, int, int, int]:
    """The bounding box of the crop in the image, in whole pixels, with a margin."""
    corners = np.array([[0, side, 0, side], [0, 0, side, side]]) - matrix[:, 2:]
    seen = np.linalg.solve(matrix[:, :2], corners)
    margin = 2 / np.hypot(matrix[0, 0], matrix[1, 0])
    low = np.clip(np.floor(seen.min(axis=1) - margin), 0, [image.width - 1, image.height - 1])
    high = np.clip(np.ceil(seen.max(axis=1) + margin), low + 1, [image.width, image.height])
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
