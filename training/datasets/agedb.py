"""AgeDB: name, age and gender in the file name."""

import re
from pathlib import Path, PurePosixPath

from training.datasets.photographs import Dataset, Description, Photograph, parse_names
from training.datasets.tables import read_table

DESCRIPTION = Description(
    source="https://ibug.doc.ic.ac.uk/resources/agedb/ (Moschoglou et al. 2017, on request)",
    shape="INDEX_NAME_AGE_GENDER.jpg such as 0_MariaCallas_35_f.jpg, gender m or f",
    terms="non-commercial research",
)
NAME = re.compile(r"\d+_(.+)_(\d+)_([mf])\.jpg")


def read(place: Path) -> Dataset:
    """Reads a folder or zip; raises MissingDataset."""
    files, photographs = parse_names(place, DESCRIPTION, parse)
    return Dataset("agedb", files, photographs)


def read_labels(place: Path) -> list[Photograph]:
    """The photographs of its label table, AgeDB_metadata.mat; raises MissingDataset."""
    names = read_table(place, DESCRIPTION)["filename"].ravel()
    parsed = (parse(PurePosixPath(str(name.item()))) for name in names)
    return [photograph for photograph in parsed if photograph is not None]


def parse(path: PurePosixPath) -> Photograph | None:
    """What a file's name says; None for another file."""
    match = NAME.fullmatch(path.name)
    if match is None:
        return None
    return Photograph(
        str(path), identity=f"agedb/{match[1]}", age=int(match[2]), gender="mf".index(match[3])
    )
