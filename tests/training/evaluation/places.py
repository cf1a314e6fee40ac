"""Small things on disk: an FG-NET of noise with drawn faces' points, a teacher, a model folder."""

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from aifr.recognition.align import ARCFACE_TEMPLATE, arcface_crop
from aifr.recognition.card import Card, sha256, write_card
from aifr.recognition.model import DETECTOR, EMBEDDER
from tests.training.made import made_set, write_prepared
from training.datasets.fgnet import FIVE

PEOPLE, PHOTOS_EACH = 10, 6


class Mean(nn.Module):
    """Colours of sixteen squares, as an embedding."""

    def forward(self, pixels: Tensor) -> Tensor:
        squares = nn.functional.adaptive_avg_pool2d(pixels, (4, 4)).flatten(1)
        return squares - squares.mean(1, keepdim=True)


class Embedder(nn.Module):
    """`Mean`, made a model: unit embeddings, age groups, gender."""

    def __init__(self) -> None:
        super().__init__()
        self.mean = Mean()

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        identity = nn.functional.normalize(self.mean(pixels))
        groups = torch.softmax(identity[:, :3], dim=1)
        return identity, groups, torch.sigmoid(identity[:, 3])


def write_teacher(path: Path) -> Path:
    """A teacher's TorchScript file."""
    torch.jit.save(torch.jit.script(Mean().eval()), str(path))
    return path


def write_model(folder: Path, detector: Path, trained_on: list[str]) -> Path:
    """A model folder with the detector given."""
    folder.mkdir(parents=True)
    (folder / DETECTOR).write_bytes(detector.read_bytes())
    torch.jit.save(torch.jit.script(Embedder().eval()), str(folder / EMBEDDER))
    files = {name: sha256(folder / name) for name in (DETECTOR, EMBEDDER)}
    card = Card(
        version="made-1",
        sha256=files,
        crop=arcface_crop(),
        mean=127.5,
        spread=128.0,
        embedding_size=48,
        trained_on=trained_on,
    )
    write_card(folder, card)
    return folder


def write_people(folder: Path, name: str = "made", people: int = PEOPLE) -> Path:
    """A prepared set of 160 photos at the side that the models above expect."""
    made = made_set(people=people, photos_each=160 // people, side=112, name=name)
    return write_prepared(made, folder)


def write_fgnet(folder: Path) -> Path:
    """FG-NET in its own format: every person a noise pattern, and points of a face of 112 px."""
    generator = np.random.default_rng(0)
    (folder / "images").mkdir(parents=True)
    (folder / "points").mkdir()
    points = np.zeros((68, 2))
    points[FIVE] = ARCFACE_TEMPLATE
    text = "\n".join(f"{x} {y}" for x, y in points)
    for person in range(1, PEOPLE + 1):
        pattern = generator.integers(0, 256, (8, 8, 3))
        for age in generator.choice(60, PHOTOS_EACH, replace=False):
            stem = f"{person:03d}A{age:02d}"
            noise = np.clip(pattern + generator.normal(0, 30, (8, 8, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(noise).resize((112, 112)).save(folder / "images" / f"{stem}.JPG")
            lines = f"version: 1\nn_points: 68\n{{\n{text}\n}}\n"
            (folder / "points" / f"{stem}.pts").write_text(lines)
    return folder


def read_json(path: Path) -> dict:
    """A JSON file."""
    return json.loads(path.read_text())
