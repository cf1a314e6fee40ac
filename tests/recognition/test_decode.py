"""aifr.recognition.decode"""

import io
import subprocess
import sys
from typing import Any

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
from aifr.recognition.containers.kinds import container_of
from aifr.recognition.decode import decode
from aifr.settings import MEBI, Settings
from tests.photos import encoded, face_photo, png_header, portrait
from tests.recognition.carriers import FORMATS, exif, gradient, with_chunk, with_segment

SETTINGS = Settings()


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_decodes_to_the_same_picture(kind: str) -> None:
    photo = decode(encoded(gradient(), kind, quality=95), SETTINGS)

    assert photo.size == (96, 64)
    assert photo.image.mode == "RGB"
    assert np.abs(np.asarray(photo.image).astype(int) - np.asarray(gradient())).mean() < 3


STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", FORMATS)
def test_orientation_is_applied(kind: str, orientation: int) -> None:
    stored = gradient().transpose(STORED[orientation]) if orientation > 1 else gradient()
    options = {"tiffinfo": {274: orientation}} if kind == "TIFF" else {"exif": exif(orientation)}

    photo = decode(encoded(stored, kind, quality=95, **options), SETTINGS)

    assert photo.size == (96, 64)
    assert np.abs(np.asarray(photo.image).astype(int) - np.asarray(gradient())).mean() < 3


def test_orientation_told_by_xmp_alone_is_applied() -> None:
    packet = b"http://ns.adobe.com/xap/1.0/\0<rdf:Description tiff:Orientation='6'/>"
    stored = encoded(gradient().transpose(STORED[6]), "JPEG", quality=95)

    photo = decode(with_segment(stored, 0xE1, packet), SETTINGS)

    assert photo.size == (96, 64)


UNREADABLE = {
    "empty": b"",
    "six bytes": b"Exif\0\0",
    "no header": b"abcdef",
    "cut": b"II*\0",
    "beyond the end": b"MM\0*\xff\xff\xff\xff",
    "itself": b"II*\0\0\0\0\0",
    "many tags": b"II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x0c\0\xff\xff\xff\xff\0\0\0\0" * 99,
    "no such turn": b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0",
    "words": b"II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x09\0\0\0\x63\0\0\0",
}


@pytest.mark.parametrize("block", UNREADABLE.values(), ids=UNREADABLE)
def test_exif_that_cannot_be_read_means_not_turned(block: bytes) -> None:
    jpeg = with_segment(encoded(gradient(), "JPEG"), 0xE1, b"Exif\0\0" + block)
    png = with_chunk(encoded(gradient(), "PNG"), b"eXIf", block)
    webp = encoded(gradient(), "WEBP", exif=block or b"\0")
    heic = encoded(gradient(), "HEIF", exif=b"Exif\0\0" + block)

    for file in (jpeg, png, webp, heic):
        assert decode(file, SETTINGS).size == (96, 64)


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


def scene(mode: str, width: int = 4000, height: int = 3000) -> Image.Image:
    """A picture of something at this size."""
    return portrait().convert(mode).resize((width, height))


FAST = {"enc_params": {"preset": "ultrafast"}, "quality": 30}
LARGE = {
    "PNG": lambda: encoded(Image.new("RGBA", (7900, 6200), (90, 130, 170, 255)), "PNG"),
    "16-bit PNG": lambda: encoded(Image.new("I;16", (7900, 6200), 9000), "PNG"),
    "palette PNG": lambda: encoded(Image.new("P", (7900, 6200), 3), "PNG"),
    "WebP": lambda: encoded(scene("RGB"), "WEBP", method=0),
    "WebP with alpha": lambda: encoded(scene("RGBA"), "WEBP", method=0),
    "HEIC": lambda: encoded(scene("RGB"), "HEIF", **FAST),
    "JPEG": lambda: encoded(scene("RGB", 8064, 6048)),
    "progressive JPEG": lambda: encoded(scene("RGB"), progressive=True, subsampling=0),
    "CMYK JPEG": lambda: encoded(scene("CMYK"), progressive=True),
    "TIFF": lambda: encoded(Image.new("RGB", (7000, 6800), "red"), "TIFF", compression="tiff_lzw"),
    "TIFF of one strip": lambda: encoded(
        scene("RGB"), "TIFF", compression="packbits", strip_size=10**8
    ),
    "16-bit TIFF": lambda: encoded(
        Image.new("I;16", (7000, 6000), 99), "TIFF", compression="tiff_lzw"
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_photo_takes_no_more_memory_than_was_foreseen(name: str) -> None:
    program = (
        "import resource, sys; from aifr.recognition.decode import decode;"
        "from aifr.settings import Settings; data = sys.stdin.buffer.read();"
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024;"
        "before = used(); decode(data, Settings(max_file_bytes=10**8)); print(used() - before)"
    )
    large = LARGE[name]()

    done = subprocess.run(
        [sys.executable, "-c", program], input=large, capture_output=True, check=True
    )

    foreseen = container_of(large).memory
    # The file, what is passed on of it, and the reduced picture on its way come on top.
    assert int(done.stdout) * MEBI < foreseen + 2 * len(large) + 48 * MEBI
    assert foreseen <= SETTINGS.max_decode_bytes


def test_what_takes_too_much_memory_to_decode_is_refused_before_it_is() -> None:
    small = Settings(max_decode_bytes=17 * 512 * 512 - 1)

    with pytest.raises(TooManyPixels, match="memory"):
        decode(encoded(portrait(), "WEBP"), small)


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
        (encoded(Image.new("RGB", (64, 64)), "BMP"), UnsupportedType),
        (encoded(Image.new("RGB", (64, 64)), "ICO"), UnsupportedType),
        (encoded(Image.new("RGB", (64, 64)), "JPEG2000"), UnsupportedType),
        (encoded(Image.new("RGB", (64, 64)), "AVIF"), UnsupportedType),
        (encoded(Image.new("RGB", (64, 64)), "TIFF", big_tiff=True), UnsupportedType),
        (encoded(Image.new("RGB", (64, 64)), "PDF"), UnsupportedType),
        (encoded(Image.new("RGB", (64, 64)), "TGA"), UndecodableImage),
        (bytes(SETTINGS.max_file_bytes + 1), FileTooLarge),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else f"{len(value)}-bytes",
)
def test_bad_files_are_named_errors(data: bytes, error: type[AifrError]) -> None:
    with pytest.raises(error):
        decode(data, SETTINGS)


BROKEN = [{}, {"progressive": True}, {"subsampling": 0, "restart_marker_rows": 1}]


@pytest.mark.parametrize("options", BROKEN, ids=str)
def test_a_jpeg_that_lacks_its_last_bytes_is_a_photo(options: dict[str, Any]) -> None:
    complete = encoded(portrait(), quality=90, **options)
    expected = np.asarray(decode(complete, SETTINGS).image).astype(int)

    for missing in (1, 2, 3, 20, len(complete) // 50):
        photo = decode(complete[:-missing], SETTINGS)

        assert photo.size == (512, 512)
        assert np.abs(np.asarray(photo.image).astype(int) - expected).mean() < 4


@pytest.mark.parametrize("options", BROKEN, ids=str)
@pytest.mark.parametrize("share", [0.02, 0.1, 0.2, 0.3, 0.5, 0.75])
def test_a_jpeg_of_which_much_is_missing_is_damaged(share: float, options: dict[str, Any]) -> None:
    complete = encoded(portrait(), quality=90, **options)
    if options.get("progressive") and share > 0.4:
        # Each pass of these shows all of the picture, if coarsely.
        return

    with pytest.raises(UndecodableImage):
        decode(complete[: int(len(complete) * share)], SETTINGS)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (127, 127, 127)])
def test_a_plain_end_of_a_photo_is_not_taken_for_a_missing_one(
    colour: tuple[int, int, int],
) -> None:
    image = portrait()
    image.paste(colour, (0, 300, 512, 512))

    assert decode(encoded(image, quality=95)[:-2], SETTINGS).size == (512, 512)


def test_a_phones_largest_photo_is_decoded_reduced() -> None:
    photo = decode(encoded(scene("RGB", 8064, 6048)), SETTINGS)

    assert photo.size == (8064, 6048)
    assert max(photo.image.size) == SETTINGS.decode_long_side


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("RGB", {}),
        ("RGB", {"compression": "tiff_lzw"}),
        ("RGB", {"compression": "tiff_adobe_deflate", "big_endian": True}),
        ("RGB", {"compression": "packbits"}),
        ("RGB", {"compression": "jpeg"}),
        ("L", {"strip_size": 512}),
        ("I;16", {}),
        ("RGBA", {}),
        ("CMYK", {}),
        ("P", {}),
    ],
    ids=str,
)
def test_scans_of_every_usual_coding_are_accepted(mode: str, options: dict[str, Any]) -> None:
    image = Image.new("RGB", (64, 48), (128, 128, 128))
    if mode == "I;16":
        image = Image.fromarray(np.full((48, 64), 128 * 257, np.uint16))
    elif mode != "RGB":
        image = image.quantize(2) if mode == "P" else image.convert(mode)

    photo = decode(encoded(image, "TIFF", **options), SETTINGS)

    assert photo.size == (64, 48)
    assert photo.image.getpixel((32, 24)) == pytest.approx((128, 128, 128), abs=3)


def test_a_faxed_scan_is_accepted_and_only_its_first_page_counts() -> None:
    buffer = io.BytesIO()
    pages = [Image.new("1", (200, 100), 1), Image.new("1", (64, 64), 0)]
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:], compression="group4")

    photo = decode(buffer.getvalue(), SETTINGS)

    assert (photo.size, photo.image.getpixel((9, 9))) == ((200, 100), (255, 255, 255))


def test_limits_come_from_the_settings() -> None:
    strict = Settings(max_pixels=512 * 512 - 1)

    with pytest.raises(TooManyPixels, match="262,143"):
        decode(encoded(portrait(), "PNG"), strict)
