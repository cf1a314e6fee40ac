"""What a person can mend about a photo: named reasons, each with its value and limit."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from aifr.recognition.faces import Face

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True)
class Reason:
    """A reason for doubt: `value` was measured on the wrong side of `limit`."""

    name: str
    value: float
    limit: float


@dataclass(frozen=True)
class Measure:
    """How a reason is measured. `floor`: the limit is the least good value, else the greatest."""

    name: str
    limit: float
    floor: bool
    value: Callable[[Face, np.ndarray], float]


def box_side(face: Face, luma: np.ndarray) -> float:
    """Shorter side of the face box, in pixels of the photo."""
    left, top, right, bottom = face.box
    return min(right - left, bottom - top)


def sharpness(face: Face, luma: np.ndarray) -> float:
    """Variance of the Laplacian of the crop over its contrast (variance); 0 is a flat image."""
    centre = luma[1:-1, 1:-1]
    around = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:]
    return float((around - 4 * centre).var() / max(float(luma.var()), 1.0))


def brightness(face: Face, luma: np.ndarray) -> float:
    """Median luma of the crop's middle, 0 to 255."""
    return float(np.median(_middle(luma)))


def burnt_share(face: Face, luma: np.ndarray) -> float:
    """Share of the crop's middle at 250 or above."""
    return float((_middle(luma) >= 250).mean())


def turn(face: Face, luma: np.ndarray) -> float:
    """How far the nose lies off the middle of the face, over the eye distance; 0 is frontal."""
    left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks
    across = right_eye - left_eye
    distance = max(float(np.hypot(*across)), 1e-6)
    middle = (left_eye + right_eye + left_mouth + right_mouth) / 4
    return abs(float((nose - middle) @ across)) / distance**2


def detection(face: Face, luma: np.ndarray) -> float:
    """The detector's probability, 0 to 1."""
    return face.probability


MEASURES = (
    Measure("too_small", 40.0, True, box_side),
    Measure("blurry", 0.012, True, sharpness),
    Measure("dark", 45.0, True, brightness),
    Measure("overexposed", 0.30, False, burnt_share),
    Measure("side_face", 0.35, False, turn),
    Measure("low_detection", 0.95, True, detection),
)


def assess(face: Face, crop: np.ndarray) -> tuple[tuple[Reason, ...], float]:
    """The reasons that apply, and the photo's weight in a template, above 0 to 1.

    face: in pixels of the photo. crop: its aligned crop, uint8 (side, side, 3).
    """
    luma = crop.astype(np.float32) @ LUMA
    reasons = []
    weight = 1.0
    for measure in MEASURES:
        value = measure.value(face, luma)
        goodness = _goodness(value, measure)
        weight *= goodness
        if goodness < 1:
            reasons.append(Reason(measure.name, value, measure.limit))
    return tuple(reasons), max(weight, 0.01)


def _goodness(value: float, measure: Measure) -> float:
    """1 on the good side of the limit, falling to 0 in proportion on the other."""
    ratio = value / measure.limit if measure.floor else measure.limit / max(value, 1e-6)
    return min(1.0, ratio)


def _middle(luma: np.ndarray) -> np.ndarray:
    edge = luma.shape[0] // 5
    return luma[edge:-edge, edge:-edge]
