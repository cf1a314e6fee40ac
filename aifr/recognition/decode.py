"""Photo bytes -> upright RGB image, within limits.

May touch Pillow and pillow-heif, nothing else.
"""

import threading
import warnings
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError

from aifr.errors import (
    EmptyFile,
    FileTooLarge,
    ImageTooSmall,
    TooManyPixels,
    UndecodableImage,
    UnsupportedType,
)
from aifr.settings import Settings

pillow_heif.register_heif_opener(thumbnails=False)
# The limit of the settings stands in for Pillow's, which warns at half of it; and what Pillow has
# to say of a damaged file helps nobody.
Image.MAX_IMAGE_PIXELS = None
warnings.filterwarnings("ignore", module="PIL")

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
LARGE_PIXELS = 8_000_000
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = tuple(TURNS[orientation] for orientation in (5, 6, 7, 8))
SIXTEEN_BIT_MODES = ("I", "I;16", "I;16L", "I;16B", "I;16N")

_large = threading.Lock()


@dataclass(frozen=True)
class Photo:
    """A decoded photo.

    image: upright RGB, perhaps smaller than the photo. size: (width, height) of the upright photo
    in pixels. scale: pixels of the photo per pixel of the image, 1.0 or more.
    """

    image: Image.Image
    size: tuple[int, int]
    scale: float


def decode(data: bytes, settings: Settings) -> Photo:
    """The first frame of a JPEG, PNG, WebP or HEIF file, EXIF orientation applied.

    The image's long side is at most `settings.decode_long_side`, for JPEG at most twice that.
    Raises EmptyFile, FileTooLarge, UnsupportedType, UndecodableImage, ImageTooSmall, TooManyPixels.
    """
    if not data:
        raise EmptyFile("The file is empty.")
    if len(data) > settings.max_file_bytes:
        raise FileTooLarge(f"The file is larger than {settings.max_file_bytes} bytes.")
    try:
        return _decode(data, settings)
    # Pillow's plugins raise all of these on corrupt files; none says more than "corrupt".
    except (OSError, ValueError, SyntaxError, RuntimeError, EOFError, TypeError, IndexError):
        raise UndecodableImage("The file is damaged or is not a photo.") from None


def _decode(data: bytes, settings: Settings) -> Photo:
    with _open(data) as source:
        width, height = source.size
        _check_size(width, height, settings)
        with _one_if_large(width * height):
            source.draft("RGB", _draft_size(width, height, settings.decode_long_side))
            turn = _turn(source)
            image = _rgb(_shrunk(source, settings.decode_long_side))
    upright = image if turn is None else image.transpose(turn)
    if turn in SIDEWAYS:
        width, height = height, width
    return Photo(upright, (width, height), max(width, height) / max(upright.size))


def _turn(source: Image.Image) -> Image.Transpose | None:
    """How the EXIF orientation says to turn the image.

    `ImageOps.exif_transpose` would also rewrite the EXIF block, and fails where that is damaged.
    """
    return TURNS.get(source.getexif().get(ExifTags.Base.Orientation, 1))


def _one_if_large(pixels: int) -> AbstractContextManager[Any]:
    """One large photo at a time: at 40 megapixels its bytes alone take 160 MB and more."""
    return _large if pixels > LARGE_PIXELS else nullcontext()


def _shrunk(image: Image.Image, long_side: int) -> Image.Image:
    """Shrunk before anything copies it: every copy of a photo at full size is 160 MB."""
    if max(image.size) <= long_side:
        return image
    if image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    image.thumbnail((long_side,) * 2, Image.Resampling.BOX, reducing_gap=2.0)
    return image


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise _unidentified(data) from None


def _unidentified(data: bytes) -> UndecodableImage | UnsupportedType:
    """Another image format is worth a different word than a damaged file."""
    try:
        with Image.open(BytesIO(data)) as other:
            return UnsupportedType(
                f"{other.format} is not supported: send JPEG, PNG, WebP or HEIC."
            )
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, RuntimeError):
        return UndecodableImage("The file is not a JPEG, PNG, WebP or HEIC photo.")


def _check_size(width: int, height: int, settings: Settings) -> None:
    if width * height > settings.max_pixels:
        raise TooManyPixels(_pixel_limit(settings))
    if min(width, height) < settings.min_side:
        raise ImageTooSmall(
            f"The photo is {width} x {height} pixels; each side needs {settings.min_side}."
        )


def _pixel_limit(settings: Settings) -> str:
    return f"The photo has more than {settings.max_pixels:,} pixels."


def _draft_size(width: int, height: int, long_side: int) -> tuple[int, int]:
    """The least size `Image.draft` may return; it halves as long as both sides stay above."""
    ratio = min(1.0, long_side / max(width, height))
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in SIXTEEN_BIT_MODES:
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "P") or "transparency" in image.info:
        return _on_white(image.convert("RGBA"))
    return image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")
