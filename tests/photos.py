"""Photos that any machine has, and how they are sent."""

import io
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
