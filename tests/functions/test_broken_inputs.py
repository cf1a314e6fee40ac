"""Two hundred files that are not what they should be: the JSON error or an answer, never worse."""

import io
import random
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.photos import encoded, face_photo, file, png_header, portrait
from tests.served import Served

SEED = 20_261_123
WANTED = 200

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle r="9"/></svg>'
HTML = b"<!doctype html><title>Not found</title><script>alert(1)</script>"


def animated(kind: str) -> bytes:
    buffer = io.BytesIO()
    small = portrait().resize((128, 128))
    others = [Image.new("RGB", (128, 128), shade) for shade in ("red", "blue")]
    small.save(buffer, kind, save_all=True, append_images=others)
    return buffer.getvalue()


def sixteen_bit() -> bytes:
    grey = np.asarray(portrait().convert("L"), dtype=np.uint16) * 257
    return encoded(Image.fromarray(grey), "PNG")


def oddities() -> Iterator[bytes]:
    """Files of a kind each."""
    yield b""
    yield b"this is a text, whatever its name says\n" * 20
    yield HTML
    yield SVG
    yield png_header(20_000, 20_000)
    yield from (animated(kind) for kind in ("GIF", "WEBP", "PNG"))
    yield sixteen_bit()
    yield encoded(portrait().convert("CMYK"))
    yield encoded(portrait().convert("P"), "PNG")
    yield encoded(portrait().convert("1"), "PNG")
    yield encoded(portrait().convert("LA"), "PNG")
    yield encoded(portrait(), "BMP")
    yield encoded(portrait(), "TIFF")
    yield from (encoded(Image.new("RGB", (1, 1)), kind) for kind in ("JPEG", "PNG", "WEBP"))
    yield encoded(Image.new("RGB", (8000, 1)), "PNG")
    yield encoded(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG")


def damaged(chance: random.Random) -> bytes:
    """A photo cut short, or with some bytes changed, or no photo at all."""
    kind = chance.choice(["JPEG", "PNG", "WEBP", "HEIF"])
    whole = bytearray(encoded(portrait().resize((160, 160)), kind))
    how = chance.randrange(3)
    if how == 0:
        return bytes(whole[: chance.randrange(1, len(whole))])
    if how == 1:
        for _ in range(chance.choice([1, 10, 200])):
            whole[chance.randrange(len(whole))] = chance.randrange(256)
        return bytes(whole)
    return bytes(whole[: chance.choice([0, 4, 16, 64])]) + chance.randbytes(
        chance.randrange(1, 4000)
    )


def test_two_hundred_broken_files_leave_the_process_serving(served_similarity: Served) -> None:
    chance = random.Random(SEED)
    broken = list(oddities())
    broken += [damaged(chance) for _ in range(WANTED - len(broken))]

    answers = [
        served_similarity.post({"image1": file(content), "image2": file(face_photo())})
        for content in broken
    ]

    for answered in answers:
        if answered.status == 200:
            assert set(answered.json) == {"similarity"}
        else:
            assert answered.status in (400, 413, 415, 422)
            assert set(answered.json["error"]) == {"type", "code", "message", "param"}
            assert answered.json["error"]["param"] == "image1"
    refused = sum(answered.status != 200 for answered in answers)
    assert refused >= WANTED / 2
    assert served_similarity.ask("GET", "/health").status == 200
