"""WebP: RIFF chunks (developers.google.com/speed/webp/docs/riff_container)."""

from collections.abc import Iterator
from struct import pack, unpack_from

from aifr.recognition.containers.container import Container, Damaged
from aifr.recognition.containers.orientation import exif_orientation, xmp_orientation

MOST_CHUNKS = 500
FRAME_HEADER = 16
KEY_FRAME = b"\x9d\x01\x2a"
ALPHA = 0x10
# The decoder keeps two canvases, hands over a third, and Pillow makes a fourth.
PIXEL_BYTES = 17
# A photo takes a hundred times as much; next to nothing fills a canvas with one colour.
MOST_PIXELS_A_BYTE = 4000

Chunk = tuple[bytes, bytes]


def chunks(data: bytes, place: int, end: int) -> Iterator[Chunk]:
    """(name, content) of each; raises Damaged."""
    for _ in range(MOST_CHUNKS):
        if place + 8 > end:
            return
        name, length = unpack_from("<4sI", data, place)
        if place + 8 + length > end:
            raise Damaged("a chunk beyond the file")
        yield name, data[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
    raise Damaged("too many chunks")


def scan(data: bytes) -> Container:
    """Of an animation, its first frame alone. Raises Damaged."""
    (length,) = unpack_from("<I", data, 4)
    found: dict[bytes, bytes] = {}
    for name, content in chunks(data, 12, min(len(data), 8 + length)):
        found.setdefault(name, content)
    still = found
    if b"ANMF" in found:
        frame = found[b"ANMF"]
        still = dict(chunks(frame, FRAME_HEADER, len(frame)))
    width, height = _size(still)
    return Container(
        plugin="WEBP",
        size=(width, height),
        memory=PIXEL_BYTES * width * height,
        data=_file(still, width, height),
        least_bytes=width * height // MOST_PIXELS_A_BYTE,
        turn=_turn(found),
        profile=found.get(b"ICCP", b""),
    )


def _size(still: dict[bytes, bytes]) -> tuple[int, int]:
    """As the pixels' own header says, whatever the canvas may claim."""
    if b"VP8 " in still:
        key, width, height = unpack_from("<3x3sHH", still[b"VP8 "])
        if key != KEY_FRAME:
            raise Damaged("no key frame")
        return width & 0x3FFF, height & 0x3FFF
    if b"VP8L" in still:
        mark, bits = unpack_from("<BI", still[b"VP8L"])
        if mark != 0x2F:
            raise Damaged("no lossless picture")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise Damaged("no picture")


def _file(still: dict[bytes, bytes], width: int, height: int) -> bytes:
    if b"VP8L" in still and b"VP8 " not in still:
        body = _chunk(b"VP8L", still[b"VP8L"])
    elif b"ALPH" in still:
        canvas = pack("<I", width - 1)[:3] + pack("<I", height - 1)[:3]
        header = _chunk(b"VP8X", pack("<I", ALPHA) + canvas)
        body = header + _chunk(b"ALPH", still[b"ALPH"]) + _chunk(b"VP8 ", still[b"VP8 "])
    else:
        body = _chunk(b"VP8 ", still[b"VP8 "])
    return b"RIFF" + pack("<I", 4 + len(body)) + b"WEBP" + body


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _turn(found: dict[bytes, bytes]) -> int:
    turn = exif_orientation(found.get(b"EXIF", b""))
    return turn if turn != 1 else xmp_orientation(found.get(b"XMP ", b""))
