"""Readers by name."""

from collections.abc import Callable
from pathlib import Path

from training.datasets import (
    agedb,
    all_age_faces,
    cacd,
    curation,
    faces,
    fgnet,
    folder,
    lfw,
    utkface,
)
from training.datasets.photographs import Dataset

READERS: dict[str, Callable[[Path], Dataset]] = {
    "utkface": utkface.read,
    "all_age_faces": all_age_faces.read,
    "faces": faces.read,
    "lfw": lfw.read,
    "fgnet": fgnet.read,
    "agedb": agedb.read,
    "cacd": cacd.read,
    "folder": folder.read,
    "small": curation.read_small,
    "large": curation.read_large,
}
