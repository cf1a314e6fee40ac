"""The copy of a photo that may be kept: upright, bounded in size, without any metadata."""

from io import BytesIO

from aifr.recognition.decode import decode
from aifr.settings import Settings

QUALITY = 95


def clean_copy(data: bytes, settings: Settings) -> bytes:
    """A JPEG of the photo's pixels and nothing else: EXIF holds where and by whom it was taken.

    Raises what `decode` raises.
    """
    buffer = BytesIO()
    decode(data, settings).image.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
