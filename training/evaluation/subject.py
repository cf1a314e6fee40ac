"""The model under evaluation: a model folder, or a teacher's TorchScript file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import normalize

from aifr.recognition.align import Crop, arcface_crop
from aifr.recognition.card import Card, sha256
from aifr.recognition.model import DETECTOR, EMBEDDER, load_model, load_network
from training.teachers import teacher_pixels

Embed = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Crops uint8 (n, side, side, 3) -> unit float32 (n, d), age groups float32 (n, 3) or (n, 0)."""


@dataclass(frozen=True)
class Subject:
    """What is evaluated. sha256: of the network's file. trained_on: None where nobody knows.
    origin: backbone and training data, in words. forms: of its calibration,
    by what is known of the ages; none without a calibration.
    """

    name: str
    version: str
    sha256: str
    trained_on: list[str] | None
    origin: str
    forms: dict[str, str]
    crop: Crop
    detector: Path
    embed: Embed

    def learnt_from(self, dataset: str) -> bool:
        """Whether the model says that it was trained on a data set, by the name of its reader."""
        return any(dataset in name.lower() for name in self.trained_on or ())


def load_subject(place: Path, detector: Path | None = None) -> Subject:
    """A model folder with its own detector, or a teacher (.pt) with the detector given.

    Raises ModelUnavailable; ValueError for a teacher without a detector.
    """
    if place.is_dir():
        return _model_folder(place)
    if detector is None:
        raise ValueError(f"{place.name} brings no detector: give one with --detector")
    return _teacher(place, detector)


def _model_folder(folder: Path) -> Subject:
    model = load_model(folder)

    def embed(crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        embeddings, age_groups, _ = model.embed(crops)
        return embeddings, age_groups

    return Subject(
        name=folder.name,
        version=model.version,
        sha256=model.card.sha256[EMBEDDER],
        trained_on=model.card.trained_on,
        origin=_origin(model.card),
        forms={
            name: part["form"] for name, part in model.card.calibration.items() if "form" in part
        },
        crop=model.card.crop,
        detector=folder / DETECTOR,
        embed=embed,
    )


def _teacher(file: Path, detector: Path) -> Subject:
    network, crop, digest = load_network(file), arcface_crop(), sha256(file)

    def embed(crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with torch.inference_mode():
            embeddings = normalize(network(teacher_pixels(crops, crop)).float()).numpy()
        return embeddings, np.empty((len(crops), 0), np.float32)

    origin = "a teacher, trained by others on data not listed here"
    return Subject(file.stem, digest[:12], digest, None, origin, {}, crop, detector, embed)


def _origin(card: Card) -> str:
    """From what the export wrote into the card."""
    backbone = card.training.get("settings", {}).get("network", {}).get("backbone", "unknown")
    taught = ", ".join(card.training.get("teachers", {}))
    origin = f"{backbone} backbone, trained on {', '.join(card.trained_on) or 'nothing listed'}"
    return f"{origin}, taught by {taught}" if taught else origin
