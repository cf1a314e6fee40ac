"""What the public sees of a photo of several people: one face, and nothing left of the others."""

import io

import numpy as np
import pytest
from PIL import Image

from aifr.errors import NoFace
from aifr.recognition.model import Model
from aifr.recognition.obscure import crop_around
from aifr.recognition.recognise import Recognition, recognise
from aifr.settings import Settings
from tests.photos import encoded, portrait

SETTINGS = Settings()
# Where the portrait's face lies, by the detector.
SIZE = 512


def box(left: float, top: float, right: float, bottom: float) -> dict[str, float]:
    return {"left": left, "top": top, "right": right, "bottom": bottom}


def group(distance: int) -> Image.Image:
    """Two of the same face, the right one mirrored, so many pixels apart."""
    image = Image.new("RGB", (SIZE + distance, SIZE))
    image.paste(portrait().transpose(Image.Transpose.FLIP_LEFT_RIGHT), (distance, 0))
    image.paste(portrait().crop((0, 0, min(SIZE, distance), SIZE)), (0, 0))
    return image


def boxes_of(seen: Recognition) -> list[dict[str, float]]:
    return [box(*map(float, face.box)) for face in seen.faces]


def shown(photo: bytes, faces: list[dict[str, float]], chosen: int) -> Image.Image:
    return Image.open(io.BytesIO(crop_around(photo, faces, chosen))).convert("RGB")


@pytest.mark.parametrize("distance", [330, 400, 512])
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_recogniser_finds_the_one_who_is_meant_and_nobody_else(
    model: Model, distance: int, side: str
) -> None:
    photo = encoded(group(distance), quality=95)
    seen = recognise(photo, model, SETTINGS)
    faces = boxes_of(seen)
    chosen = sorted(range(2), key=lambda place: faces[place]["left"])[side == "right"]

    public = recognise(encoded(shown(photo, faces, chosen), quality=95), model, SETTINGS)

    meant = recognise(photo, model, SETTINGS, chosen)
    assert len(seen.faces) == 2 and len(public.faces) == 1
    assert float(public.embedding @ meant.embedding) > 0.8


def test_a_hidden_face_is_neither_found_nor_like_itself_in_its_own_picture(model: Model) -> None:
    photo = encoded(group(400), quality=95)
    faces = boxes_of(recognise(photo, model, SETTINGS))
    left, right = sorted(range(2), key=lambda place: faces[place]["left"])
    # A crop so large that all of the hidden face lies in it.
    wide = {**faces[left], "left": faces[left]["left"] - 300, "right": faces[left]["right"] + 300}
    picture = shown(photo, [wide, faces[right]], 0)
    original = recognise(photo, model, SETTINGS, right)
    head = faces[right]
    width = head["right"] - head["left"]
    hidden = picture.crop(
        (
            round(head["left"] - width),
            max(0, round(head["top"] - width)),
            min(picture.width, round(head["right"] + width)),
            min(picture.height, round(head["bottom"] + width)),
        )
    )

    try:
        again = recognise(encoded(hidden, quality=95), model, SETTINGS)
    except NoFace:
        return
    assert float(again.embedding @ original.embedding) < 0.2


def test_of_a_hidden_face_no_more_is_left_than_a_few_patches() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 800, 3), dtype=np.uint8)
    photo = encoded(Image.fromarray(noise), quality=100)
    meant, other = box(150, 150, 250, 250), box(300, 150, 400, 250)

    picture = np.asarray(shown(photo, [meant, other], 0), dtype=float)

    # The crop begins at 50; the other's face is cut off at 350.
    hidden = picture[110:190, 265:300]
    kept = picture[110:190, 110:190]
    steps = np.abs(np.diff(hidden, axis=1)).mean()
    assert steps < 3 < np.abs(np.diff(kept, axis=1)).mean()


@pytest.mark.parametrize("chosen", [0, 1])
def test_where_faces_overlap_each_keeps_its_own_half(chosen: int) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    photo = encoded(Image.fromarray(noise), quality=100)
    faces = [box(100, 100, 180, 200), box(150, 100, 230, 200)]

    picture = np.asarray(shown(photo, faces, chosen), dtype=float)

    # The crop of 300 pixels goes over two sides of the photo.
    left = round(faces[chosen]["left"] + 40 - 150)
    middles = [(round((face["left"] + face["right"]) / 2) - max(0, left)) for face in faces]
    rough = [
        np.abs(np.diff(picture[120:180, middle - 8 : middle + 8], axis=1)).mean()
        for middle in middles
    ]
    assert rough[chosen] > 10 > 3 > rough[1 - chosen]


@pytest.mark.parametrize(
    ("face", "size"),
    [
        (box(150, 150, 250, 250), (300, 300)),
        (box(0, 0, 100, 100), (200, 200)),
        (box(-5, -5, 400, 400), (400, 400)),
        (box(390, 390, 400, 400), (20, 20)),
    ],
)
def test_the_crop_is_a_square_as_far_as_the_photo_goes(
    face: dict[str, float], size: tuple[int, int]
) -> None:
    photo = encoded(Image.new("RGB", (400, 400)), quality=95)

    assert shown(photo, [face, box(0, 0, 1, 1)], 0).size == size


def test_the_picture_holds_pixels_and_nothing_else() -> None:
    photo = encoded(Image.new("RGB", (400, 400)), comment=b"by the river")

    picture = crop_around(photo, [box(100, 100, 200, 200), box(300, 300, 350, 350)], 0)

    assert b"by the river" in photo and b"by the river" not in picture
    assert not Image.open(io.BytesIO(picture)).getexif()


def test_every_detected_face_but_one_is_hidden_however_many_there_are() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (300, 900, 3), dtype=np.uint8)
    photo = encoded(Image.fromarray(noise), quality=100)
    faces = [box(left, 120, left + 60, 180) for left in (120, 210, 300, 390)]

    picture = np.asarray(shown(photo, faces, 1), dtype=float)

    # The crop begins at 150.
    for left in (300,):
        hidden = picture[50:90, left - 150 + 20 : left - 150 + 30]
        assert np.abs(np.diff(hidden, axis=1)).mean() < 6
