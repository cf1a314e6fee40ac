"""The whole path: photo bytes -> the chosen face, its quality, its identity embedding."""

from dataclasses import dataclass

import numpy as np

from aifr.recognition.align import align
from aifr.recognition.decode import decode
from aifr.recognition.detect import find_faces
from aifr.recognition.faces import Choice, Face, choose
from aifr.recognition.model import Model
from aifr.recognition.quality import Reason, assess
from aifr.settings import Settings
from aifr.stages import stage

AGE_GROUPS = ("young", "adult", "elderly")


@dataclass(frozen=True)
class Recognition:
    """What is known of one photo.

    size: (width, height) of the upright photo in pixels, the unit of every box and landmark.
    faces: all that were found, most probable first. quality: the reasons for doubt. weight: above 0
    to 1, for templates. embedding: float32 unit (d,), never to leave the server.
    age_groups: group -> probability. female: probability.
    """

    size: tuple[int, int]
    faces: tuple[Face, ...]
    face: Face
    quality: tuple[Reason, ...]
    weight: float
    embedding: np.ndarray
    age_groups: dict[str, float]
    female: float


def recognise(
    data: bytes, model: Model, settings: Settings, choice: Choice = "largest"
) -> Recognition:
    """Finds, chooses, aligns, assesses and embeds the face of a photo.

    Raises what `decode` raises, NoFace and SeveralFaces.
    """
    with stage("decode"):
        photo = decode(data, settings)
    with stage("detect"):
        faces = find_faces(photo.image, model.detector, settings)
        face = choose(faces, choice)
    with stage("align"):
        crop = align(photo.image, face.landmarks, model.card.crop)
        quality, weight = assess(face.scaled(photo.scale), crop)
    with stage("embed"):
        embeddings, age_groups, female = model.embed(crop[None])
    return Recognition(
        size=photo.size,
        faces=tuple(found.scaled(photo.scale) for found in faces),
        face=face.scaled(photo.scale),
        quality=quality,
        weight=weight,
        embedding=embeddings[0],
        age_groups=dict(zip(AGE_GROUPS, age_groups[0].tolist(), strict=True)),
        female=float(female[0]),
    )
