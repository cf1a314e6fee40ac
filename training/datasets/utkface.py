"""UTKFace: age and gender in the file name, one unknown person a photo."""

import re
from pathlib import Path, PurePosixPath

from training.datasets.photographs import Dataset, Description, Photograph, parse_names

DESCRIPTION = Description(
    source="https://susanqq.github.io/UTKFace/ (Zhang, Song and Qi, CVPR 2017)",
    shape="AGE_GENDER_RACE_DATE.jpg, gender 0 male, 1 female",
    terms="non-commercial research",
)
NAME = re.compile(r"(\d+)_([01])_\d_\d+\.jpg(\.chip\.jpg)?")


def read(place: Path) -> Dataset:
    """Reads a folder or zip; raises MissingDataset. Files whose names lack a label are left out."""
    files, photographs = parse_names(place, DESCRIPTION, _parse)
    return Dataset("utkface", files, photographs, margin=0.1, enlarge=1.5)


def _parse(path: PurePosixPath) -> Photograph | None:
    match = NAME.fullmatch(path.name)
    if match is None:
        return None
    return Photograph(str(path), age=int(match[1]), gender=int(match[2]))
