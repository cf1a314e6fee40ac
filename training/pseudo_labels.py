"""Estimates age and gender where a prepared data set has none:

    python -m training.pseudo_labels runs/compact/student.pt \
        --learn cache/utkface cache/all_age_faces --label cache/lfw

Fits an estimator to the feature x of the trained network on the sets with labels, prints its error
on a fifth of their photos that it never saw, and writes pseudo_labels.csv (name, age, gender) and
pseudo_labels.json (the error) into each set to label. The estimator never saw that fifth, but the
network that gives x may have learnt from it, ages and genders included: then the error is
optimistic. `pseudo_labels = true` in a configuration of `training.train` fills unknown labels.
"""

import argparse
import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from aifr.recognition.card import sha256
from training.ages import UNKNOWN
from training.atomic import write_atomically
from training.datasets.splits import photo_split
from training.estimator import (
    Estimator,
    Labelled,
    errors,
    estimate,
    train_estimator,
    whole_years,
)
from training.features import kept_features
from training.prepared import Prepared, read_prepared, refuse_measure

LABELS, REPORT = "pseudo_labels.csv", "pseudo_labels.json"
HELD_SHARE = 0.2
CAUTION = (
    "The estimator never saw the photos that the errors are of. Where the network learnt from "
    "them, the errors are optimistic."
)


def with_pseudo_labels(prepared: Prepared, folder: Path) -> Prepared:
    """The set with its unknown ages and genders filled from the folder's pseudo-labels, if any."""
    path = folder / LABELS
    if not path.exists():
        return prepared
    with path.open(newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    estimated = {
        column: np.array([int(rows[name][column]) for name in prepared.names], dtype=np.int64)
        for column in ("age", "gender")
    }
    return replace(
        prepared,
        ages=np.where(prepared.ages == UNKNOWN, estimated["age"], prepared.ages),
        genders=np.where(prepared.genders == UNKNOWN, estimated["gender"], prepared.genders),
    )


def fit(sets: list[Labelled], seed: int = 0) -> tuple[Estimator, dict[str, dict[str, float]]]:
    """An estimator of the sets joined, and its errors on the held-out fifth of each, by number."""
    held = [
        photo_split(np.zeros(len(part.ages), np.int64), HELD_SHARE, seed + number)
        for number, part in enumerate(sets)
    ]
    taught = [_rows(part, ~out) for part, out in zip(sets, held, strict=True)]
    estimator = train_estimator(_joined(taught), seed)
    unseen = [_rows(part, out) for part, out in zip(sets, held, strict=True)]
    by_set = {str(number): errors(estimator, part) for number, part in enumerate(unseen)}
    return estimator, {"all": errors(estimator, _joined(unseen)), **by_set}


def labels(
    estimator: Estimator, features: np.ndarray, identities: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Ages, int64 years (n,), of each photo, and genders, int64 (n,), that the photos of one person
    agree on by their mean chance.
    """
    years, female = estimate(estimator, features)
    agreed = female.copy()
    for identity in np.unique(identities[identities != UNKNOWN]):
        photos = identities == identity
        agreed[photos] = female[photos].mean()
    return whole_years(years), (agreed > 0.5).astype(np.int64)


def write_labels(folder: Path, names: list[str], ages: np.ndarray, genders: np.ndarray) -> None:
    """Writes pseudo_labels.csv."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("name", "age", "gender"))
    writer.writerows(zip(names, ages.tolist(), genders.tolist(), strict=True))
    write_atomically(folder / LABELS, lambda file: file.write(text.getvalue().encode()))


def _rows(labelled: Labelled, mask: np.ndarray) -> Labelled:
    return Labelled(labelled.features[mask], labelled.ages[mask], labelled.genders[mask])


def _joined(parts: list[Labelled]) -> Labelled:
    return Labelled(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.ages for part in parts]),
        np.concatenate([part.genders for part in parts]),
    )


def _labelled(weights: Path, folder: Path, device: torch.device) -> Labelled:
    prepared = read_prepared(folder)
    refuse_measure([prepared])
    return Labelled(kept_features(weights, prepared, device), prepared.ages, prepared.genders)


def _write_report(folder: Path, weights: Path, found: dict[str, dict[str, float]]) -> None:
    content = {"network": sha256(weights), "errors": found, "caution": CAUTION}
    text = json.dumps(content, indent=1)
    write_atomically(folder / REPORT, lambda file: file.write(text.encode()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, help="of a finished run")
    parser.add_argument("--learn", type=Path, nargs="+", required=True, help="sets with labels")
    parser.add_argument("--label", type=Path, nargs="*", default=[], help="sets to label")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    sets = [_labelled(arguments.weights, folder, device) for folder in arguments.learn]
    estimator, found = fit(sets, arguments.seed)
    named = {"all": found["all"]}
    named |= {folder.name: found[str(n)] for n, folder in enumerate(arguments.learn)}
    print(json.dumps(named, indent=1))
    for folder in arguments.label:
        prepared = read_prepared(folder)
        features = kept_features(arguments.weights, prepared, device)
        write_labels(folder, prepared.names, *labels(estimator, features, prepared.identities))
        _write_report(folder, arguments.weights, named)


if __name__ == "__main__":
    main()
