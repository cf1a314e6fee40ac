"""A photo is made ready on the device: smaller, upright, without what the camera wrote into it."""

import base64
import io

from PIL import Image

from tests.frontend.conftest import Open
from tests.photos import encoded, portrait

PREPARED = """
async ([text, type]) => {
  const { prepared } = await import("/scripts/photos.js");
  const bytes = Uint8Array.from(atob(text), each => each.charCodeAt(0));
  const photo = await prepared(new File([bytes], "at-home", { type }));
  const sent = new Uint8Array(await photo.arrayBuffer());
  return btoa(Array.from(sent, each => String.fromCharCode(each)).join(""));
}
"""
ORIENTATION, GPS = 0x0112, 0x8825
TURNED = 6


def prepare(open_page: Open, content: bytes, kind: str) -> bytes:
    page = open_page("/privacy.html")
    return base64.b64decode(page.evaluate(PREPARED, [base64.b64encode(content).decode(), kind]))


def test_a_photo_loses_its_place_and_is_turned_upright(open_page: Open) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED
    exif.get_ifd(GPS)[1] = "N"
    large = portrait().crop((0, 0, 512, 256)).resize((4000, 2000))
    taken = encoded(large, exif=exif)

    sent = Image.open(io.BytesIO(prepare(open_page, taken, "image/jpeg")))

    assert GPS in Image.open(io.BytesIO(taken)).getexif()
    assert sent.size == (1024, 2048)
    assert not sent.getexif()


def test_a_small_photo_keeps_its_size(open_page: Open) -> None:
    sent = Image.open(io.BytesIO(prepare(open_page, encoded(portrait(), "PNG"), "image/png")))

    assert (sent.size, sent.format) == ((512, 512), "JPEG")


def test_what_the_browser_cannot_decode_is_sent_as_it_is(open_page: Open) -> None:
    content = b"\0\0\0\x18ftypheic" + bytes(40)

    assert prepare(open_page, content, "image/heic") == content
