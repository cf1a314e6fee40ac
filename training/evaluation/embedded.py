"""An evaluation set embedded by the model under evaluation; kept, since protocols share it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.ages import UNKNOWN
from training.atomic import write_atomically
from training.datasets.photographs import Photograph
from training.datasets.registry import READERS
from training.evaluation.crops import Crops, Mode, evaluation_crops
from training.evaluation.subject import Subject
from training.prepared import Prepared

BATCH = 64


@dataclass(frozen=True)
class Embedded:
    """n photographs of an evaluation set, as a model sees them.

    names: paths in the data set. identities: int64 (n,), 0 up to their count, -1 unknown. ages:
    int64 years, genders: int64, 0 male, 1 female; -1 unknown. found: bool (n,), False for a missed
    face. embeddings: float32 unit (n, d), 0 for a missed face. age_groups: float32 probabilities
    (n, 3), (n, 0) from a model without them.
    features: further ones by name, such as "x" of a training checkpoint, float32 (n, d).
    """

    names: list[str]
    identities: np.ndarray
    ages: np.ndarray
    genders: np.ndarray
    found: np.ndarray
    embeddings: np.ndarray
    age_groups: np.ndarray
    data_sha256: str
    features: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def identity_count(self) -> int:
        """How many known identities there are."""
        return int(self.identities.max(initial=UNKNOWN)) + 1


def embed_dataset(subject: Subject, dataset: str, place: Path, mode: Mode, cache: Path) -> Embedded:
    """A data set in its own format (folder or zip), by the name of its reader.

    Raises MissingDataset.
    """
    source, digest = READERS[dataset](place), data_hash(place)
    crops = evaluation_crops(source, digest, mode, subject.crop, subject.detector, cache)
    key = f"{subject.sha256} {digest} {mode} {crops_hash(crops)}"
    return embedded(subject, source.photographs, crops, digest, kept_at(cache, key))


def embed_prepared(
    subject: Subject, prepared: Prepared, digest: str, index: np.ndarray, cache: Path
) -> Embedded:
    """The photos at `index` of a prepared data set; faces that preparing it missed are no part of
    it. digest: `data_hash` of its folder.

    Raises ValueError where its crops are not those of the model.
    """
    if prepared.crop != subject.crop:
        raise ValueError(f"the crops of {prepared.name} are not those {subject.name} was made for")
    crops = Crops(prepared.crops[index], np.ones(len(index), bool))
    key = f"{subject.sha256} {digest} {sha256(index.tobytes()).hexdigest()}"
    result = embedded(subject, _photographs(prepared, index), crops, digest, kept_at(cache, key))
    return replace(result, identities=prepared.identities[index])


def embedded(
    subject: Subject, photographs: Sequence[Photograph], crops: Crops, digest: str, path: Path
) -> Embedded:
    """Embeds the crops of photographs, or reads from `path` what was embedded before."""
    if not path.exists():
        parts = _embeddings(subject, crops)
        write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **parts))
    parts = np.load(path)
    return Embedded(
        names=[photograph.name for photograph in photographs],
        identities=numbered([photograph.identity for photograph in photographs]),
        ages=_known([photograph.age for photograph in photographs]),
        genders=_known([photograph.gender for photograph in photographs]),
        found=crops.found,
        embeddings=parts["embeddings"],
        age_groups=parts["age_groups"],
        data_sha256=digest,
    )


def numbered(labels: Sequence[str | None]) -> np.ndarray:
    """Identity labels -> int64 (n,), numbered in alphabetical order; None is -1."""
    numbers = {label: number for number, label in enumerate(sorted({*labels} - {None}))}  # type: ignore[type-var]
    return np.array([numbers.get(label, UNKNOWN) for label in labels], dtype=np.int64)


def data_hash(place: Path) -> str:
    """sha256 of a zip's name and bytes, or of a folder's images and labels: their paths, from the
    folder on, and bytes.
    """
    digest = sha256()
    root = place.parent if place.is_file() else place
    for path in [place] if place.is_file() else sorted(place.rglob("*")):
        # A prepared folder also holds teachers' embeddings, which come and go.
        if path.is_file() and path.suffix != ".npy":
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def crops_hash(crops: Crops) -> str:
    """sha256 of the crops' pixels."""
    return sha256(crops.pixels.tobytes()).hexdigest()


def kept_at(cache: Path, key: str) -> Path:
    """Where the embeddings of a key are kept."""
    return cache / f"embeddings-{sha256(key.encode()).hexdigest()[:16]}.npz"


def _embeddings(subject: Subject, crops: Crops) -> dict[str, np.ndarray]:
    starts = tqdm(range(0, len(crops.pixels), BATCH), subject.name)
    batches = [subject.embed(crops.pixels[start : start + BATCH]) for start in starts]
    embeddings, age_groups = (np.concatenate(part) for part in zip(*batches, strict=True))
    return {"embeddings": embeddings * crops.found[:, None], "age_groups": age_groups}


def _photographs(prepared: Prepared, index: np.ndarray) -> list[Photograph]:
    labels = (prepared.ages[index].tolist(), prepared.genders[index].tolist())
    names = [prepared.names[i] for i in index]
    return [
        Photograph(name, None, age, gender)
        for name, age, gender in zip(names, *labels, strict=True)
    ]


def _known(values: Sequence[int | None]) -> np.ndarray:
    return np.array([UNKNOWN if value is None else value for value in values], dtype=np.int64)
