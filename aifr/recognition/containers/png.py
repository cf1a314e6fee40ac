"""PNG: chunks of a length, a name, content and a checksum (ISO/IEC 15948)."""

import zlib
from collections.abc import Iterator
from struct import unpack_from

from aifr.recognition.containers.container import Container, Damaged
from aifr.recognition.containers.orientation import exif_orientation

START = b"\x89PNG\r\n\x1a\n"
NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = (1, 2, 4, 8, 16)
MOST_CHUNKS, MOST_PIXEL_CHUNKS = 500, 20_000
MOST_PROFILE_BYTES = 4_000_000
# Four bytes for what is shown, one for a palette's index.
PIXEL_BYTES = 5
# Deflate packs no better than this.
MOST_PACKED = 1032

Chunk = tuple[bytes, int, int]


def chunks(data: bytes) -> Iterator[Chunk]:
    """(name, start, end) of each chunk up to the end of the picture; raises Damaged."""
    place, others, pixels = len(START), 0, 0
    while place + 12 <= len(data):
        length, name = unpack_from(">I4s", data, place)
        end = place + 12 + length
        pixels += name == b"IDAT"
        others += name != b"IDAT"
        if end > len(data) or others > MOST_CHUNKS or pixels > MOST_PIXEL_CHUNKS:
            raise Damaged("chunks beyond the file, or too many")
        yield name, place, end
        if name == b"IEND":
            return
        place = end


def scan(data: bytes) -> Container:
    """Raises Damaged."""
    found = list(chunks(data))
    if not found or found[0][0] != b"IHDR":
        raise Damaged("no header")
    width, height, depth, colour = unpack_from(">IIBB", data, found[0][1] + 8)
    if colour not in CHANNELS or depth not in DEPTHS or not width or not height:
        raise Damaged("no picture")
    row_bytes = 1 + width * CHANNELS[colour] * depth // 8
    return Container(
        plugin="PNG",
        size=(width, height),
        memory=PIXEL_BYTES * width * height,
        data=START + b"".join(data[start:end] for name, start, end in found if name in NEEDED),
        least_bytes=height * row_bytes // MOST_PACKED,
        turn=exif_orientation(_content(data, found, b"eXIf")),
        profile=_profile(_content(data, found, b"iCCP")),
    )


def _content(data: bytes, found: list[Chunk], wanted: bytes) -> bytes:
    """Of the first chunk of a name, b"" where there is none."""
    return next((data[start + 8 : end - 4] for name, start, end in found if name == wanted), b"")


def _profile(content: bytes) -> bytes:
    """Behind a name, a 0 and the method; b"" for one that cannot be unpacked."""
    packed = content.partition(b"\0")[2][1:]
    try:
        return zlib.decompressobj().decompress(packed, MOST_PROFILE_BYTES)
    except zlib.error:
        return b""
