"""aifr.recognition.decode"""

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from aifr.errors import (
    AifrError,
    EmptyFile,
    FileTooLarge,
    ImageTooSmall,
    TooManyPixels,
    UndecodableImage,
    UnsupportedType,
)
from aifr.recognition.decode import decode
from aifr.settings import Settings
from tests.photos import encoded, face_photo, png_header, portrait

SETTINGS = Settings()


def gradient(width: int = 96, height: int = 64) -> Image.Image:
    """Dark at the left and the top, so that every turn of it shows."""
    across, down = np.linspace(0, 200, width), np.linspace(0, 55, height)
    grey = (across[None, :] + down[:, None]).astype(np.uint8)
    return Image.fromarray(np.stack([grey] * 3, axis=2))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_format_decodes_to_the_same_picture(kind: str) -> None:
    photo = decode(encoded(gradient(), kind, quality=95), SETTINGS)

    assert photo.size == (96, 64)
    assert photo.image.mode == "RGB"
    assert np.abs(np.asarray(photo.image).astype(int) - np.asarray(gradient())).mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = gradient().transpose(turns[orientation]) if orientation > 1 else gradient()
    exif = Image.Exif()
    exif[0x0112] = orientation

    photo = decode(encoded(stored, "JPEG", quality=95, exif=exif), SETTINGS)

    assert photo.size == (96, 64)
    assert np.abs(np.asarray(photo.image).astype(int) - np.asarray(gradient())).mean() < 3


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_big_photo_is_reduced_and_remembers_its_size(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    big = encoded(gradient(5000, 3000), "JPEG", exif=exif)

    photo = decode(big, SETTINGS)

    assert photo.size == ((5000, 3000) if orientation == 1 else (3000, 5000))
    assert max(photo.image.size) == SETTINGS.decode_long_side
    assert photo.image.width * photo.scale == pytest.approx(photo.size[0], rel=0.01)


def test_the_first_frame_of_an_animation_counts() -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], lossless=True)

    photo = decode(buffer.getvalue(), SETTINGS)

    assert photo.image.getpixel((32, 32)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("mode", "kind", "expected"),
    [
        ("L", "PNG", (128, 128, 128)),
        ("LA", "PNG", (128, 128, 128)),
        ("1", "PNG", (255, 255, 255)),
        ("CMYK", "JPEG", (127, 127, 127)),
        ("P", "PNG", (128, 128, 128)),
        ("I;16", "PNG", (128, 128, 128)),
    ],
)
def test_every_mode_becomes_rgb(mode: str, kind: str, expected: tuple[int, int, int]) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.full((64, 64), 128 * 257, np.uint16))
    else:
        grey = Image.new("L", (64, 64), 255 if mode == "1" else 128).convert("RGB")
        image = grey.quantize(2) if mode == "P" else grey.convert(mode)

    photo = decode(encoded(image, kind), SETTINGS)

    assert photo.image.getpixel((32, 32)) == pytest.approx(expected, abs=2)


def test_a_damaged_exif_block_does_not_hide_the_photo() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a description"
    whole = encoded(gradient(), "JPEG", quality=95, exif=exif)
    start = whole.index(b"Exif\0\0")
    for place in range(start + 14, start + 58):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF

        photo = decode(bytes(damaged), SETTINGS)

        assert photo.size in ((96, 64), (64, 96))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_photo_at_the_limit_takes_bounded_memory(kind: str) -> None:
    program = (
        "import resource, sys; from aifr.recognition.decode import decode;"
        "from aifr.settings import Settings; data = sys.stdin.buffer.read();"
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024;"
        "before = used(); decode(data, Settings()); print(used() - before)"
    )
    large = encoded(Image.new("RGBA", (7900, 5000), (90, 130, 170, 255)), kind)

    done = subprocess.run(
        [sys.executable, "-c", program], input=large, capture_output=True, check=True
    )

    assert int(done.stdout) < 700


def test_what_is_transparent_is_white() -> None:
    photo = decode(encoded(Image.new("RGBA", (64, 64), (9, 9, 9, 0)), "PNG"), SETTINGS)

    assert photo.image.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFile),
        (b"hello", UndecodableImage),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UndecodableImage),
        (face_photo()[:2000], UndecodableImage),
        (png_header(20000, 20000), TooManyPixels),
        (png_header(60000, 60000), TooManyPixels),
        (png_header(64, 64), UndecodableImage),
        (encoded(Image.new("RGB", (31, 400)), "PNG"), ImageTooSmall),
        (encoded(Image.new("RGB", (64, 64)), "GIF"), UnsupportedType),
        (encoded(Image.new("RGB", (64, 64)), "TIFF"), UnsupportedType),
        (bytes(SETTINGS.max_file_bytes + 1), FileTooLarge),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else f"{len(value)}-bytes",
)
def test_bad_files_are_named_errors(data: bytes, error: type[AifrError]) -> None:
    with pytest.raises(error):
        decode(data, SETTINGS)


def test_limits_come_from_the_settings() -> None:
    strict = Settings(max_pixels=512 * 512 - 1)

    with pytest.raises(TooManyPixels, match="262,143"):
        decode(encoded(portrait(), "PNG"), strict)
