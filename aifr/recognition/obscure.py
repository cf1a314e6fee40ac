"""What the public sees of a photo of several people: the one who is meant, and nobody else.

May touch Pillow and numpy, nothing else.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO

import numpy as np
from PIL import Image, ImageFilter

QUALITY = 90
# The crop: so many of the face's longer side.
CROP = 3.0
# A head is wider and higher than the box of its face, by so much of it on each side.
MARGIN = 0.4
# Of the longer side of such a head. What is left of a face is about five patches of colour.
BLOCKS = 8

Box = Mapping[str, float]
Frame = tuple[int, int, int, int]


def crop_around(photo: bytes, faces: Sequence[Box], chosen: int) -> bytes:
    """A JPEG of head and shoulders of the chosen face, all other faces in it blurred for good.

    photo: JPEG. faces: boxes (left, top, right, bottom) in its pixels.
    """
    with Image.open(BytesIO(photo), formats=("JPEG",)) as source:
        frame = frame_around(faces[chosen], source.size)
        sharp = source.convert("RGB").crop(frame)
    boxes = [moved(face, frame) for face in faces]
    meant = boxes.pop(chosen)
    hidden = sharp
    for face in boxes:
        mask = Image.fromarray(hides(face, meant, sharp.size).astype(np.uint8) * 255)
        hidden = Image.composite(blurred(sharp, face), hidden, mask)
    buffer = BytesIO()
    Image.fromarray(np.asarray(hidden)).save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def frame_around(face: Box, size: tuple[int, int]) -> Frame:
    """A square around a face, as far as the photo goes."""
    half = CROP / 2 * max(face["right"] - face["left"], face["bottom"] - face["top"])
    across = (face["left"] + face["right"]) / 2
    down = (face["top"] + face["bottom"]) / 2
    return (
        max(0, round(across - half)),
        max(0, round(down - half)),
        min(size[0], round(across + half)),
        min(size[1], round(down + half)),
    )


def moved(box: Box, frame: Frame) -> tuple[float, float, float, float]:
    """A box in the pixels of a frame."""
    return (
        box["left"] - frame[0],
        box["top"] - frame[1],
        box["right"] - frame[0],
        box["bottom"] - frame[1],
    )


def blurred(image: Image.Image, face: tuple[float, float, float, float]) -> Image.Image:
    """The image in patches so large that a head has BLOCKS of them, smoothed."""
    longer = max(face[2] - face[0], face[3] - face[1]) * (1 + 2 * MARGIN)
    patch = max(2, round(longer / BLOCKS))
    small = (-(-image.width // patch), -(-image.height // patch))
    patches = image.resize(small, Image.Resampling.BOX)
    coarse = patches.resize(image.size, Image.Resampling.NEAREST)
    return coarse.filter(ImageFilter.GaussianBlur(patch))


def hides(
    face: tuple[float, float, float, float],
    meant: tuple[float, float, float, float],
    size: tuple[int, int],
) -> np.ndarray:
    """Which pixels of another's head are to be hidden, bool (height, width): all of it, but within
    the face that is meant those that are nearer to its middle than to the other's.
    """
    down, across = np.mgrid[: size[1], : size[0]] + 0.5
    head = _reach(face, across, down) <= 0.5 + MARGIN
    nearer = _distance(meant, across, down) < _distance(face, across, down)
    inside = _reach(meant, across, down) <= 0.5
    return np.asarray(head & ~(inside & nearer))


def _offsets(
    box: tuple[float, float, float, float], across: np.ndarray, down: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Distances from the middle of a box, in its widths and heights."""
    width, height = max(box[2] - box[0], 1.0), max(box[3] - box[1], 1.0)
    return (
        np.abs(across - (box[0] + box[2]) / 2) / width,
        np.abs(down - (box[1] + box[3]) / 2) / height,
    )


def _reach(
    box: tuple[float, float, float, float], across: np.ndarray, down: np.ndarray
) -> np.ndarray:
    return np.asarray(np.maximum(*_offsets(box, across, down)))


def _distance(
    box: tuple[float, float, float, float], across: np.ndarray, down: np.ndarray
) -> np.ndarray:
    return np.asarray(np.hypot(*_offsets(box, across, down)))
