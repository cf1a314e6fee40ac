"""CACD: age and name in the file name, no gender. Labels came from search results: about one photo
in ten shows somebody else.
"""

import re
from pathlib import Path, PurePosixPath

from training.datasets.photographs import Dataset, Description, Photograph, parse_names
from training.datasets.tables import read_table

DESCRIPTION = Description(
    source="https://bcsiriuschen.github.io/CARC/ (Chen, Chen and Hsu, ECCV 2014)",
    shape="AGE_NAME_SURNAME_0001.jpg such as 53_Robin_Williams_0001.jpg",
    terms="non-commercial research",
)
NAME = re.compile(r"(\d+)_(.+)_\d{4}\.jpg")


def read(place: Path) -> Dataset:
    """Reads a folder or zip; raises MissingDataset."""
    files, photographs = parse_names(place, DESCRIPTION, parse)
    return Dataset("cacd", files, photographs)


def read_labels(place: Path) -> list[Photograph]:
    """The photographs of its label table, celebrity2000_meta.mat; raises MissingDataset."""
    table = read_table(place, DESCRIPTION)
    people, images = table["celebrityData"][0, 0], table["celebrityImageData"][0, 0]
    names = {
        int(number): str(name.item())
        for number, name in zip(people["identity"].ravel(), people["name"].ravel(), strict=True)
    }
    columns = (images[column].ravel() for column in ("name", "identity", "age"))
    return [
        Photograph(str(file.item()), identity=f"cacd/{names[int(number)]}", age=int(age))
        for file, number, age in zip(*columns, strict=True)
    ]


def parse(path: PurePosixPath) -> Photograph | None:
    """What a file's name says; None for another file."""
    match = NAME.fullmatch(path.name)
    if match is None:
        return None
    return Photograph(str(path), identity=f"cacd/{match[2]}", age=int(match[1]))
