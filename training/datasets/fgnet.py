"""FG-NET: subject and age in the file name, 68 landmarks a photo. The measure: never trained on."""

import re
from pathlib import Path, PurePosixPath

import numpy as np

from training.datasets.photographs import Dataset, Description, Files, Photograph, parse_names

DESCRIPTION = Description(
    source="https://yanweifu.github.io/FG_NET_data/ (FG-NET ageing database)",
    shape="images/001A02.JPG (subject 1, age 2; further photos 001A02a.JPG) and points/001A02.pts",
    terms="research",
)
NAME = re.compile(r"(\d{3})[Aa](\d{2})[a-z]?\.jpg", re.IGNORECASE)
# Eye centres, nose tip, mouth corners among the 68 points.
FIVE = [31, 36, 67, 48, 54]


def read(place: Path) -> Dataset:
    """Reads a folder or zip; raises MissingDataset."""
    files, photographs = parse_names(place, DESCRIPTION, _parse)
    return Dataset("fgnet", files, photographs)


def landmarks(files: Files, photograph: Photograph) -> np.ndarray:
    """The five points (5, 2) of `aifr.recognition.align`, from the annotators' 68."""
    stem = PurePosixPath(photograph.name).stem
    points_name = next(n for n in files.names if n.lower() == f"points/{stem}.pts".lower())
    text = files.read(points_name).decode("ascii")
    numbers = text[text.index("{") + 1 : text.index("}")].split()
    points = np.array(numbers, dtype=np.float32).reshape(-1, 2)[FIVE]
    eyes, nose, mouth = points[:2], points[2:3], points[3:]
    return np.concatenate([eyes[eyes[:, 0].argsort()], nose, mouth[mouth[:, 0].argsort()]])


def _parse(path: PurePosixPath) -> Photograph | None:
    match = NAME.fullmatch(path.name)
    if match is None:
        return None
    return Photograph(str(path), identity=f"fgnet/{match[1]}", age=int(match[2]))
