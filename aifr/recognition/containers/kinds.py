"""Which format a file is of, by its first bytes alone."""

from collections.abc import Callable

from aifr.errors import UndecodableImage, UnsupportedType
from aifr.recognition.containers import heif, jpeg, png, tiff, webp
from aifr.recognition.containers.container import Container

ACCEPTED = "JPEG, PNG, WebP, HEIC or TIFF"
HEAD_BYTES = 32
SCANS: tuple[tuple[bytes, Callable[[bytes], Container]], ...] = (
    (jpeg.START + b"\xff", jpeg.scan),
    (png.START, png.scan),
    (b"II*\0", tiff.scan),
    (b"MM\0*", tiff.scan),
)
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")
# Another format is worth a different word than a damaged file.
OTHERS = (
    (b"GIF8", "GIF"),
    (b"8BPS", "Photoshop"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\1\0", "ICO"),
    (b"II+\0", "BigTIFF"),
    (b"MM\0+", "BigTIFF"),
    (b"%PDF-", "PDF"),
)


def container_of(data: bytes) -> Container:
    """What a photo's file says of itself.

    Raises UnsupportedType, UndecodableImage, and what a scan does: Damaged or struct.error.
    """
    head = data[:HEAD_BYTES]
    for magic, scan in SCANS:
        if head.startswith(magic):
            return scan(data)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return webp.scan(data)
    if head[4:8] == b"ftyp" and _is_heic(head):
        return heif.scan(data)
    name = _other(head)
    if name:
        raise UnsupportedType(f"{name} is not supported: send {ACCEPTED}.")
    raise UndecodableImage(f"The file is not a {ACCEPTED} photo.")


def _brands(head: bytes) -> tuple[bytes, ...]:
    """The first stands before a version, the others behind it."""
    return (head[8:12], *(head[place : place + 4] for place in range(16, len(head), 4)))


def _is_heic(head: bytes) -> bool:
    brands = _brands(head)
    return brands[0] in HEIC_BRANDS and not any(brand in AVIF_BRANDS for brand in brands)


def _other(head: bytes) -> str:
    """A known format that is not accepted, "" for none."""
    if head[4:8] == b"ftyp":
        return "AVIF" if any(brand in AVIF_BRANDS for brand in _brands(head)) else "A video"
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "BMP"
    return next((name for magic, name in OTHERS if head.startswith(magic)), "")
