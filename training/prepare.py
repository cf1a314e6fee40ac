"""Detects, aligns and caches the faces of a data set, with the code that serves:

    python -m training.prepare utkface data/utkface.zip cache/utkface

Resumes where it stopped; photographs without a usable face are listed in failures.csv.
"""

import argparse
import csv
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from tqdm import tqdm

from aifr.errors import AifrError
from aifr.recognition.align import Crop, align, arcface_crop
from aifr.recognition.card import sha256
from aifr.recognition.decode import decode
from aifr.recognition.detect import find_faces
from aifr.recognition.faces import choose
from aifr.recognition.model import TorchDetector, load_detector
from aifr.settings import Settings
from training.atomic import write_atomically
from training.datasets.photographs import Dataset, Photograph
from training.datasets.registry import READERS
from training.prepared import shard_path

SHARD = 512


@dataclass(frozen=True)
class Task:
    """What a worker needs besides the shard."""

    dataset: Dataset
    crop: Crop
    detector: Path
    folder: Path


def prepare(dataset: Dataset, crop: Crop, detector: Path, folder: Path, workers: int) -> None:
    """Writes the prepared data set; see `training.prepared` for its shape."""
    starts = range(0, len(dataset.photographs), SHARD)
    task = Task(dataset, crop, detector, folder)
    _claim(folder, crop, detector)
    with ProcessPoolExecutor(workers, initializer=_one_thread) as pool:
        shards = pool.map(partial(_prepare_shard, task), range(len(starts)))
        failures = [
            failure for shard in tqdm(shards, dataset.name, len(starts)) for failure in shard
        ]
    _write_failures(folder / "failures.csv", failures)
    spec = {
        "dataset": dataset.name,
        "crop": asdict(crop),
        "shards": len(starts),
        "photographs": [asdict(photograph) for photograph in dataset.photographs],
    }
    write_atomically(folder / "spec.json", lambda file: file.write(json.dumps(spec).encode()))
    print(f"{dataset.name}: {len(dataset.photographs)} photographs, {len(failures)} without a face")


def _claim(folder: Path, crop: Crop, detector: Path) -> None:
    """Notes how a folder's shards are made; raises ValueError where they were made otherwise."""
    made = json.dumps({"crop": asdict(crop), "detector": sha256(detector)})
    path = folder / "made.json"
    if not path.exists():
        write_atomically(path, lambda file: file.write(made.encode()))
    if path.read_text() != made:
        raise ValueError(f"{folder} holds crops made otherwise; prepare into another folder")


def _prepare_shard(task: Task, index: int) -> list[tuple[str, str]]:
    """Writes one shard unless it is there; returns its failures as (name, reason)."""
    path = shard_path(task.folder, index)
    photographs = task.dataset.photographs[index * SHARD : (index + 1) * SHARD]
    if not path.exists():
        _write_shard(task, path, index * SHARD, photographs)
    return json.loads(str(np.load(path)["failures"]))


def _write_shard(task: Task, path: Path, start: int, photographs: Sequence[Photograph]) -> None:
    crops, indices, failures = [], [], []
    for index, photograph in enumerate(photographs, start):
        try:
            crops.append(_crop(task, photograph))
            indices.append(index)
        except AifrError as error:
            failures.append((photograph.name, error.code))
    side = task.crop.side
    stacked = np.stack(crops) if crops else np.empty((0, side, side, 3), np.uint8)
    write_atomically(
        path,
        lambda file: np.savez(
            file,
            crops=stacked,
            indices=np.array(indices, dtype=np.int64),
            failures=np.array(json.dumps(failures)),
        ),
    )


def _crop(task: Task, photograph: Photograph) -> np.ndarray:
    settings = Settings()
    dataset = task.dataset
    if dataset.aligned:
        return _as_given(decode(dataset.files.read(photograph.name), settings).image, task.crop)
    image = widened(
        decode(dataset.files.read(photograph.name), settings).image, dataset.margin, dataset.enlarge
    )
    faces = find_faces(image, _detector(task.detector), settings)
    return align(image, choose(faces).landmarks, task.crop)


def _as_given(image: Image.Image, crop: Crop) -> np.ndarray:
    """A photo that is the crop already; raises ValueError where another crop is asked for."""
    if crop != arcface_crop() or image.size != (crop.side, crop.side):
        raise ValueError(f"a photo of {image.size} px is not the crop that is asked for")
    return np.asarray(image)


def widened(image: Image.Image, margin: float, enlarge: float) -> Image.Image:
    """The image enlarged, in a black frame `margin` of its side wide."""
    larger = ImageOps.scale(image, enlarge, Image.Resampling.BICUBIC) if enlarge != 1 else image
    return ImageOps.expand(larger, round(margin * max(larger.size)))


def _one_thread() -> None:
    """Each worker has a core: threads of its own would only wait for the other workers'."""
    torch.set_num_threads(1)


@cache
def _detector(path: Path) -> TorchDetector:
    return load_detector(path)


def _write_failures(path: Path, failures: Sequence[tuple[str, str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("name", "reason"), *failures])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", choices=sorted(READERS))
    parser.add_argument("data", type=Path, help="folder or zip of the data set")
    parser.add_argument("out", type=Path)
    parser.add_argument("--detector", type=Path, default=Path("models/default/detector.pt"))
    parser.add_argument("--side", type=int, default=112, help="pixels of the crop's side")
    parser.add_argument("--zoom", type=float, default=1.0, help="below 1: more around the face")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    prepare(
        READERS[arguments.dataset](arguments.data),
        arcface_crop(arguments.side, arguments.zoom),
        arguments.detector,
        arguments.out,
        arguments.workers,
    )


if __name__ == "__main__":
    main()
