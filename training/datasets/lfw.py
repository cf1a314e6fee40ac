"""Labeled Faces in the Wild: a folder a person, no ages."""

import re
from pathlib import Path, PurePosixPath

from training.datasets.photographs import Dataset, Description, Photograph, parse_names

DESCRIPTION = Description(
    source="http://vis-www.cs.umass.edu/lfw/ (Huang et al. 2007)",
    shape="Name_Surname/Name_Surname_0001.jpg",
    terms="research benchmark",
)
NAME = re.compile(r"(.+)_\d{4}\.jpg")


def read(place: Path) -> Dataset:
    """Reads a folder or zip; raises MissingDataset."""
    files, photographs = parse_names(place, DESCRIPTION, _parse)
    return Dataset("lfw", files, photographs, margin=0.25, enlarge=2.0)


def _parse(path: PurePosixPath) -> Photograph | None:
    match = NAME.fullmatch(path.name)
    if match is None or match[1] != path.parent.name:
        return None
    return Photograph(str(path), identity=f"lfw/{match[1]}")
