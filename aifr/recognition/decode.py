"""Photo bytes -> upright RGB image, within limits.

May touch Pillow, pillow-heif and numpy, nothing else.
"""

import threading
import warnings
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image

from aifr.errors import (
    AifrError,
    EmptyFile,
    FileTooLarge,
    ImageTooSmall,
    TooManyPixels,
    UndecodableImage,
)
from aifr.recognition.colour import in_srgb
from aifr.recognition.containers.container import Container, Damaged
from aifr.recognition.containers.kinds import container_of
from aifr.settings import MEBI, Settings

pillow_heif.register_heif_opener(thumbnails=False)
# The limit of the settings stands in for Pillow's, which warns at half of it; and what Pillow has
# to say of a damaged file helps nobody.
Image.MAX_IMAGE_PIXELS = None
warnings.filterwarnings("ignore", module="PIL")

LARGE_BYTES = 48 * MEBI
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)
SIXTEEN_BIT_MODES = ("I", "I;16", "I;16L", "I;16B", "I;16N")
# Of a file that is broken off: what was missing is shown in this grey, and may be so much of it.
MISSING_GREY, MOST_MISSING = 128, 0.1

_large = threading.Lock()


@dataclass(frozen=True)
class Photo:
    """A decoded photo.

    image: upright RGB in sRGB, perhaps smaller than the photo, pixels and nothing else. size:
    (width, height) of the upright photo in pixels. scale: pixels of the photo per pixel of the
    image, 1.0 or more.
    """

    image: Image.Image
    size: tuple[int, int]
    scale: float


def decode(data: bytes, settings: Settings) -> Photo:
    """The first picture of a JPEG, PNG, WebP, HEIC or TIFF file, turned as EXIF says, in sRGB.

    The image's long side is at most `settings.decode_long_side`. A JPEG that is broken off counts
    if no more than the last tenth is missing.
    Raises EmptyFile, FileTooLarge, UnsupportedType, UndecodableImage, ImageTooSmall, TooManyPixels.
    """
    if not data:
        raise EmptyFile("The file is empty.")
    if len(data) > settings.max_file_bytes:
        raise FileTooLarge(f"The file is larger than {settings.max_file_bytes} bytes.")
    try:
        return _decode(container_of(data), settings)
    except AifrError:
        raise
    # What a decoder raises on a file made to break it is not for us to foresee.
    except Exception:
        raise UndecodableImage("The file is damaged or is not a photo.") from None


def _decode(container: Container, settings: Settings) -> Photo:
    _check_size(container, settings)
    with _one_if_large(container.memory), _open(container) as source:
        width, height = source.size
        if width * height > container.size[0] * container.size[1]:
            raise Damaged("larger than it said")
        source.draft("RGB", _draft_size(width, height, settings.decode_long_side))
        profile = container.profile or source.info.get("icc_profile", b"")
        flat = _flat(_shrunk(source, settings.decode_long_side))
        _check_end(container, flat)
        image = _turned(in_srgb(flat, profile).convert("RGB"), container.turn)
    image.info = {}
    if container.turn in SIDEWAYS:
        width, height = height, width
    return Photo(image, (width, height), max(width, height) / max(image.size))


def _open(container: Container) -> Image.Image:
    return Image.open(BytesIO(container.data), formats=(container.plugin,))


def _turned(image: Image.Image, turn: int) -> Image.Image:
    return image.transpose(TURNS[turn]) if turn in TURNS else image


def _one_if_large(memory: int) -> AbstractContextManager[Any]:
    """One large photo at a time: what an instance has is for one of them, the model and bodies."""
    return _large if memory > LARGE_BYTES else nullcontext()


def _shrunk(image: Image.Image, long_side: int) -> Image.Image:
    """Shrunk before anything copies it: every copy of a photo at full size is 200 MB."""
    if max(image.size) <= long_side:
        return image
    if image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    image.thumbnail((long_side,) * 2, Image.Resampling.BOX, reducing_gap=2.0)
    return image


def _check_size(container: Container, settings: Settings) -> None:
    width, height = container.size
    if width * height > settings.max_pixels:
        raise TooManyPixels(f"The photo has more than {settings.max_pixels:,} pixels.")
    if container.memory > settings.max_decode_bytes:
        raise TooManyPixels(
            f"A {container.plugin} photo of {width} x {height} pixels takes too much memory: "
            "send a smaller one, or a JPEG that is not progressive."
        )
    if min(width, height) < settings.min_side:
        raise ImageTooSmall(
            f"The photo is {width} x {height} pixels; each side needs {settings.min_side}."
        )
    if len(container.data) < container.least_bytes:
        raise Damaged("more pixels than its bytes can tell of")


def _check_end(container: Container, image: Image.Image) -> None:
    """Raises Damaged where too many of the last rows of a file that is broken off are missing."""
    if not container.broken_off:
        return
    missing = (np.asarray(image) == MISSING_GREY).reshape(image.height, -1).all(axis=1)
    present = np.flatnonzero(~missing)
    if not len(present) or present[-1] + 1 < (1 - MOST_MISSING) * image.height:
        raise Damaged("too much of it is missing")


def _draft_size(width: int, height: int, long_side: int) -> tuple[int, int]:
    """The least size `Image.draft` may return; it halves as long as both sides stay above."""
    ratio = min(1.0, long_side / max(width, height))
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def _flat(image: Image.Image) -> Image.Image:
    """As RGB, L or CMYK, on white where it is transparent."""
    if image.mode in SIXTEEN_BIT_MODES:
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "P") or "transparency" in image.info:
        return _on_white(image.convert("RGBA"))
    return image if image.mode in ("L", "CMYK") else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")
