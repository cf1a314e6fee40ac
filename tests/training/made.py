"""Made data: pictures that are a sum of random patterns, one for the person, one for the age group,
one for the gender, under noise.
"""

import json
from pathlib import Path

import numpy as np

from aifr.recognition.align import Crop, arcface_crop
from training.prepared import Prepared, shard_path

YEARS = np.array([15, 40, 70])


def made_set(
    people: int = 6,
    photos_each: int = 10,
    side: int = 16,
    tilt: float = 1 / 3,
    seed: int = 0,
    name: str = "made",
) -> Prepared:
    """Every person has an age group that their photos show with chance `tilt`, the others
    being equally likely: at 1/3 identity and age are independent, at 1 they are one. Gender is
    independent of both, as no real one is: identity would tell it whatever a network forgets.
    """
    generator = np.random.default_rng(seed)
    patterns = {
        "identity": generator.normal(size=(people, 3, side, side)),
        "age": generator.normal(size=(3, 3, side, side)),
        "gender": generator.normal(size=(2, 3, side, side)),
    }
    identities = np.repeat(np.arange(people), photos_each)
    groups = _groups(identities, tilt, generator)
    genders = generator.integers(0, 2, len(identities))
    pixels = (
        patterns["identity"][identities]
        + patterns["age"][groups]
        + patterns["gender"][genders]
        + generator.normal(size=(len(identities), 3, side, side))
    )
    crops = np.clip(128 + 24 * pixels, 0, 255).astype(np.uint8).transpose(0, 2, 3, 1)
    return Prepared(
        name=name,
        crop=arcface_crop(side),
        names=[f"{identity}/{photo}.jpg" for photo, identity in enumerate(identities)],
        crops=np.ascontiguousarray(crops),
        identities=identities,
        ages=YEARS[groups],
        genders=genders,
    )


def write_prepared(prepared: Prepared, folder: Path) -> Path:
    """Writes the set as `training.prepare` would; returns its folder."""
    folder.mkdir(parents=True)
    count = len(prepared.names)
    np.savez(shard_path(folder, 0), crops=prepared.crops, indices=np.arange(count), failures="[]")
    labels = zip(
        prepared.names,
        prepared.identities.tolist(),
        prepared.ages.tolist(),
        prepared.genders.tolist(),
        strict=True,
    )
    spec = {
        "dataset": prepared.name,
        "crop": _plain(prepared.crop),
        "shards": 1,
        "photographs": [
            {
                "name": name,
                "identity": None if identity < 0 else f"{prepared.name}/{identity:05d}",
                "age": None if age < 0 else age,
                "gender": None if gender < 0 else gender,
            }
            for name, identity, age, gender in labels
        ],
    }
    (folder / "spec.json").write_text(json.dumps(spec))
    return folder


def _groups(identities: np.ndarray, tilt: float, generator: np.random.Generator) -> np.ndarray:
    usual = identities % 3
    other = (usual + generator.integers(1, 3, len(identities))) % 3
    return np.where(generator.random(len(identities)) < tilt, usual, other)


def _plain(crop: Crop) -> dict:
    return {"side": crop.side, "template": crop.template}
