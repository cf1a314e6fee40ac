"""aifr.recognition.clean: pixels and nothing else, in the colours that everyone shows."""

import io
import struct
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageCms

from aifr.recognition.clean import clean_copy, cleaned_again, is_clean
from aifr.settings import Settings
from tests.photos import encoded, face_photo, portrait
from tests.recognition.carriers import SECRET, carriers, exif, gradient, with_segment

SETTINGS = Settings()
ALLOWED = {"SOI", "APP0", "DQT", "SOF0", "DHT", "SOS", "EOI"}
NAMES = {0xC0: "SOF0", 0xC4: "DHT", 0xD8: "SOI", 0xD9: "EOI", 0xDA: "SOS", 0xDB: "DQT"}
CARRIERS = dict(carriers())


def walked(jpeg: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every segment to the last byte, by another hand than the code's."""
    place = 0
    while place < len(jpeg):
        assert jpeg[place] == 0xFF
        marker = jpeg[place + 1]
        name = NAMES.get(marker, f"APP{marker - 0xE0}" if 0xE0 <= marker <= 0xEF else hex(marker))
        place += 2
        if name in ("SOI", "EOI"):
            yield name, b""
            continue
        (length,) = struct.unpack_from(">H", jpeg, place)
        yield name, jpeg[place + 2 : place + length]
        place += length
        while name == "SOS" and (jpeg[place] != 0xFF or jpeg[place + 1] in (0, *range(0xD0, 0xD8))):
            place += 1


def pixels(jpeg: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")).astype(int)


@pytest.mark.parametrize("name", CARRIERS)
def test_a_clean_copy_holds_the_segments_of_a_picture_and_no_others(name: str) -> None:
    clean = clean_copy(CARRIERS[name], SETTINGS)

    found = list(walked(clean))
    assert {segment for segment, _ in found} == ALLOWED
    assert [content for segment, content in found if segment == "APP0"] == [
        b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    ]
    assert found[-1][0] == "EOI"
    assert SECRET not in clean
    assert is_clean(clean)
    assert np.abs(pixels(clean) - np.asarray(gradient())).mean() < 4


def test_what_is_not_clean_is_told_apart() -> None:
    clean = clean_copy(face_photo(), SETTINGS)

    unclean = [
        b"",
        b"\xff\xd8",
        clean + b"\0",
        clean[:-2],
        clean[:-2] + clean,
        with_segment(clean, 0xFE, SECRET),
        with_segment(clean, 0xE0, b"JFXX\0" + SECRET),
        with_segment(clean, 0xE1, SECRET),
        clean.replace(b"\xff\xda", b"\xff\xff\xda", 1),
        encoded(portrait(), "PNG"),
        *(data for name, data in CARRIERS.items() if not name.startswith("JPEG behind")),
    ]

    assert is_clean(clean)
    assert [is_clean(data) for data in unclean] == [False] * len(unclean)


@pytest.mark.parametrize("name", CARRIERS)
def test_what_is_kept_is_cleaned_again(name: str) -> None:
    clean = cleaned_again(CARRIERS[name], SETTINGS)

    assert is_clean(clean)
    assert SECRET not in clean
    assert np.abs(pixels(clean) - np.asarray(gradient())).mean() < 4


def test_a_comment_is_cleaned_off_without_a_new_encoding() -> None:
    clean = clean_copy(face_photo(), SETTINGS)

    assert cleaned_again(with_segment(clean, 0xFE, SECRET), SETTINGS) == clean
    assert cleaned_again(clean, SETTINGS) == clean


def test_what_is_kept_and_still_has_to_be_turned_is_turned() -> None:
    sideways = encoded(
        gradient().transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, exif=exif(6)
    )

    clean = cleaned_again(sideways, SETTINGS)

    assert np.abs(pixels(clean) - np.asarray(gradient())).mean() < 4


def wide_profile() -> bytes:
    """RGB with the primaries of Display P3, gamma 2.2: a profile made here, of no vendor."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + fixed(*values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    name = b"Wide"
    told = b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name + bytes(79)
    tags = {
        b"desc": told + bytes(-len(told) % 4),
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.51512, 0.24120, -0.00105),
        b"gXYZ": xyz(0.29198, 0.69225, 0.04189),
        b"bXYZ": xyz(0.15710, 0.06657, 0.78407),
        **{channel + b"TRC": curve for channel in (b"r", b"g", b"b")},
    }
    place, table, body = 132 + 12 * len(tags), b"", b""
    for tag, content in tags.items():
        table += struct.pack(">4sII", tag, place + len(body), len(content))
        body += content
    size = place + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1.0, 0.8249)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "TIFF"])
def test_a_photo_in_wide_colours_keeps_its_saturation(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {"quality": 100}
    wide = encoded(Image.new("RGB", (64, 64), (200, 100, 100)), kind, **options)
    told = encoded(
        Image.new("RGB", (64, 64), (200, 100, 100)), kind, icc_profile=wide_profile(), **options
    )

    plain, kept = pixels(clean_copy(wide, SETTINGS)), pixels(clean_copy(told, SETTINGS))

    # The same numbers mean a deeper red: by lcms's own arithmetic about (217, 96, 99).
    assert plain[32, 32] == pytest.approx((200, 100, 100), abs=4)
    assert kept[32, 32] == pytest.approx((217, 96, 99), abs=5)


def test_grey_and_printers_colours_are_shown_as_they_are_meant() -> None:
    lab = ImageCms.createProfile("LAB")

    for mode, profile in (("L", ImageCms.ImageCmsProfile(lab).tobytes()), ("CMYK", wide_profile())):
        photo = encoded(gradient().convert(mode), "JPEG", icc_profile=profile)
        without = encoded(gradient().convert(mode), "JPEG")

        # A profile that is made for other pixels says nothing.
        assert clean_copy(photo, SETTINGS) == clean_copy(without, SETTINGS)


@pytest.mark.parametrize("cut", [0, 1, 60, 128, 131, 150, 300, 400])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_broken_profile_means_srgb(kind: str, cut: int) -> None:
    broken = wide_profile()[:cut] + b"\xff" * 8
    photo = encoded(gradient(), kind, icc_profile=broken)

    assert clean_copy(photo, SETTINGS) == clean_copy(encoded(gradient(), kind), SETTINGS)
