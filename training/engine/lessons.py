"""The photos of a run: data sets joined, identities numbered, held-out photos set apart."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from aifr.recognition.align import Crop
from training.ages import UNKNOWN, age_groups
from training.datasets.splits import photo_split
from training.prepared import Prepared, read_prepared, refuse_measure
from training.pseudo_labels import with_pseudo_labels


@dataclass(frozen=True)
class Lessons:
    """sources: data set -> number of photos. crops: uint8 (n, side, side, 3), aligned to `crop`.
    identities: int64 (n,), 0 to `people` - 1. age_groups and
    genders: int64 (n,). Unknown labels are -1. names: "set/photo" of each.
    """

    sources: dict[str, int]
    crop: Crop
    names: list[str]
    crops: np.ndarray
    identities: np.ndarray
    age_groups: np.ndarray
    genders: np.ndarray
    people: int

    def __len__(self) -> int:
        return len(self.names)


def read_lessons(folders: list[Path], fewest_photos: int, pseudo_labels: bool) -> Lessons:
    """Joins prepared data sets; with `pseudo_labels` their unknown labels are filled where a set
    has been given some. Raises ValueError where the crops differ.
    """
    sets = [read_prepared(folder) for folder in folders]
    if pseudo_labels:
        sets = [with_pseudo_labels(*pair) for pair in zip(sets, folders, strict=True)]
    return join(sets, fewest_photos)


def join(sets: list[Prepared], fewest_photos: int) -> Lessons:
    """The lessons of prepared sets. People of fewer photos become unknown; FG-NET is refused,
    for it is the measure.
    """
    refuse_measure(sets)
    if len({part.crop for part in sets}) > 1:
        raise ValueError("the data sets were prepared with different crops")
    identities = _numbered([part.identities for part in sets], fewest_photos)
    return Lessons(
        sources={part.name: len(part.crops) for part in sets},
        crop=sets[0].crop,
        names=[f"{part.name}/{name}" for part in sets for name in part.names],
        crops=np.concatenate([part.crops for part in sets]),
        identities=identities,
        age_groups=age_groups(np.concatenate([part.ages for part in sets])),
        genders=np.concatenate([part.genders for part in sets]),
        people=int(identities.max(initial=UNKNOWN)) + 1,
    )


def held_out(lessons: Lessons, share: float, seed: int) -> np.ndarray:
    """True where a photo is held out, bool (n,); photos of unknown identity all teach."""
    return photo_split(lessons.identities, share, seed) & (lessons.identities != UNKNOWN)


def chosen(lessons: Lessons, mask: np.ndarray) -> Lessons:
    """The photos where the mask (n,) is True; identities keep their numbers."""
    return replace(
        lessons,
        names=[name for name, keep in zip(lessons.names, mask, strict=True) if keep],
        crops=lessons.crops[mask],
        identities=lessons.identities[mask],
        age_groups=lessons.age_groups[mask],
        genders=lessons.genders[mask],
    )


def data_hash(lessons: Lessons) -> str:
    """SHA-256, hex, of the photos' names, pixels and labels."""
    digest = hashlib.sha256("\n".join(lessons.names).encode())
    for array in (lessons.crops, lessons.identities, lessons.age_groups, lessons.genders):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _numbered(identities: list[np.ndarray], fewest_photos: int) -> np.ndarray:
    """Numbers 0 and on over all sets; -1 for people of too few photos and for unknown ones."""
    offsets = np.cumsum([0, *(part.max(initial=UNKNOWN) + 1 for part in identities)])
    joined = np.concatenate(
        [
            np.where(part == UNKNOWN, UNKNOWN, part + offset)
            for part, offset in zip(identities, offsets, strict=False)
        ]
    )
    people, counts = np.unique(joined[joined != UNKNOWN], return_counts=True)
    kept = people[counts >= fewest_photos]
    return np.where(np.isin(joined, kept), np.searchsorted(kept, joined), UNKNOWN)
