"""All-Age-Faces: age in the file name, gender by its serial number, one photo a person."""

import re
from pathlib import Path, PurePosixPath

from training.datasets.photographs import Dataset, Description, Photograph, parse_names

DESCRIPTION = Description(
    source="https://github.com/JingchunCheng/All-Age-Faces-Dataset",
    shape="SERIALaAGE.jpg such as 00000A02.jpg, serials up to 07380 female, then male",
    terms="research; cite Cheng et al. 2019",
)
NAME = re.compile(r"(\d{5})A(\d+)\.jpg")
LAST_FEMALE = 7380


def read(place: Path) -> Dataset:
    """Reads a folder or zip; raises MissingDataset."""
    files, photographs = parse_names(place, DESCRIPTION, _parse)
    return Dataset("all_age_faces", files, photographs, margin=0.1, enlarge=1.5)


def _parse(path: PurePosixPath) -> Photograph | None:
    match = NAME.fullmatch(path.name)
    if match is None:
        return None
    serial = int(match[1])
    return Photograph(
        str(path), identity=f"aaf/{serial}", age=int(match[2]), gender=int(serial <= LAST_FEMALE)
    )
