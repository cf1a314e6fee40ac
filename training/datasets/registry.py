"""Readers by name."""

from collections.abc import Callable
from pathlib import Path

from training.datasets import all_age_faces, fgnet, lfw, utkface
from training.datasets.photographs import Dataset

READERS: dict[str, Callable[[Path], Dataset]] = {
    "utkface": utkface.read,
    "all_age_faces": all_age_faces.read,
    "lfw": lfw.read,
    "fgnet": fgnet.read,
}
