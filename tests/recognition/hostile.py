"""Files made to cost time or memory, or to break whoever reads them: name -> how to make it."""

import struct
import zlib
from collections.abc import Callable
from functools import cache
from itertools import chain

import numpy as np
from PIL import Image

from tests.photos import encoded, png_header, portrait
from tests.recognition.carriers import gradient, png_chunk, with_chunk
from tests.recognition.heif_boxes import Tile, box, full_box, grid, tile_of

Makes = Callable[[], bytes]
MOST = 9_900_000
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content


def frame(width: int, height: int, marker: int = 0xC0, sampling: int = 0x11) -> bytes:
    parts = bytes(chain.from_iterable((n, sampling, 0) for n in (1, 2, 3)))
    return segment(marker, struct.pack(">BHHB", 8, height, width, 3) + parts)


def scan_header(first: int = 0, last: int = 63, components: tuple[int, ...] = (1, 2, 3)) -> bytes:
    parts = bytes(chain.from_iterable((n, 0) for n in components))
    return segment(0xDA, bytes([len(components)]) + parts + bytes([first, last, 0]))


@cache
def small(kind: str) -> bytes:
    return encoded(gradient(), kind)


def without_scan(jpeg: bytes) -> bytes:
    """A JPEG up to where its pixels begin."""
    return jpeg[: jpeg.index(b"\xff\xda")]


def many_scans() -> bytes:
    """Sixteen megapixels, and a scan of next to nothing again and again."""
    whole = encoded(portrait().resize((4096, 4096)), quality=5, progressive=True)
    last = whole.rindex(b"\xff\xda")
    again = whole[whole.rindex(b"\xff\xc4", 0, last) : last] + scan_header(1, 63, (1,)) + bytes(4)
    return whole[:-2] + again * 400 + b"\xff\xd9"


def block(tags: int, claim: int, order: str = "<") -> bytes:
    """EXIF whose every tag claims most of it."""
    entries = b"".join(struct.pack(f"{order}HHII", 1 + n, 1, claim, 8) for n in range(tags))
    return b"II*\0\x08\0\0\0" + struct.pack(f"{order}H", tags) + entries


def exif_of(size: int) -> bytes:
    return block(min(65_000, size // 13), size * 9 // 10).ljust(size, b"\0")


JPEGS: dict[str, Makes] = {
    "FF for ever": lambda: JPEG + b"\xff" * MOST,
    "empty segments": lambda: JPEG + b"\xff\xe1\0\x02" * (MOST // 4),
    "empty comments before a picture": lambda: with_parts(b"\xff\xfe\0\x02" * 2_000_000),
    "escaped FF": lambda: JPEG + b"\xff\0" * (MOST // 2),
    "zeros": lambda: JPEG + b"\xff" + bytes(MOST),
    "fill before a picture": lambda: with_parts(b"\xff" * 8_000_000),
    "junk before a picture": lambda: with_parts(b"junk" * 2_000_000),
    "segments of two bytes too few": lambda: JPEG + b"\xff\xe0\0\0" * 2_000_000,
    "restart for ever": lambda: small("JPEG")[:-2] + b"\xff\xd0\xff\xd1" * 2_000_000 + b"\xff\xd9",
    "fill in a scan": lambda: small("JPEG")[:-2] + b"\xff" * 8_000_000 + b"\0",
    "starts for ever": lambda: b"\xff\xd8" * (MOST // 2),
    "many scans": many_scans,
    "many tables": lambda: with_parts(segment(0xC4, bytes(65_000)) * 150),
    "many quantisations": lambda: with_parts(segment(0xDB, (b"\0" + b"\1" * 64) * 1000) * 140),
    "the largest size": lambda: JPEG + frame(65_535, 65_535) + scan_header() + bytes(99),
    "a size within the limit": lambda: JPEG + frame(7000, 7000) + scan_header() + bytes(99),
    "progressive, of nothing": lambda: JPEG + frame(7000, 7000, 0xC2) + scan_header() + bytes(9),
    "no height": lambda: JPEG + frame(7000, 0) + scan_header() + bytes(99),
    "two pictures": lambda: with_parts(frame(64, 64)),
    "arithmetic": lambda: JPEG + frame(640, 640, 0xC9) + scan_header() + bytes(9999),
    "lossless": lambda: JPEG + frame(640, 640, 0xC3) + scan_header() + bytes(9999),
    "sampling of 15": lambda: JPEG + frame(640, 640, 0xC0, 0xFF) + scan_header() + bytes(9999),
    "EXIF of claims": lambda: with_parts(segment(0xE1, b"Exif\0\0" + exif_of(65_000)) * 150),
    "XMP of quotes": lambda: with_parts(
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"tiff:Orientation" * 4000) * 150
    ),
    "a profile of zeros": lambda: with_parts(
        segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(65_000)) * 60
    ),
    "pictures behind it": lambda: with_parts(segment(0xE2, b"MPF\0" + exif_of(60_000))),
    "Photoshop's blocks": lambda: with_parts(
        segment(0xED, b"Photoshop 3.0\0" + b"8BIM\4\4\0\0\0\0\0\0" * 5000) * 150
    ),
}


def with_parts(parts: bytes) -> bytes:
    """A good JPEG with something behind its first two bytes."""
    return JPEG + parts + small("JPEG")[2:]


def png(*chunks: bytes, size: tuple[int, int] = (96, 64), rest: bytes = b"\x08\2\0\0\0") -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">II", *size) + rest)
    return PNG + header + b"".join(chunks) + png_chunk(b"IEND", b"")


@cache
def zeros(millions: int) -> bytes:
    """A thousand times as much as this is long."""
    packer = zlib.compressobj(9, wbits=-15)
    million = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    # Adler's sum of so many zeros.
    check = (millions * 1_000_000 % 65_521) << 16 | 1
    return b"\x78\xda" + million * millions + packer.flush() + struct.pack(">I", check)


PNGS: dict[str, Makes] = {
    "20000 a side": lambda: png_header(20_000, 20_000),
    "the largest size": lambda: png_header(2**31 - 1, 2**31 - 1),
    "no size": lambda: png_header(0, 0),
    "a bomb within the limit": lambda: png(png_chunk(b"IDAT", zeros(150)), size=(7000, 7000)),
    "a bomb behind a small picture": lambda: png(png_chunk(b"IDAT", zeros(1000))),
    "empty pixels": lambda: png(png_chunk(b"IDAT", b"") * 800_000),
    "pixels of a byte": lambda: png(*(png_chunk(b"IDAT", b"x") for _ in range(19_000))),
    "empty words": lambda: png(png_chunk(b"tEXt", b"") * 800_000),
    "unknown chunks": lambda: (
        with_chunk(small("PNG"), b"prVt", b"") * 2 + png_chunk(b"prVt", b"") * 9
    ),
    "packed words": lambda: png(png_chunk(b"zTXt", b"a\0\0" + zeros(1)) * 400, small("PNG")[33:]),
    "packed words of a language": lambda: png(
        png_chunk(b"iTXt", b"a\0\1\0\0\0" + zeros(1000)), small("PNG")[33:]
    ),
    "a packed profile": lambda: with_chunk(small("PNG"), b"iCCP", b"a\0\0" + zeros(3000)),
    "EXIF of claims": lambda: with_chunk(small("PNG"), b"eXIf", exif_of(MOST - 99_999)),
    "EXIF of six bytes": lambda: with_chunk(small("PNG"), b"eXIf", b"Exif\0\0"),
    "a frame for ever": lambda: png(
        png_chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)),
        *(
            png_chunk(b"fcTL", struct.pack(">IIIIIHHBB", n, 96, 64, 0, 0, 1, 1, 0, 0))
            for n in range(400)
        ),
        small("PNG")[33:],
    ),
    "a chunk beyond the end": lambda: PNG + struct.pack(">I4s", 2**31 - 1, b"IHDR") + bytes(MOST),
    "no header": lambda: PNG + png_chunk(b"IDAT", zeros(1)),
    "a header of megabytes": lambda: PNG + png_chunk(b"IHDR", bytes(MOST - 99)),
    "a palette of megabytes": lambda: png(
        png_chunk(b"PLTE", bytes(MOST - 9999)), png_chunk(b"IDAT", zeros(1)), rest=b"\x08\3\0\0\0"
    ),
    "interlaced, of nothing": lambda: png(
        png_chunk(b"IDAT", zeros(150)), size=(7000, 7000), rest=b"\x10\6\0\0\1"
    ),
    "a colour that is none": lambda: png(png_chunk(b"IDAT", zeros(1)), rest=b"\x08\7\0\0\0"),
}


def riff(*chunks: bytes) -> bytes:
    body = b"".join(chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def part(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def canvas(width: int, height: int, flags: int = 0x02) -> bytes:
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return part(b"VP8X", struct.pack("<I", flags) + sides)


def one_frame(content: bytes) -> bytes:
    return part(b"ANMF", bytes(6) + b"\x3f\0\0\x3f\0\0" + bytes(4) + content)


@cache
def still(lossless: bool = False) -> bytes:
    """The pixels' chunk of a small picture."""
    return encoded(Image.new("RGB", (64, 64), "red"), "WEBP", lossless=lossless)[12:]


def of_size(chunk: bytes, width: int, height: int) -> bytes:
    """Pixels that claim another size."""
    if chunk.startswith(b"VP8L"):
        return chunk[:9] + struct.pack("<I", width - 1 | height - 1 << 14) + chunk[13:]
    return chunk[:14] + struct.pack("<HH", width, height) + chunk[18:]


LOOP = part(b"ANIM", bytes(6))
WEBPS: dict[str, Makes] = {
    "an animation's canvas": lambda: riff(canvas(8000, 5000), LOOP, one_frame(still()) * 2),
    "an animation's largest canvas": lambda: riff(canvas(2**24, 2**24), LOOP, one_frame(still())),
    "a still canvas": lambda: riff(canvas(16_383, 16_383, 0), still()),
    "pixels of the largest size": lambda: riff(of_size(still(True), 16_384, 16_384)),
    "pixels within the limit": lambda: riff(of_size(still(True), 4800, 4800)),
    "lossy pixels within the limit": lambda: riff(of_size(still(), 4800, 4800)),
    "no pixels": lambda: riff(canvas(64, 64)),
    "frames for ever": lambda: riff(canvas(64, 64), LOOP, one_frame(still()) * 60_000),
    "empty chunks": lambda: riff(part(b"JUNK", b"") * 1_000_000, still()),
    "frames in frames": lambda: riff(canvas(64, 64), LOOP, one_frame(one_frame(one_frame(b"")))),
    "an endless chunk": lambda: b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff" + bytes(99),
    "only a name": lambda: b"RIFF\0\0\0\0WEBP",
    "a profile of megabytes": lambda: riff(
        canvas(64, 64, 32), part(b"ICCP", bytes(MOST - 999)), still()
    ),
    "EXIF of claims": lambda: riff(
        canvas(64, 64, 8), still(), part(b"EXIF", exif_of(MOST - 99_999))
    ),
    "alpha of nothing": lambda: riff(canvas(64, 64, 16), part(b"ALPH", b"\1" * 9), still()),
}


@cache
def tile() -> Tile:
    noise = np.random.default_rng(7).integers(0, 255, (1024, 1024, 3), dtype=np.uint8)
    return tile_of(Image.fromarray(noise))


@cache
def heic() -> bytes:
    return small("HEIF")


def told(width: int, height: int, side: tuple[int, int] = (96, 64)) -> bytes:
    """A HEIC that claims another size."""
    size = struct.pack(">II", *side)
    assert b"ispe\0\0\0\0" + size in heic()
    return heic().replace(
        b"ispe\0\0\0\0" + size, b"ispe\0\0\0\0" + struct.pack(">II", width, height)
    )


def meta(*boxes: bytes) -> bytes:
    return box(b"ftyp", b"heic" + bytes(4) + b"mif1heic") + full_box(b"meta", b"".join(boxes))


def properties(*boxes: bytes) -> bytes:
    return box(b"iprp", box(b"ipco", b"".join(boxes)))


def nested(depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = box(b"meta", inner)
    return inner


SIZE = full_box(b"ispe", struct.pack(">II", 96, 64))
HEICS: dict[str, Makes] = {
    "a name alone": lambda: heic()[:24],
    "empty boxes": lambda: heic()[:28] + box(b"free", b"") * 1_200_000,
    "empty boxes inside": lambda: meta(box(b"free", b"") * 1_200_000),
    "sizes for ever": lambda: meta(properties(SIZE * 400_000)),
    "a size beyond": lambda: told(65_535, 65_535),
    "a size within the limit": lambda: told(7000, 7000),
    "a size that is too small": lambda: told(64, 64),
    "a box without end": lambda: meta() + struct.pack(">I4sQ", 1, b"mdat", 2**63) + bytes(99),
    "boxes in boxes": lambda: box(b"ftyp", b"heic" + bytes(8)) + nested(20_000),
    "a tile again and again": lambda: grid(tile(), (64, 64), 16, 16),
    "more tiles than are allowed": lambda: grid(tile(), (64, 64), 1, 1, [1] * 60_000),
    "a grid of itself": lambda: grid(tile(), (1024, 1024), 1, 1, [2]),
    "a grid within the limit": lambda: grid(tile(), (7000, 7000), 7, 7),
    "small tiles that are large": lambda: grid(tile(), (1024, 1024), 64, 62, told=(16, 16)),
    "a tile that is not there": lambda: grid(tile(), (1024, 1024), 1, 1, [77]),
    "associations for ever": lambda: meta(
        box(b"iprp", box(b"ipco", SIZE) + full_box(b"ipma", b"\xff" * MOST))
    ),
    "references for ever": lambda: meta(
        properties(SIZE), full_box(b"iref", box(b"dimg", b"\0\1" + b"\xff" * 140_000) * 60)
    ),
    "extents for ever": lambda: meta(
        properties(SIZE),
        full_box(b"iloc", b"\x44\0\xff\xff" + b"\0\1\0\0\xff\xff" + b"\0" * 8_000_000),
    ),
    "another brand": lambda: heic().replace(b"heic", b"avis"),
}


def tiff(*tags: tuple[int, int, int, int], after: bytes = b"") -> bytes:
    """A page of these tags: number, kind, count, value."""
    entries = b"".join(
        struct.pack("<HHI", *tag[:3]) + struct.pack("<I", tag[3]) for tag in sorted(tags)
    )
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4) + after


def page(width: int, height: int, compression: int, data: bytes, **more: int) -> bytes:
    tags = {256: width, 257: height, 258: 8, 259: compression, 262: 1, 277: 1, 278: height}
    tags |= {279: len(data), 273: 0} | {int(name[1:]): value for name, value in more.items()}
    start = 8 + 2 + 12 * len(tags) + 4
    tags[273] = start
    return tiff(*((tag, 4, 1, value) for tag, value in tags.items()), after=data)


TIFFS: dict[str, Makes] = {
    "tags that claim it all": lambda: (
        b"II*\0\x08\0\0\0" + block(60_000, 8_000_000)[8:].ljust(9_000_000)
    ),
    "two hundred such tags": lambda: tiff(
        *((n, 1, 8_000_000, 8) for n in range(1, 200)), after=bytes(8_000_000)
    ),
    "a directory beyond the end": lambda: b"II*\0\xff\xff\xff\xff" + bytes(99),
    "a directory in the header": lambda: b"MM\0*\0\0\0\0" + bytes(99),
    "the largest size": lambda: page(2**32 - 1, 2**32 - 1, 1, bytes(99)),
    "a size within the limit": lambda: page(7000, 7000, 1, bytes(99)),
    "a bomb of zeros": lambda: page(7000, 7000, 8, zeros(49)),
    "a bomb behind a small picture": lambda: page(64, 64, 8, zeros(1000)),
    "a packed bomb": lambda: page(7000, 7000, 32773, b"\x81\0" * 390_000),
    "fax of nothing": lambda: page(7000, 7000, 4, bytes(999_999), t258=1),
    "the largest tile": lambda: page(
        64, 64, 8, zeros(1), t322=2**31, t323=2**31, t324=200, t325=99
    ),
    "a large tile": lambda: page(64, 64, 8, zeros(60), t322=8192, t323=8192, t324=200, t325=60_000),
    "rows of none": lambda: page(64, 64, 1, bytes(4096), t278=0),
    "a page of itself": lambda: page(64, 64, 1, bytes(4096))[:-4100] + b"\x08\0\0\0" + bytes(4096),
    "JPEG of another size": lambda: page(
        64, 64, 7, encoded(portrait().convert("L").resize((3000, 3000)))
    ),
    "old JPEG": lambda: page(64, 64, 6, small("JPEG")),
    "thirty-two bits a channel": lambda: page(3000, 3000, 8, zeros(36), t258=32),
    "strips for ever": lambda: tiff(
        (256, 4, 1, 64),
        (257, 4, 1, 64),
        (258, 4, 1, 8),
        (262, 4, 1, 1),
        (278, 4, 1, 1),
        (273, 4, 2_000_000, 200),
        (279, 1, 64, 200),
        after=b"\x08\0\0\0" * 2_000_000,
    ),
}
OTHERS: dict[str, Makes] = {
    "EPS comments": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n" + b"%%X: y\n" * 1_400_000,
    "EPS newlines": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n" + b"\n" * MOST,
    "IPTC": lambda: b"\x1c\x01\x5a\0\0" * 1_900_000,
    "JPEG 2000 boxes": lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + box(b"jp2h", b"") * 1_200_000,
    "IM": lambda: b"Image type: L image\r\n" * 450_000,
    "ICNS": lambda: b"icns" + struct.pack(">I", MOST) + b"xxxx\0\0\0\x08" * 1_200_000,
    "GIF comments": lambda: b"GIF89a\1\0\1\0\0\0\0" + b"!\xfe\1a\0" * 1_900_000,
    "PPM comments": lambda: b"P6\n" + b"#\n" * 4_900_000,
    "XPM": lambda: b"/* XPM */\n" + b"\n" * MOST,
    "a disk of zeros": lambda: bytes(MOST),
    "a video": lambda: b"\0\0\0\x18ftypisom" + bytes(MOST),
    "TAR": lambda: b"photo.jpg".ljust(257, b"\0") + b"ustar" + bytes(MOST),
    "noise": lambda: np.random.default_rng(3).bytes(MOST),
}
KINDS = {
    "JPEG": JPEGS,
    "PNG": PNGS,
    "WebP": WEBPS,
    "HEIC": HEICS,
    "TIFF": TIFFS,
    "other": OTHERS,
}
HOSTILE = {f"{kind}: {name}": make for kind, all_ in KINDS.items() for name, make in all_.items()}
