"""TIFF: a directory of tags that point anywhere (TIFF 6.0, 1992). The first page alone."""

from struct import pack, unpack_from

from aifr.recognition.containers.container import Container, Damaged
from aifr.recognition.containers.orientation import ORDERS, exif_orientation

WIDTH, HEIGHT, BITS, COMPRESSION, CHANNELS = 256, 257, 258, 259, 277
STRIP, TILE_WIDTH, TILE_HEIGHT, PROFILE = 278, 322, 323, 34675
# What makes the picture: how it is coded, where it lies, which colours it has.
NEEDED = (
    *(WIDTH, HEIGHT, BITS, COMPRESSION, 262, 266, 273, CHANNELS, STRIP, 279, 284, 292, 293, 317),
    *(320, TILE_WIDTH, TILE_HEIGHT, 324, 325, 338, 339, 347, 530, 532),
)
# None, fax, LZW, JPEG, deflate, PackBits.
COMPRESSIONS = (1, 2, 3, 4, 5, 7, 8, 32773, 32946)
UNIT_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
WHOLE_NUMBERS = {1: "B", 3: "H", 4: "I"}
MOST_TAGS = 200
MOST_TILE_SIDE = 8192
# LZW packs a little better than deflate; faxes of one colour, a row in four bits.
MOST_PACKED = 2800


class Tags:
    """The tags of the first page: number -> (kind, count, place of the value)."""

    def __init__(self, data: bytes) -> None:
        self.data, self.order = data, ORDERS[data[:4]]
        (start,) = unpack_from(f"{self.order}I", data, 4)
        (count,) = unpack_from(f"{self.order}H", data, start)
        if not 1 <= count <= MOST_TAGS:
            raise Damaged("too many tags")
        self.entries = [
            data[place : place + 12] for place in range(start + 2, start + 2 + 12 * count, 12)
        ]
        if len(self.entries[-1]) < 12:
            raise Damaged("a directory beyond the file")
        self.found: dict[int, tuple[int, int, int]] = {}
        for index, entry in enumerate(self.entries):
            self._read(entry, start + 2 + 12 * index)
        if sum(UNIT_BYTES[kind] * count for kind, count, _ in self.found.values()) > len(data):
            raise Damaged("tags that claim more than there is")

    def _read(self, entry: bytes, place: int) -> None:
        tag, kind, count = unpack_from(f"{self.order}HHI", entry)
        if kind not in UNIT_BYTES:
            return
        size, value = UNIT_BYTES[kind] * count, place + 8
        if size > 4:
            (value,) = unpack_from(f"{self.order}I", entry, 8)
        if value + size <= len(self.data):
            self.found.setdefault(tag, (kind, count, value))

    def number(self, tag: int, default: int = 0) -> int:
        """The first value of a tag."""
        kind, count, place = self.found.get(tag, (0, 0, 0))
        if kind not in WHOLE_NUMBERS or not count:
            return default
        return int(unpack_from(f"{self.order}{WHOLE_NUMBERS[kind]}", self.data, place)[0])

    def content(self, tag: int) -> bytes:
        """The bytes of a tag, b"" where it is not there."""
        kind, count, place = self.found.get(tag, (1, 0, 0))
        return self.data[place : place + UNIT_BYTES[kind] * count]

    def only(self, wanted: tuple[int, ...]) -> bytes:
        """The file with these tags and no further page."""
        kept = {
            tag: entry
            for entry in self.entries
            if (tag := int(unpack_from(f"{self.order}H", entry)[0])) in wanted and tag in self.found
        }
        body = self.data[8:] + b"\0" * (len(self.data) % 2)
        header = self.data[:4] + pack(f"{self.order}I", 8 + len(body))
        directory = b"".join(kept[tag] for tag in sorted(kept))
        return header + body + pack(f"{self.order}H", len(kept)) + directory + bytes(4)


def scan(data: bytes) -> Container:
    """Raises Damaged."""
    tags = Tags(data)
    width, height = tags.number(WIDTH), tags.number(HEIGHT)
    bits, channels = tags.number(BITS, 1), tags.number(CHANNELS, 1)
    if not (width and height and 1 <= bits <= 32 and 1 <= channels <= 8):
        raise Damaged("no picture")
    if tags.number(COMPRESSION, 1) not in COMPRESSIONS:
        raise Damaged("a compression that scanners do not use")
    if max(tags.number(TILE_WIDTH), tags.number(TILE_HEIGHT)) > MOST_TILE_SIDE:
        raise Damaged("too large a tile")
    row_bytes = 1 + width * bits * channels // 8
    # Unpacked whole; it may be all of the picture.
    strip = min(height, tags.number(STRIP, height))
    tile_bytes = tags.number(TILE_WIDTH) * tags.number(TILE_HEIGHT) * bits * channels // 8
    return Container(
        plugin="TIFF",
        size=(width, height),
        memory=4 * width * height + strip * row_bytes + tile_bytes,
        data=tags.only(NEEDED),
        least_bytes=height * row_bytes // MOST_PACKED,
        turn=exif_orientation(data),
        profile=tags.content(PROFILE),
    )
