"""Measures a model:

    python -m training.evaluate single-mate --model models/default --data data/fgnet.zip
    python -m training.evaluate report --model models/default --teachers a.pt b.pt \\
        --data data/fgnet.zip --out docs

MODEL is a model folder or a teacher's TorchScript file, which needs --detector. DATA is FG-NET
(folder or zip), another data set with --dataset, or the folder of a prepared one. `all` runs every
protocol, `report` does so for several models and writes results.md.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from training.ages import UNKNOWN
from training.atomic import write_atomically
from training.datasets.registry import READERS
from training.evaluation.crops import Mode
from training.evaluation.embedded import data_hash
from training.evaluation.outcome import Outcome, Table, as_json, markdown, show
from training.evaluation.protocols import PROTOCOLS, Material
from training.evaluation.record import Record, command_line, record
from training.evaluation.report import Evaluated, write_report
from training.evaluation.sources import is_prepared, labelled_photos, photos_of, ten_fold_on
from training.evaluation.subject import Subject, load_subject
from training.evaluation.thesis_pairs import write_pairs

DETECTOR = Path("models/default/detector.pt")
CACHE = Path("cache/evaluation")


def evaluate(arguments: argparse.Namespace, command: str) -> None:
    """Runs one protocol or all; prints its tables, and writes JSON and Markdown into --out."""
    subject = load_subject(arguments.model, arguments.detector)
    if arguments.protocol == "verification" and is_lfw(arguments.data):
        told = record(
            command, subject, arguments.data, data_hash(arguments.data), "detected", arguments.seed
        )
        write_outcome("ten-fold", lfw_outcome(subject, arguments), told, arguments.out)
        return
    material = material_of(subject, arguments, arguments.crops)
    told = record_of(subject, material, arguments, arguments.crops, command)
    names = list(PROTOCOLS) if arguments.protocol == "all" else [arguments.protocol]
    for name in names:
        labelled = labelled_material(subject, arguments) if name == "leakage" else None
        outcome = PROTOCOLS[name](labelled or material)
        if labelled:
            notes = [*outcome.notes, *learnt_notes(subject, arguments.labelled)]
            outcome = replace(outcome, notes=notes)
        write_outcome(name, outcome, told, arguments.out)
    if "pairs" in names and arguments.out:
        write_pairs(material.thesis_pairs, material.photos, arguments.out / "pairs.csv")


def report(arguments: argparse.Namespace, command: str) -> None:
    """Writes results.md for the model and the teachers."""
    models: list[Evaluated] = []
    for place in (arguments.model, *arguments.teachers):
        subject = load_subject(place, arguments.detector)
        detected = material_of(subject, arguments, "detected")
        models.append(
            Evaluated(
                subject=subject,
                detected=detected,
                landmarks=material_of(subject, arguments, "landmarks"),
                labelled=None if models else labelled_material(subject, arguments),
                labelled_notes=learnt_notes(subject, arguments.labelled),
                record=record_of(subject, detected, arguments, "detected", command),
                options=options(arguments, "model", "data", "dataset", "seed"),
                labelled_options=options(arguments, "labelled", "network"),
            )
        )
    write_report(models, arguments.out or Path("docs"))


def material_of(subject: Subject, arguments: argparse.Namespace, crops: Mode) -> Material:
    """The photos of --data; raises ValueError where the protocol needs ages or identities that are
    not known.
    """
    photos = photos_of(subject, arguments.data, arguments.dataset, crops, arguments.cache)
    if arguments.protocol not in ("holdout", "leakage"):
        for label, values in (("age", photos.ages), ("identity", photos.identities)):
            if (values == UNKNOWN).any():
                raise ValueError(f"{arguments.protocol} needs the {label} of every photo")
    return Material(photos, arguments.seed)


def labelled_material(subject: Subject, arguments: argparse.Namespace) -> Material | None:
    """The photos of --labelled, with x of --network; None without them."""
    if arguments.labelled is None:
        return None
    seed, cache = arguments.seed, arguments.cache
    photos = labelled_photos(subject, arguments.labelled, arguments.network, seed, cache)
    return Material(photos, seed)


def learnt_notes(subject: Subject, labelled: Path | None) -> list[str]:
    """A note where the model learnt from the set that leakage is measured on."""
    if labelled is None or not subject.learnt_from(read_spec(labelled)["dataset"]):
        return []
    return ["The model learnt from this data set; on photos new to it the figures may differ."]


def options(arguments: argparse.Namespace, *names: str) -> list[str]:
    """Those of the options that were given or have defaults, as one would type them."""
    given = [(name, getattr(arguments, name)) for name in names]
    return [
        word for name, value in given if value is not None for word in (f"--{name}", str(value))
    ]


def lfw_outcome(subject: Subject, arguments: argparse.Namespace) -> Outcome:
    """Ten-fold verification on prepared LFW, or the note that the model was trained on it."""
    if subject.learnt_from("lfw"):
        note = "LFW is among what the model was trained on, so that it cannot be measured there."
        return Outcome({}, [], [note])
    result = ten_fold_on(subject, arguments.data, arguments.seed, arguments.cache)
    table = Table(("accuracy, ten folds", "pairs"), [(show(result.accuracy), str(result.pairs))])
    return Outcome(result, [table])


def is_lfw(place: Path) -> bool:
    """Whether a place holds LFW, prepared."""
    return is_prepared(place) and read_spec(place)["dataset"] == "lfw"


def read_spec(folder: Path) -> dict[str, Any]:
    """The spec.json of a prepared data set."""
    return json.loads((folder / "spec.json").read_text())


def record_of(
    subject: Subject, material: Material, arguments: argparse.Namespace, crops: str, command: str
) -> Record:
    """How the figures of a run come about."""
    digest = material.photos.data_sha256
    return record(command, subject, arguments.data, digest, crops, arguments.seed)


def write_outcome(name: str, outcome: Outcome, told: Record, folder: Path | None) -> None:
    """Prints tables and notes; writes NAME.json and NAME.md where there is a folder."""
    parts = [f"## {name}", *map(markdown, outcome.tables), *outcome.notes]
    text = "\n\n".join(parts) + "\n"
    print(text)
    if folder is None:
        return
    content = as_json({**asdict(told), "figures": outcome.figures, "notes": outcome.notes})
    write_atomically(folder / f"{name}.json", lambda file: file.write(content.encode()))
    whole = f"{text}\n    {told.command}\n"
    write_atomically(folder / f"{name}.md", lambda file: file.write(whole.encode()))


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=Verbatim)
    parser.add_argument("protocol", choices=[*PROTOCOLS, "all", "report"])
    parser.add_argument(
        "--model", type=Path, required=True, help="model folder, or a teacher's .pt"
    )
    parser.add_argument("--teachers", type=Path, nargs="*", default=[], help="for `report`")
    parser.add_argument("--data", type=Path, required=True, help="FG-NET, or a prepared data set")
    parser.add_argument("--dataset", choices=sorted(READERS), default="fgnet")
    parser.add_argument("--labelled", type=Path, help="prepared set with age and gender: leakage")
    parser.add_argument("--network", type=Path, help="student.pt of the model: leakage of x")
    parser.add_argument("--crops", choices=("detected", "landmarks"), default="detected")
    parser.add_argument("--detector", type=Path, default=DETECTOR, help="for a teacher")
    parser.add_argument("--out", type=Path, help="folder for the files")
    parser.add_argument("--cache", type=Path, default=CACHE, help="crops and embeddings are kept")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(argv)


Verbatim = argparse.RawDescriptionHelpFormatter


def main() -> None:
    arguments = parse(sys.argv[1:])
    torch.set_num_threads(1)
    command = command_line("training.evaluate", sys.argv[1:])
    run = report if arguments.protocol == "report" else evaluate
    run(arguments, command)


if __name__ == "__main__":
    main()
