"""Made embeddings to search among, and what an exact search in double precision finds.

They are made to lie as a model's do: on 2,005 faces of LFW the embeddings of the committed model
fill about 48 of their 512 dimensions (participation ratio of the variances), variances falling
exponentially. An approximate index finds much less where all dimensions are filled alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DIMENSION = 512
# exp(-k / 24) has the participation ratio 48.
DECAY = 24.0
PHOTOS_EACH = 5
# Of a photo's variance, the part that all photos of the person share: their mean similarity.
SHARED = 0.6
BLOCK = 2_000
FOUND = 10


@dataclass(frozen=True)
class Gallery:
    """embeddings: float32 unit (n, d), people's photos after one another. probes: (p, d), another
    photo each of somebody in the gallery.
    """

    embeddings: np.ndarray
    probes: np.ndarray


def make_gallery(folder: Path, size: int, probes: int, seed: int) -> Gallery:
    """A gallery in files of a folder, mapped into memory."""
    generator = np.random.default_rng(seed)
    asked = np.sort(generator.choice(size // PHOTOS_EACH, probes, replace=False))
    files = [folder / "embeddings.npy", folder / "probes.npy"]
    embeddings, others = (
        np.lib.format.open_memmap(file, "w+", np.float32, (count, DIMENSION))
        for file, count in zip(files, (size, probes), strict=True)
    )
    for start in range(0, size, BLOCK):
        people = person_of(np.arange(start, min(size, start + BLOCK)))
        centres = _spread(generator, BLOCK // PHOTOS_EACH)
        here = np.isin(asked, people)
        embeddings[start : start + BLOCK] = _photos(generator, centres[people - people[0]])
        others[here] = _photos(generator, centres[asked[here] - people[0]])
    return open_gallery(folder)


def open_gallery(folder: Path) -> Gallery:
    """The gallery in the files of a folder."""
    embeddings, probes = (
        np.load(folder / name, mmap_mode="r") for name in ("embeddings.npy", "probes.npy")
    )
    return Gallery(embeddings, probes)


def blocks(gallery: Gallery) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Row numbers and their embeddings, some at a time."""
    for start in range(0, len(gallery.embeddings), BLOCK):
        part = np.array(gallery.embeddings[start : start + BLOCK])
        yield np.arange(start, start + len(part)), part


def person_of(row: np.ndarray) -> np.ndarray:
    """Whom a row shows."""
    return row // PHOTOS_EACH


def is_female(row: np.ndarray) -> np.ndarray:
    """What searches filter by: half of the people."""
    return person_of(row) % 2 == 0


def exact(gallery: Gallery, female_only: bool) -> np.ndarray:
    """For each probe the FOUND rows most like it, most similar first, in double precision."""
    probes = gallery.probes.astype(np.float64)
    best = np.full((len(probes), FOUND), -np.inf)
    rows = np.zeros((len(probes), FOUND), np.int64)
    for numbers, part in blocks(gallery):
        if female_only:
            part, numbers = part[is_female(numbers)], numbers[is_female(numbers)]
        similarities = np.hstack([best, probes @ part.astype(np.float64).T])
        candidates = np.hstack([rows, np.broadcast_to(numbers, (len(probes), len(numbers)))])
        order = np.argsort(-similarities, axis=1)[:, :FOUND]
        best = np.take_along_axis(similarities, order, 1)
        rows = np.take_along_axis(candidates, order, 1)
    return rows


def recall(found: Sequence[Sequence[int]], truth: np.ndarray) -> float:
    """The part of each row of `truth` that is in the same row of `found`; the mean over rows."""
    hits = [len(np.intersect1d(*pair)) for pair in zip(found, truth, strict=True)]
    return float(np.mean(hits)) / truth.shape[1]


def _photos(generator: np.random.Generator, centres: np.ndarray) -> np.ndarray:
    """A photo of the person at each centre."""
    photos = SHARED**0.5 * centres + (1 - SHARED) ** 0.5 * _spread(generator, len(centres))
    return photos / np.linalg.norm(photos, axis=1, keepdims=True)


def _spread(generator: np.random.Generator, count: int) -> np.ndarray:
    """Points whose variances fall from dimension to dimension."""
    deviations = np.exp(-np.arange(DIMENSION) / (2 * DECAY)).astype(np.float32)
    return generator.standard_normal((count, DIMENSION), np.float32) * deviations
