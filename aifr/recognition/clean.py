"""The copy of a photo that may be kept: upright, bounded in size, without any metadata."""

from io import BytesIO
from struct import error

from aifr.recognition.containers import jpeg
from aifr.recognition.containers.container import Damaged
from aifr.recognition.decode import decode
from aifr.settings import Settings

QUALITY = 95
# All that a clean copy holds, each segment of it for the picture's sake.
SEGMENTS = (jpeg.APP0, jpeg.DQT, *jpeg.SOF, jpeg.DHT, jpeg.SOS, jpeg.EOI)
# Version 1.01, pixels as wide as high, no thumbnail.
JFIF = bytes.fromhex("ffe0 0010 4a46494600 0101 00 0001 0001 0000")


def clean_copy(data: bytes, settings: Settings) -> bytes:
    """A JPEG of the photo's pixels and nothing else: metadata say where it was taken and by whom.

    Raises what `decode` raises.
    """
    buffer = BytesIO()
    decode(data, settings).image.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def is_clean(data: bytes) -> bool:
    """Whether a file is as `clean_copy` makes them: a JPEG of nothing but SEGMENTS."""
    try:
        found = list(jpeg.segments(data)) if data.startswith(jpeg.START) else []
    except Damaged:
        return False
    whole = len(jpeg.START) + sum(each.end - each.start for each in found) == len(data)
    ended = bool(found) and found[-1].marker == jpeg.EOI
    return whole and ended and all(_may_stay(data, each) for each in found)


def cleaned_again(data: bytes, settings: Settings) -> bytes:
    """What is kept of a photo, clean: without a new encoding where leaving out segments will do.

    Raises what `decode` raises.
    """
    stripped = _stripped(data)
    return stripped if is_clean(stripped) else clean_copy(data, settings)


def _stripped(data: bytes) -> bytes:
    """The segments of a JPEG that is not turned which may stay, b"" for anything else."""
    try:
        if not data.startswith(jpeg.START) or jpeg.scan(data).turn != 1:
            return b""
    except (Damaged, error):
        return b""
    parts = (data[each.start : each.end] for each in jpeg.segments(data) if _may_stay(data, each))
    return b"".join([jpeg.START, *parts])


def _may_stay(data: bytes, segment: jpeg.Segment) -> bool:
    if segment.marker == jpeg.APP0:
        return data[segment.start : segment.end] == JFIF
    return segment.marker in SEGMENTS
