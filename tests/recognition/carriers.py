"""Photos that carry more than their pixels: words, places, colour profiles, other files."""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin

from tests.photos import encoded

# Stands wherever a file can hold words.
SECRET = b"44.4268,26.1025 by Ion Popescu"
WORDS = SECRET.decode()
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "TIFF")
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>' + SECRET + b"</dc:creator></x:xmpmeta>"

pillow_heif.register_heif_opener(thumbnails=False)


def gradient(width: int = 96, height: int = 64) -> Image.Image:
    """Dark at the left and the top, so that every turn of it shows."""
    across, down = np.linspace(0, 200, width), np.linspace(0, 55, height)
    grey = (across[None, :] + down[:, None]).astype(np.uint8)
    return Image.fromarray(np.stack([grey] * 3, axis=2))


def exif(orientation: int = 1) -> bytes:
    """A block with a place, a name and an orientation."""
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010E] = WORDS
    block[0x013B] = WORDS
    block.get_ifd(0x8825).update({1: "N", 2: (44.0, 25.0, 36.0), 29: WORDS})
    return block.tobytes()


def marked_profile() -> bytes:
    """An sRGB profile with words behind its end."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + SECRET


def carriers() -> Iterator[tuple[str, bytes]]:
    """(name, file) for every place of every format that holds words."""
    image, turned = gradient(), exif()
    profile = marked_profile()
    yield "JPEG comment", encoded(image, "JPEG", comment=SECRET)
    yield "JPEG EXIF", encoded(image, "JPEG", exif=turned)
    yield "JPEG XMP", encoded(image, "JPEG", xmp=XMP)
    yield "JPEG ICC", encoded(image, "JPEG", icc_profile=profile)
    for number in range(16):
        yield f"JPEG APP{number}", with_segment(encoded(image, "JPEG"), 0xE0 + number, SECRET)
    yield "JPEG JFXX", with_segment(encoded(image, "JPEG"), 0xE0, b"JFXX\0\x13" + SECRET)
    yield "JPEG after a scan", with_late_comment(encoded(image, "JPEG"))
    yield "JPEG MPO", mpo()
    for extra in ("tEXt", "zTXt", "iTXt"):
        yield f"PNG {extra}", encoded(image, "PNG", pnginfo=png_words(extra))
    yield "PNG comment", encoded(image, "PNG", pnginfo=png_words("tEXt", "comment"))
    yield "PNG eXIf", encoded(image, "PNG", exif=turned)
    yield "PNG iCCP", encoded(image, "PNG", icc_profile=profile)
    yield "PNG unknown chunk", with_chunk(encoded(image, "PNG"), b"prVt", SECRET)
    yield "WebP all", encoded(image, "WEBP", exif=turned, xmp=XMP, icc_profile=profile)
    yield "WebP animated", animated(turned)
    yield "HEIC all", encoded(image, "HEIF", exif=turned, xmp=XMP, icc_profile=profile)
    tags = {270: WORDS, 315: WORDS, 700: XMP, 33432: WORDS, 65000: WORDS}
    yield "TIFF all", encoded(image, "TIFF", tiffinfo=tags, icc_profile=profile)
    for kind in FORMATS:
        yield f"{kind} behind the end", encoded(image, kind) + SECRET


def with_segment(jpeg: bytes, marker: int, content: bytes) -> bytes:
    """A JPEG with one more segment at its beginning."""
    return jpeg[:2] + struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content + jpeg[2:]


def with_late_comment(jpeg: bytes) -> bytes:
    """A JPEG with a comment between its only scan and its end."""
    return jpeg[:-2] + struct.pack(">BBH", 0xFF, 0xFE, 2 + len(SECRET)) + SECRET + jpeg[-2:]


def mpo() -> bytes:
    """Two JPEGs in one, as cameras with two lenses write."""
    buffer = io.BytesIO()
    gradient().save(buffer, "MPO", save_all=True, append_images=[gradient()], comment=SECRET)
    return buffer.getvalue()


def png_words(kind: str, name: str = "Author") -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    if kind == "iTXt":
        info.add_itxt(name, WORDS, zip=False)
    else:
        info.add_text(name, WORDS, zip=kind == "zTXt")
    return info


def png_chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def with_chunk(png: bytes, name: bytes, content: bytes) -> bytes:
    """A PNG with one more chunk behind its header."""
    return png[:33] + png_chunk(name, content) + png[33:]


def animated(block: bytes) -> bytes:
    buffer = io.BytesIO()
    others: Any = [Image.new("RGB", (96, 64), "red")]
    gradient().save(
        buffer, "WEBP", save_all=True, append_images=others, exif=block, xmp=XMP, lossless=True
    )
    return buffer.getvalue()
