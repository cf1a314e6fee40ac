"""Photos that any machine has, and how they are sent."""

import io
import struct
import zlib
from functools import cache
from typing import Any

from PIL import Image
from skimage.data import astronaut


@cache
def portrait() -> Image.Image:
    """A photo of one face: Eileen Collins, NASA, public domain, from scikit-image; 512 x 512."""
    return Image.fromarray(astronaut())


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """An image as a file of a format."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def face_photo() -> bytes:
    """A JPEG file with one face."""
    return encoded(portrait(), quality=92)


def faceless_photo() -> bytes:
    """A PNG file without any face."""
    return encoded(Image.new("RGB", (200, 160), (90, 130, 170)), "PNG")


def file(content: bytes, name: str = "photo.jpg") -> tuple[io.BytesIO, str]:
    """A file of a multipart form."""
    return io.BytesIO(content), name


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises a size and holds next to nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")
