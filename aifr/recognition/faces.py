"""What a detector finds, and which face of a photo is meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from aifr.errors import NoFace, SeveralFaces

Choice = Literal["largest", "only"] | int


@dataclass(frozen=True)
class Face:
    """One detected face, in pixels of the image it was found in.

    box: (left, top, right, bottom), float. probability: 0 to 1. landmarks: float32 (5, 2), x and y
    of left eye, right eye, nose tip, left and right mouth corner, as seen by the viewer.
    """

    box: tuple[float, float, float, float]
    probability: float
    landmarks: np.ndarray

    @property
    def area(self) -> float:
        """Area of the box, in pixels squared."""
        left, top, right, bottom = self.box
        return (right - left) * (bottom - top)

    def scaled(self, factor: float) -> "Face":
        """The same face in an image `factor` times as large."""
        left, top, right, bottom = (value * factor for value in self.box)
        # Boxes count from a pixel's edge, landmarks from its centre.
        landmarks = (self.landmarks + 0.5) * factor - 0.5
        return Face((left, top, right, bottom), self.probability, landmarks)


def choose(faces: Sequence[Face], choice: Choice = "largest") -> Face:
    """The face that is meant; a number is its place among `faces`.

    Raises NoFace; SeveralFaces where `choice` is "only" and there are more.
    """
    if not faces:
        raise NoFace("No face was found in the photo.")
    if isinstance(choice, int):
        if not 0 <= choice < len(faces):
            raise NoFace(f"The photo shows {len(faces)} faces, and none at place {choice}.")
        return faces[choice]
    if choice == "only" and len(faces) > 1:
        raise SeveralFaces(f"The photo shows {len(faces)} faces; exactly one was asked for.")
    return max(faces, key=lambda face: face.area)
