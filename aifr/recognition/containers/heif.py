"""HEIF: boxes of a length and a name, some of which hold others (ISO/IEC 14496-12, 23008-12)."""

from collections.abc import Iterator
from contextlib import suppress
from struct import unpack_from

from aifr.recognition.containers.container import Container, Damaged

MOST_BOXES = 1000
# The decoder's planes, its pixels, a copy of these, and Pillow's.
PIXEL_BYTES = 8
MOST_PIXELS_A_BYTE = 4000
FULL_BOX = 4


def boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, start, end) of the content of each; raises Damaged."""
    for _ in range(MOST_BOXES):
        if start + 8 > end:
            return
        length, name = unpack_from(">I4s", data, start)
        header = 8
        if length == 1:
            (length,), header = unpack_from(">Q", data, start + 8), 16
        length = length or end - start
        if length < header or start + length > end:
            raise Damaged("a box beyond what holds it")
        yield name, start + header, start + length
        start += length
    raise Damaged("too many boxes")


def scan(data: bytes) -> Container:
    """Raises Damaged."""
    data = data[: _end(data)]
    width, height = max(_sizes(data), key=lambda size: size[0] * size[1], default=(0, 0))
    if not width or not height:
        raise Damaged("no picture")
    return Container(
        plugin="HEIF",
        size=(width, height),
        memory=PIXEL_BYTES * width * height,
        data=data,
        least_bytes=width * height // MOST_PIXELS_A_BYTE,
    )


def _end(data: bytes) -> int:
    """Where the last whole box ends; what others append is no matter of ours."""
    last = 0
    with suppress(Damaged):
        for _, _, end in boxes(data, 0, len(data)):
            last = end
    return last


def _sizes(data: bytes) -> Iterator[tuple[int, int]]:
    """Of every picture in the file."""
    for start, end in _inside(data, 0, len(data), b"meta"):
        for inner, inner_end in _inside(data, start + FULL_BOX, end, b"iprp"):
            for place, place_end in _inside(data, inner, inner_end, b"ipco"):
                for found, _ in _inside(data, place, place_end, b"ispe"):
                    yield unpack_from(">II", data, found + FULL_BOX)


def _inside(data: bytes, start: int, end: int, wanted: bytes) -> Iterator[tuple[int, int]]:
    for name, first, last in boxes(data, start, end):
        if name == wanted:
            yield first, last
