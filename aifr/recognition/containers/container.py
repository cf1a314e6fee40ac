"""What every format's scan tells."""

from dataclasses import dataclass


class Damaged(ValueError):
    """A file that breaks the rules of its format, or makes more of them than photos do."""


@dataclass(frozen=True)
class Container:
    """A scanned file.

    plugin: Pillow's name of the one decoder for it. size: (width, height) as stored, in pixels.
    memory: bytes that decoding takes. data: the file with nothing but what makes the picture.
    least_bytes: no such picture fits into fewer. turn: EXIF orientation, 1 to 8. profile: an ICC
    profile, b"" for none. broken_off: whether the end of the file is missing.
    """

    plugin: str
    size: tuple[int, int]
    memory: int
    data: bytes
    least_bytes: int = 0
    turn: int = 1
    profile: bytes = b""
    broken_off: bool = False
