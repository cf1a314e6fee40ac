"""A data set in memory: where its files are and what is known of each photograph."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from zipfile import ZipFile


@dataclass(frozen=True)
class Photograph:
    """One photograph and its labels; None is unknown.

    name: path within the data set. age: years. gender: 0 male, 1 female.
    """

    name: str
    identity: str | None = None
    age: int | None = None
    gender: int | None = None


class Files:
    """The files of a folder or of a zip, by their path within it."""

    def __init__(self, place: Path) -> None:
        self._place = place

    @cached_property
    def _zip(self) -> ZipFile | None:
        return ZipFile(self._place) if self._place.is_file() else None

    @cached_property
    def names(self) -> list[str]:
        """Every file's path, with forward slashes, sorted."""
        if self._zip is not None:
            return sorted(name for name in self._zip.namelist() if not name.endswith("/"))
        found = (path for path in self._place.rglob("*") if path.is_file())
        return sorted(path.relative_to(self._place).as_posix() for path in found)

    def read(self, name: str) -> bytes:
        """The content of a file."""
        if self._zip is not None:
            return self._zip.read(name)
        return (self._place / name).read_bytes()

    def __getstate__(self) -> dict[str, Path]:
        # An open zip must not be shared between processes: each opens its own.
        return {"_place": self._place}


@dataclass(frozen=True)
class Dataset:
    """A data set. margin: share of the side to add around each photo before faces are sought in it,
    for sets that were cut tightly. enlarge: factor by which such photos are enlarged then. aligned:
    whether the photos are crops at the ArcFace template, in which no face is sought.
    """

    name: str
    files: Files
    photographs: list[Photograph]
    margin: float = 0.0
    enlarge: float = 1.0
    aligned: bool = False


@dataclass(frozen=True)
class Description:
    """What a person needs to get a data set: its source, its shape on disk, its terms."""

    source: str
    shape: str
    terms: str


class MissingDataset(Exception):
    """The data set is not where it was sought, or does not look like itself."""

    def __init__(self, place: Path, description: Description) -> None:
        super().__init__(
            f"{place} does not hold the data set.\n  From: {description.source}\n"
            f"  It must look like: {description.shape}\n  Terms: {description.terms}"
        )


Parse = Callable[[PurePosixPath], Photograph | None]


def parse_names(place: Path, description: Description, parse: Parse) -> tuple[Files, list]:
    """The files of a place and the photographs whose names `parse` understands.

    Raises MissingDataset where the place or any such photograph is missing.
    """
    if not place.exists():
        raise MissingDataset(place, description)
    files = Files(place)
    parsed = (parse(PurePosixPath(name)) for name in files.names)
    photographs = [photograph for photograph in parsed if photograph is not None]
    if not photographs:
        raise MissingDataset(place, description)
    return files, photographs
