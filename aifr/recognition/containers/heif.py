"""HEIF: boxes of a length and a name, some of which hold others (ISO/IEC 14496-12, 23008-12).

A picture may be put together of others, tiles mostly, and the same one may be named again and
again, so that a small file takes hours to decode: what it comes to is counted before.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from struct import unpack_from

from aifr.recognition.containers.container import Container, Damaged

MOST_BOXES = 1000
# A phone's largest photo has some 200 tiles.
MOST_PARTS, MOST_EXTENTS = 4000, 32
# EXIF and the like, which are read for each picture that they describe.
DESCRIBES, MOST_DESCRIPTIONS = b"cdsc", 20
# The decoder's planes, its pixels, a copy of these, and Pillow's.
PIXEL_BYTES = 9
# A picture of tiles is decoded tile by tile and then written once more; the rest is for thumbnails
# and the edges of tiles.
MOST_WORK, MOST_WORK_BESIDES = 4, 4_000_000
# Of one picture in another.
MOST_DEPTH = 8
MOST_PIXELS_A_BYTE = 10_000
# The same tile may stand in a few places, not in all.
MOST_REPEATED = 2
FULL_BOX = 4

Size = tuple[int, int]


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
    sizes, parts, lengths = _sizes(data), _parts(data), _lengths(data)
    width, height = max(sizes.values(), key=_pixels, default=(0, 0))
    if not width or not height:
        raise Damaged("no picture")
    named = sum(lengths.get(part, 0) for of in parts.values() for part in of)
    if sum(lengths.values()) > len(data) or named > MOST_REPEATED * len(data):
        raise Damaged("the same bytes many times")
    _check_work(sizes, parts, MOST_WORK * width * height + MOST_WORK_BESIDES)
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


def _check_work(sizes: Mapping[int, Size], parts: Mapping[int, list[int]], most: int) -> None:
    """Raises Damaged where decoding any picture of the file takes more pixels than this."""
    counted: dict[int, int] = {}

    def work(item: int, above: tuple[int, ...]) -> int:
        if item in above or len(above) > MOST_DEPTH:
            raise Damaged("pictures made of themselves")
        if item not in counted:
            own = _pixels(sizes.get(item, sizes[0]))
            counted[item] = own + sum(work(part, (*above, item)) for part in parts.get(item, []))
        return counted[item]

    if any(work(item, ()) > most for item in {*sizes, *parts}):
        raise Damaged("far more to decode than there is to see")


def _pixels(size: Size) -> int:
    return size[0] * size[1]


def _sizes(data: bytes) -> dict[int, Size]:
    """The size of every picture, by its number: that of the largest for one that tells none."""
    properties = list(_inside(data, b"meta", b"iprp", b"ipco"))
    found = [
        unpack_from(">II", data, place + FULL_BOX) if name == b"ispe" else None
        for name, place, _ in properties
    ]
    largest = max((size for size in found if size), key=_pixels, default=(0, 0))
    sizes: dict[int, Size] = {0: largest}
    for item, indexes in _associations(data):
        told = [size for index in indexes if 0 < index <= len(found) and (size := found[index - 1])]
        sizes[item] = max(told, key=_pixels, default=largest)
    return sizes


def _associations(data: bytes) -> Iterator[tuple[int, list[int]]]:
    """(picture, numbers of its properties, from 1)."""
    for name, place, _ in _inside(data, b"meta", b"iprp"):
        if name != b"ipma":
            continue
        version, wide = data[place], data[place + 3] & 1
        (count,) = unpack_from(">I", data, place + FULL_BOX)
        place += FULL_BOX + 4
        if count > MOST_PARTS:
            raise Damaged("too many pictures")
        number, length = (">IB", 5) if version else (">HB", 3)
        for _ in range(count):
            item, how_many = unpack_from(number, data, place)
            kind = f">{how_many}{'H' if wide else 'B'}"
            told = unpack_from(kind, data, place + length)
            yield item, [index & (0x7FFF if wide else 0x7F) for index in told]
            place += length + how_many * (1 + wide)


def _parts(data: bytes) -> dict[int, list[int]]:
    """Which pictures a picture is made of, by number."""
    parts: dict[int, list[int]] = defaultdict(list)
    total = described = 0
    for name, start, end in _inside(data, b"meta"):
        if name != b"iref":
            continue
        kind = "I" if data[start] else "H"
        for reference, place, _ in boxes(data, start + FULL_BOX, end):
            item, count = unpack_from(f">{kind}H", data, place)
            total += count
            described += count * (reference == DESCRIBES)
            if total > MOST_PARTS or described > MOST_DESCRIPTIONS:
                raise Damaged("too many parts")
            if reference == b"dimg":
                place += 6 if kind == "I" else 4
                parts[item] += unpack_from(f">{count}{kind}", data, place)
    return parts


def _lengths(data: bytes) -> dict[int, int]:
    """How many bytes each item says it has, by its number."""
    lengths: dict[int, int] = defaultdict(int)
    for name, start, _ in _inside(data, b"meta"):
        if name == b"iloc":
            for item, length in _extents(data, start):
                lengths[item] += length
    return lengths


def _extents(data: bytes, place: int) -> Iterator[tuple[int, int]]:
    """(item, length) of every stretch of every item; 0 means the rest of the file."""
    version, sizes, others = data[place], data[place + 4], data[place + 5]
    length_bytes, offset_bytes = sizes & 15, sizes >> 4
    index_bytes = others & 15 if version else 0
    wide = 4 if version == 2 else 2
    place, count = _number(data, place + 6, wide)
    for _ in range(count):
        place, item = _number(data, place, wide)
        # How it is told where it lies, in which file, from where on.
        place += (2 if version else 0) + 2 + (others >> 4)
        place, extents = _number(data, place, 2)
        if extents > MOST_EXTENTS or count > MOST_PARTS:
            raise Damaged("too many items")
        for _ in range(extents):
            place, length = _number(data, place + index_bytes + offset_bytes, length_bytes)
            yield item, length or len(data)


def _number(data: bytes, place: int, length: int) -> tuple[int, int]:
    """Where a number of so many bytes ends, and the number."""
    return place + length, int.from_bytes(data[place : place + length], "big")


def _inside(data: bytes, *path: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The boxes in those that a path of names leads to."""
    found = [(0, len(data))]
    for name in path:
        skipped = FULL_BOX if name == b"meta" else 0
        found = [
            (first + skipped, last)
            for start, end in found
            for inner, first, last in boxes(data, start, end)
            if inner == name
        ]
    for start, end in found:
        yield from boxes(data, start, end)
