"""How EXIF or XMP says to turn a photo. What cannot be read says nothing.

Pillow reads every tag of a block, and a block may hold thousands that each claim all of the file.
"""

import re
from struct import error, unpack_from

PREFIX = b"Exif\0\0"
ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
ORIENTATION = 0x0112
VALUES = {3: "H", 4: "I"}
MOST_TAGS = 500
MOST_XMP_BYTES = 1_000_000
XMP = re.compile(rb'tiff:Orientation(?:\s*=\s*["\']|>)\s*([1-8])\b')


def exif_orientation(block: bytes) -> int:
    """1 to 8; 1, as it is, for a block that does not say or cannot be read."""
    block = block.removeprefix(PREFIX)
    order = ORDERS.get(block[:4])
    try:
        value = _tag(block, order) if order else 1
    except error:
        return 1
    return value if 1 <= value <= 8 else 1


def _tag(block: bytes, order: str) -> int:
    (start,) = unpack_from(f"{order}I", block, 4)
    (count,) = unpack_from(f"{order}H", block, start)
    for place in range(start + 2, start + 2 + 12 * min(count, MOST_TAGS), 12):
        tag, kind = unpack_from(f"{order}HH", block, place)
        if tag == ORIENTATION and kind in VALUES:
            return int(unpack_from(f"{order}{VALUES[kind]}", block, place + 8)[0])
    return 1


def xmp_orientation(packet: bytes) -> int:
    """1 to 8; 1 for a packet that does not say."""
    found = XMP.search(packet[:MOST_XMP_BYTES])
    return int(found[1]) if found else 1
