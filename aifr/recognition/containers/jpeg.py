"""JPEG: segments that begin with a marker, scans of coefficients between them (ITU-T T.81)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from struct import unpack_from

from aifr.recognition.containers.container import Container, Damaged
from aifr.recognition.containers.orientation import exif_orientation, xmp_orientation

START, END = b"\xff\xd8", b"\xff\xd9"
SOF, PROGRESSIVE = (0xC0, 0xC1, 0xC2), 0xC2
OTHER_SOF = (0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)
DHT, EOI, SOS, DQT, DRI = 0xC4, 0xD9, 0xDA, 0xDB, 0xDD
APP0, APP1, APP2, APP14 = 0xE0, 0xE1, 0xE2, 0xEE
# What makes the picture, besides the two that say how its colours are coded.
NEEDED = (*SOF, DHT, SOS, DQT, DRI)
COLOUR = {APP0: b"JFIF\0", APP14: b"Adobe"}
EXIF, XMP, ICC = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
# Data escape a 0xFF by a 0; 0xD0 to 0xD7 stand in the midst of them.
MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)

MOST_SEGMENTS = 500
MOST_LOOSE_BYTES = 65_536
MOST_COMPONENTS = 4
# Each scan visits each block once more. A photo has some ten scans at most.
MOST_VISITS = 30_000_000
BLOCK_BYTES = 128
# Scaled down while it is decoded (`Image.draft`), a picture has at most so many pixels of 4 bytes.
SCALED_PIXELS = 4096 * 4096


@dataclass(frozen=True)
class Segment:
    """data[start:end] with its marker; that of a scan holds the scan's data as well."""

    marker: int
    start: int
    end: int


@dataclass(frozen=True)
class Frame:
    """components: identifier -> blocks of 8 x 8 in the whole picture."""

    progressive: bool
    size: tuple[int, int]
    components: dict[int, int]

    @property
    def blocks(self) -> int:
        return sum(self.components.values())


@dataclass(frozen=True)
class Scan:
    """components: identifiers. last: the last coefficient of 0 to 63. bytes: of its data."""

    components: tuple[int, ...]
    last: int
    bytes: int


def segments(data: bytes) -> Iterator[Segment]:
    """The segments after the start, the end among them if it is there. What a file that is broken
    off has of its last one is none, unless that is a scan. Raises Damaged.
    """
    place, loose = len(START), 0
    for _ in range(MOST_SEGMENTS):
        found = MARKER.search(data, place)
        if found is None:
            return
        start = found.start()
        loose += start - place
        if loose > MOST_LOOSE_BYTES:
            raise Damaged("bytes between the segments")
        segment = _segment(data, start)
        if segment is None:
            return
        yield segment
        if segment.marker == EOI:
            return
        place = segment.end
    raise Damaged("too many segments")


def _segment(data: bytes, start: int) -> Segment | None:
    marker = data[start + 1]
    if marker == EOI:
        return Segment(EOI, start, start + 2)
    if len(data) < start + 4:
        return None
    (length,) = unpack_from(">H", data, start + 2)
    end = start + 2 + length
    if length < 2 or marker < DHT - 4:
        raise Damaged("a marker that is none")
    if end > len(data):
        return None
    if marker == SOS:
        following = MARKER.search(data, end)
        end = following.start() if following else len(data)
    return Segment(marker, start, end)


def scan(data: bytes) -> Container:
    """Raises Damaged."""
    found = list(segments(data))
    frame = _frame(data, found)
    scans = [_scan(data, each) for each in found if each.marker == SOS]
    broken_off = found[-1].marker != EOI
    _check(frame, scans, broken_off)
    kept = [data[each.start : each.end] for each in found if _makes_the_picture(data, each)]
    # Progressive ones, and those of a scan for each colour, are kept in memory whole.
    whole = frame.progressive or len(scans[0].components) < len(frame.components)
    width, height = frame.size
    return Container(
        plugin="JPEG",
        size=frame.size,
        memory=BLOCK_BYTES * frame.blocks * whole + 4 * min(width * height, SCALED_PIXELS),
        data=b"".join([START, *kept, END]),
        # A bit for each block, at the very least.
        least_bytes=frame.blocks // 8,
        turn=_turn(data, found),
        profile=_profile(data, found),
        broken_off=broken_off,
    )


def _frame(data: bytes, found: list[Segment]) -> Frame:
    frames = [each for each in found if each.marker in SOF]
    if len(frames) != 1 or any(each.marker in OTHER_SOF for each in found):
        raise Damaged("not one picture of a usual kind")
    place = frames[0].start + 4
    precision, height, width, count = unpack_from(">BHHB", data, place)
    parts = [unpack_from("BBB", data, place + 6 + 3 * index) for index in range(count)]
    if precision != 8 or not width or not height or not 1 <= count <= MOST_COMPONENTS:
        raise Damaged("no picture")
    sampling = {identifier: divmod(both, 16) for identifier, both, _ in parts}
    if len(sampling) != count or not all(1 <= n <= 4 for both in sampling.values() for n in both):
        raise Damaged("no such sampling")
    most_across, most_down = (max(each) for each in zip(*sampling.values(), strict=True))
    blocks = {
        identifier: ceil(width * across / most_across / 8) * ceil(height * down / most_down / 8)
        for identifier, (across, down) in sampling.items()
    }
    return Frame(frames[0].marker == PROGRESSIVE, (width, height), blocks)


def _scan(data: bytes, segment: Segment) -> Scan:
    length, count = unpack_from(">HB", data, segment.start + 2)
    if length != 6 + 2 * count:
        raise Damaged("no scan")
    header = data[segment.start + 5 : segment.start + 2 + length]
    components = tuple(header[0 : 2 * count : 2])
    return Scan(components, header[-2], segment.end - segment.start - 2 - length)


def _check(frame: Frame, scans: list[Scan], broken_off: bool) -> None:
    if not scans or not all(set(each.components) <= set(frame.components) for each in scans):
        raise Damaged("no scan of the picture")
    visits = sum(frame.components[name] for each in scans for name in each.components)
    if visits > MOST_VISITS:
        raise Damaged("too many scans")
    if broken_off and not _came_once(frame, scans):
        raise Damaged("too much of it is missing")


def _came_once(frame: Frame, scans: list[Scan]) -> bool:
    """Whether a file that is broken off may show all of the picture, if not at its best: in the
    last scan, after others that had all of its detail. Where it ends shows when it is decoded.
    """
    if not frame.progressive:
        return len(scans) == 1 and len(scans[0].components) == len(frame.components)
    first = next(iter(frame.components))
    return any(each.last == 63 and first in each.components for each in scans[:-1])


def _makes_the_picture(data: bytes, segment: Segment) -> bool:
    if segment.marker in COLOUR:
        return _body(data, segment).startswith(COLOUR[segment.marker])
    return segment.marker in NEEDED


def _turn(data: bytes, found: list[Segment]) -> int:
    bodies = [_body(data, each) for each in found if each.marker == APP1]
    said = [exif_orientation(body) for body in bodies if body.startswith(EXIF)]
    said += [xmp_orientation(body) for body in bodies if body.startswith(XMP)]
    return next((turn for turn in said if turn != 1), 1)


def _profile(data: bytes, found: list[Segment]) -> bytes:
    """Parts are numbered: the byte after the name is the place, the next one how many there are."""
    bodies = [_body(data, each) for each in found if each.marker == APP2]
    parts = sorted(body[len(ICC) :] for body in bodies if body.startswith(ICC))
    return b"".join(part[2:] for part in parts)


def _body(data: bytes, segment: Segment) -> bytes:
    return data[segment.start + 4 : segment.end]
