"""HEIC files made box by box: pictures of tiles, as phones write them, and as nobody should."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from aifr.recognition.containers.heif import boxes
from tests.photos import encoded


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def full_box(name: bytes, content: bytes, version: int = 0) -> bytes:
    return box(name, bytes([version, 0, 0, 0]) + content)


@dataclass(frozen=True)
class Tile:
    """What an encoder makes of one picture: its configuration and its bytes."""

    size: tuple[int, int]
    configuration: bytes
    pixels: bytes


def tile_of(image: Image.Image) -> Tile:
    heic = encoded(image, "HEIF", quality=60, enc_params={"preset": "ultrafast"})
    found: dict[bytes, bytes] = {}

    def walk(start: int, end: int) -> None:
        for name, first, last in boxes(heic, start, end):
            found[name] = heic[first:last]
            if name in (b"meta", b"iprp", b"ipco"):
                walk(first + (4 if name == b"meta" else 0), last)

    walk(0, len(heic))
    return Tile(image.size, found[b"hvcC"], found[b"mdat"])


def grid(
    tile: Tile,
    size: tuple[int, int],
    columns: int,
    rows: int,
    references: Sequence[int] = (),
    told: tuple[int, int] | None = None,
) -> bytes:
    """Item 2, of `size`, of columns x rows times the tile, item 1. references: which items are the
    tiles; told: the size of a tile, if not its own.
    """
    shape = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, *size)
    tiles = references or [1] * (columns * rows)
    properties = b"".join(
        [
            box(b"hvcC", tile.configuration),
            full_box(b"ispe", struct.pack(">II", *(told or tile.size))),
            full_box(b"ispe", struct.pack(">II", *size)),
        ]
    )
    associations = struct.pack(">I", 2) + struct.pack(">HBBB", 1, 2, 0x81, 2)
    associations += struct.pack(">HBB", 2, 1, 3)
    parts = [
        full_box(b"hdlr", bytes(4) + b"pict" + bytes(13)),
        full_box(b"pitm", struct.pack(">H", 2)),
        full_box(
            b"iinf",
            struct.pack(">H", 2)
            + full_box(b"infe", struct.pack(">HH4s", 1, 0, b"hvc1") + b"\0", 2)
            + full_box(b"infe", struct.pack(">HH4s", 2, 0, b"grid") + b"\0", 2),
        ),
        full_box(
            b"iref",
            box(b"dimg", struct.pack(f">HH{len(tiles)}H", 2, len(tiles), *tiles)),
        ),
        box(b"iprp", box(b"ipco", properties) + full_box(b"ipma", associations)),
    ]
    head = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    # Where the pixels lie is known once the length of all before them is.
    length = len(head) + len(full_box(b"meta", b"".join(parts))) + 44
    where = struct.pack(">BBH", 0x44, 0, 2)
    where += struct.pack(">HHHII", 1, 0, 1, length + 8, len(tile.pixels))
    where += struct.pack(">HHHII", 2, 0, 1, length + 8 + len(tile.pixels), len(shape))
    meta = full_box(b"meta", b"".join([*parts, full_box(b"iloc", where)]))
    return head + meta + box(b"mdat", tile.pixels + shape)
