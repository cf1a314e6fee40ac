"""A folder a person and one table of ages: the layout for photos of one's own."""

import csv
import io
from pathlib import Path, PurePosixPath

from training.datasets.photographs import (
    Dataset,
    Description,
    Files,
    MissingDataset,
    Photograph,
)

DESCRIPTION = Description(
    source="your own photographs",
    shape=(
        "PERSON/anything.jpg and ages.csv with the columns file (PERSON/anything.jpg), age (years, "
        "may be empty) and, where known, gender (0 male, 1 female)"
    ),
    terms="those under which you hold them",
)
AGES = "ages.csv"
IMAGES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".bmp"}


def read(place: Path) -> Dataset:
    """Reads a folder or zip; raises MissingDataset, ValueError for a label that makes no sense."""
    if not place.exists():
        raise MissingDataset(place, DESCRIPTION)
    files = Files(place)
    images = [name for name in files.names if _is_image(PurePosixPath(name))]
    if not images or AGES not in files.names:
        raise MissingDataset(place, DESCRIPTION)
    labels = _labels(files)
    _check_files_exist(labels, images)
    return Dataset("folder", files, [_photograph(name, labels.get(name, {})) for name in images])


def _is_image(path: PurePosixPath) -> bool:
    return len(path.parts) == 2 and path.suffix.lower() in IMAGES


def _labels(files: Files) -> dict[str, dict[str, str]]:
    text = files.read(AGES).decode("utf-8-sig")
    return {row["file"]: row for row in csv.DictReader(io.StringIO(text))}


def _check_files_exist(labels: dict[str, dict[str, str]], images: list[str]) -> None:
    missing = sorted(labels.keys() - set(images))
    if missing:
        raise ValueError(f"{AGES} names {missing[0]}, which is not there ({len(missing)} such)")


def _photograph(name: str, label: dict[str, str]) -> Photograph:
    age, gender = _number(label.get("age")), _number(label.get("gender"))
    if gender not in (None, 0, 1):
        raise ValueError(f"{AGES}: the gender of {name} is {gender}; it must be 0, 1 or empty")
    return Photograph(name, f"folder/{PurePosixPath(name).parent}", age, gender)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.strip() else None
