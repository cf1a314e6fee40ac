"""Faces of public people, cut to the models' template already: LFW from its larger photos, members
of the UK parliament, members of the US Congress.
"""

import re
from pathlib import Path, PurePosixPath

from training.datasets.photographs import Dataset, Description, Photograph, parse_names

DESCRIPTION = Description(
    source="LFW (Huang et al. 2007); official portraits of members of parliament and of Congress",
    shape="SET/PERSON/0001.webp, 112 x 112 px, the face at the ArcFace template",
    terms="LFW: research benchmark; portraits: public record",
)
NAME = re.compile(r"\d{4}\.webp")


def read(place: Path) -> Dataset:
    """Reads a folder or zip; raises MissingDataset."""
    files, photographs = parse_names(place, DESCRIPTION, _parse)
    return Dataset("faces", files, photographs, aligned=True)


def _parse(path: PurePosixPath) -> Photograph | None:
    if len(path.parts) != 3 or NAME.fullmatch(path.name) is None:
        return None
    return Photograph(str(path), identity=str(path.parent))
