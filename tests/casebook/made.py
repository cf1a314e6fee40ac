"""Made people: photos whose colour says whom they show, and a recogniser that reads it."""

import io
from dataclasses import replace
from functools import cache

import numpy as np
from PIL import Image

from aifr.casebook.cases import Contact, Report
from aifr.casebook.sightings import Seen
from aifr.errors import NoFace
from aifr.recognition.card import Card, read_card
from aifr.recognition.faces import Face
from aifr.recognition.recognise import Recognition
from aifr.settings import Settings

STEP, NOBODY = 8, 255
SIZE = 64


@cache
def made_card() -> Card:
    """The committed model's card, calibration and all, under a name of its own."""
    return replace(read_card(Settings().model_folder), version="made-1")


@cache
def photo_of(person: int, take: int = 0) -> bytes:
    """A JPEG that shows made person 0 to 899; takes 0 to 30 of one person differ."""
    if not 0 <= person < 900:
        raise ValueError("there are 900 made people")
    red, green = person // 30, person % 30
    colour = (red * STEP + STEP // 2, green * STEP + STEP // 2, take * STEP + STEP // 2)
    return encoded(Image.new("RGB", (SIZE, SIZE), colour))


@cache
def group_photo_of(person: int, take: int = 0) -> bytes:
    """A JPEG that shows a made person, and at their right another, 450 further on."""
    image = Image.new("RGB", (2 * SIZE, SIZE))
    for place, each in enumerate((person, (person + 450) % 900)):
        image.paste(Image.open(io.BytesIO(photo_of(each, take))), (place * SIZE, 0))
    return encoded(image)


@cache
def photo_of_nobody() -> bytes:
    """A JPEG without a face."""
    return encoded(Image.new("RGB", (SIZE, SIZE), (NOBODY, NOBODY, NOBODY)))


def encoded(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def made_recognise(data: bytes, chosen: int | None) -> Recognition:
    """What a very good recogniser would say: 0.9 and more between photos of one person."""
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=float)
    width = pixels.shape[1]
    place = (chosen or 0) * SIZE
    if place >= width:
        raise NoFace("The photo shows nobody at this place.")
    # Away from the edges, where two people of a group run into each other.
    middle = pixels[8:-8, place + 16 : place + SIZE - 16]
    red, green, blue = (int(value) // STEP for value in middle.mean(axis=(0, 1)))
    if red * STEP >= NOBODY - STEP:
        raise NoFace("No face was found in the photo.")
    person = red * 30 + green
    faces = tuple(
        Face((left + 16.0, 8.0, left + 48.0, 56.0), 0.99, np.zeros((5, 2), dtype=np.float32))
        for left in range(0, width, SIZE)
    )
    return Recognition(
        size=(width, SIZE),
        faces=faces,
        face=faces[chosen or 0],
        quality=(),
        weight=1.0,
        embedding=embedding_of(person % 900, blue),
        age_groups={"young": 0.2, "adult": 0.7, "elderly": 0.1},
        female=0.5,
    )


def embedding_of(person: int, take: int = 0) -> np.ndarray:
    """Unit float32 (512,), nearly at right angles to everyone else's."""
    identity = np.random.default_rng(person).normal(size=512)
    noise = np.random.default_rng((person, take)).normal(size=512)
    whole = identity / np.linalg.norm(identity) + 0.25 * noise / np.linalg.norm(noise)
    return (whole / np.linalg.norm(whole)).astype(np.float32)


def a_report(**changes: object) -> Report:
    """A report of a missing person."""
    report = Report(
        name="Ana",
        sex="female",
        country="RO",
        birth_year=1998,
        age_missing=None,
        missing_since="2004-05-17",
        place="Cluj-Napoca",
        description="A green raincoat.",
    )
    return replace(report, **changes)  # type: ignore[arg-type]


def a_contact() -> Contact:
    """Whom to reach about it."""
    return Contact("Maria Pop", "maria@example.org", "+40 700 000 000", "mother")


def a_sighting(**changes: object) -> Seen:
    """What a sighting says."""
    seen = Seen("2022-08-01", "Turda", "RO", "unknown", 24, "At the station.")
    return replace(seen, **changes)  # type: ignore[arg-type]
