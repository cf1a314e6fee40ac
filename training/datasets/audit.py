"""Looks for photos and people that training and evaluation sets share:

    python -m training.datasets.audit --training cache/lfw cache/utkface --evaluation cache/fgnet

Compares perceptual hashes of the prepared crops, the embeddings of teachers where some are given
(kept beside each set), and the names of people. Prints a line a pair, nearest first, and ends with
status 1 where anything was found: a person must look at each pair.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from training.datasets.people import person
from training.prepared import Prepared, read_prepared
from training.teachers import teacher_embeddings

HASH_SIDE = 16
# FG-NET's photos differ from UTKFace's and All-Age-Faces's by 28 bits and more. Copies differ by
# less; what was cropped or scanned anew may not, and only embeddings find it: there the most alike
# strangers have a cosine of 0.72.
MOST_BITS = 24
LEAST_COSINE = 0.75
ROWS = 256


@dataclass(frozen=True)
class Bounds:
    """How alike a pair must be: at most so many bits of 256, or at least this cosine."""

    most_bits: int = MOST_BITS
    least_cosine: float = LEAST_COSINE


@dataclass(frozen=True)
class Shared:
    """Something on both sides. measure: "hash" (value: bits that differ, of 256), "cosine" or
    "name" (value: 1).
    """

    training: str
    evaluation: str
    measure: str
    value: float


def difference_hashes(crops: np.ndarray) -> np.ndarray:
    """dHash: whether each of 16 x 16 cells is darker than its right neighbour, bool (n, 256).

    crops: uint8 (n, side, side, 3). Survives another size, compression, brightness and contrast.
    """
    size = (HASH_SIDE + 1, HASH_SIDE)
    small = [
        np.asarray(Image.fromarray(crop).convert("L").resize(size, Image.Resampling.BOX), np.int16)
        for crop in crops
    ]
    cells = np.stack(small) if small else np.empty((0, *size[::-1]), np.int16)
    return (np.diff(cells, axis=2) > 0).reshape(len(cells), HASH_SIDE**2)


def bits_apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Differing bits, int64 (n, m), of hashes bool (n, bits) and (m, bits)."""
    a, b = a.astype(np.float32), b.astype(np.float32)
    return (a.sum(1)[:, None] + b.sum(1) - 2 * a @ b.T).round().astype(np.int64)


def alike_by_hash(
    training: Prepared, evaluation: Prepared, most_bits: int = MOST_BITS
) -> list[Shared]:
    """Pairs whose hashes, of the crop or of its mirror image, differ by at most so many bits."""
    hashes = difference_hashes(training.crops)
    plain = difference_hashes(evaluation.crops)
    mirrored = difference_hashes(evaluation.crops[:, :, ::-1])
    distances = (
        np.minimum(bits_apart(rows, plain), bits_apart(rows, mirrored)) for rows in _parts(hashes)
    )
    return _pairs(training, evaluation, "hash", ((-part, -most_bits) for part in distances))


def alike_by_embedding(
    training: Prepared,
    evaluation: Prepared,
    embeddings: tuple[np.ndarray, np.ndarray],
    least_cosine: float = LEAST_COSINE,
) -> list[Shared]:
    """Pairs whose embeddings, unit float32 (n, d) and (m, d), have at least this cosine."""
    known, sought = embeddings
    cosines = ((part @ sought.T, least_cosine) for part in _parts(known))
    return _pairs(training, evaluation, "cosine", cosines)


def same_names(training: Iterable[str], evaluation: Iterable[str]) -> list[Shared]:
    """People of one name in both, by identity labels; names without a letter tell nothing."""
    known = {person(label): label for label in training}
    return [
        Shared(known[person(label)], label, "name", 1.0)
        for label in sorted(evaluation)
        if person(label) in known and not person(label).isdigit()
    ]


def identity_labels(folder: Path) -> set[str]:
    """The identity labels of a prepared set."""
    photographs = json.loads((folder / "spec.json").read_text())["photographs"]
    labels = {photograph["identity"] for photograph in photographs}
    return labels - {None}


def audit(training: Path, evaluation: Path, bounds: Bounds, teachers: list[Path]) -> list[Shared]:
    """All that two prepared sets share, at these bounds."""
    known, sought = read_prepared(training), read_prepared(evaluation)
    found = alike_by_hash(known, sought, bounds.most_bits)
    if teachers:
        cpu = torch.device("cpu")
        embeddings = (
            teacher_embeddings(known, teachers, training, cpu),
            teacher_embeddings(sought, teachers, evaluation, cpu),
        )
        found += alike_by_embedding(known, sought, embeddings, bounds.least_cosine)
    return found + same_names(identity_labels(training), identity_labels(evaluation))


def _parts(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)]


def _pairs(
    training: Prepared,
    evaluation: Prepared,
    measure: str,
    parts: Iterable[tuple[np.ndarray, float]],
) -> list[Shared]:
    """Pairs of likeness at least the bound, the most alike first. parts: likeness (ROWS, m) of
    consecutive rows of the training set, and the bound.
    """
    found = []
    for number, (likeness, least) in enumerate(parts):
        for row, column in np.argwhere(likeness >= least):
            names = training.names[number * ROWS + row], evaluation.names[column]
            found.append(Shared(*names, measure, abs(float(likeness[row, column]))))
    return sorted(found, key=lambda pair: pair.value, reverse=measure != "hash")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--training", type=Path, nargs="+", required=True, help="prepared sets")
    parser.add_argument("--evaluation", type=Path, nargs="+", required=True, help="prepared sets")
    parser.add_argument("--teachers", type=Path, nargs="*", default=[], help="TorchScript files")
    parser.add_argument("--most-bits", type=int, default=MOST_BITS, help="of 256, for a pair")
    parser.add_argument("--least-cosine", type=float, default=LEAST_COSINE, help="for a pair")
    arguments = parser.parse_args()
    bounds = Bounds(arguments.most_bits, arguments.least_cosine)
    total = 0
    for training in arguments.training:
        for evaluation in arguments.evaluation:
            found = audit(training, evaluation, bounds, arguments.teachers)
            print(f"{training.name} and {evaluation.name} share {len(found)}")
            for pair in found:
                print(f"  {pair.measure} {pair.value:.3g}: {pair.training} = {pair.evaluation}")
            total += len(found)
    sys.exit(total > 0)


if __name__ == "__main__":
    main()
