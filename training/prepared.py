"""A prepared data set: its aligned crops and what is known of each.

On disk: `spec.json` (data set, crop, photographs), `crops-00000.npz` and on, one a shard.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aifr.recognition.align import Crop
from training.ages import UNKNOWN


@dataclass(frozen=True)
class Prepared:
    """crops: uint8 (n, side, side, 3). identities: int64 (n,), unique over sets only together with
    the set's name. ages: int64 years. genders: int64, 0 male, 1 female. Unknown labels are -1.
    """

    name: str
    crop: Crop
    names: list[str]
    crops: np.ndarray
    identities: np.ndarray
    ages: np.ndarray
    genders: np.ndarray


def refuse_measure(sets: Sequence[Prepared]) -> None:
    """Raises ValueError where FG-NET is among the sets: it measures and is never learnt from."""
    if any(prepared.name == "fgnet" for prepared in sets):
        raise ValueError("FG-NET measures and is never learnt from")


def shard_path(folder: Path, index: int) -> Path:
    """Where a shard lies."""
    return folder / f"crops-{index:05d}.npz"


def read_prepared(folder: Path) -> Prepared:
    """Reads what `training.prepare` wrote; raises FileNotFoundError where it did not end."""
    spec = json.loads((folder / "spec.json").read_text())
    shards = [np.load(shard_path(folder, index)) for index in range(spec["shards"])]
    found = np.concatenate([shard["indices"] for shard in shards])
    photographs = [spec["photographs"][index] for index in found]
    labels = [p["identity"] for p in photographs]
    numbers = {label: number for number, label in enumerate(sorted({*labels} - {None}))}
    return Prepared(
        name=spec["dataset"],
        crop=Crop.read(spec["crop"]),
        names=[p["name"] for p in photographs],
        crops=np.concatenate([shard["crops"] for shard in shards]),
        identities=np.array([numbers.get(label, UNKNOWN) for label in labels], dtype=np.int64),
        ages=_known([p["age"] for p in photographs]),
        genders=_known([p["gender"] for p in photographs]),
    )


def _known(values: list[int | None]) -> np.ndarray:
    return np.array([UNKNOWN if value is None else value for value in values], dtype=np.int64)
