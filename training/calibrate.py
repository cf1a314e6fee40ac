"""Fits the likelihood ratio of a model and writes it into its card:

    python -m training.calibrate --model models/default --data data/fgnet.zip

The form that is kept is the one whose likelihood ratios of other people's pairs cost least (Cllr).
The figures in the card are of pairs that their calibration was not fitted on; the calibration
itself is then fitted on all pairs.
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from aifr.recognition.card import read_card, write_card
from training.evaluation import calibrating
from training.evaluation.bootstrap import draws
from training.evaluation.calibrating import FORMS, HeldOut, Quality, fit, held_out
from training.evaluation.embedded import Embedded, embed_dataset
from training.evaluation.likelihood import reliability_curve
from training.evaluation.pair_table import Pairs, pairs_of
from training.evaluation.plots import reliability_diagram
from training.evaluation.record import command_line
from training.evaluation.subject import load_subject

CUTS = {"all": 0, "gap of 15 years or more": 15}


def calibrate(photos: Embedded, seed: int) -> tuple[dict[str, Any], dict[str, Any], HeldOut]:
    """The calibration, its figures, both as the card holds them, and the held-out pairs."""
    pairs, drawn = pairs_of(photos), draws(photos.identity_count, seed)
    judged = {name: held_out(photos, pairs, form, seed) for name, form in FORMS.items()}
    measured = {name: calibrating.quality(found, drawn) for name, found in judged.items()}
    best = least_costly(measured)
    figures = {
        "form": best,
        "cllr_by_form": {name: round(found.cllr.value, 4) for name, found in measured.items()},
        **{
            name: plain(calibrating.quality(judged[best].where(judged[best].gap >= gap), drawn))
            for name, gap in CUTS.items()
        },
    }
    if photos.age_groups.shape[1]:
        unknown = held_out(photos, pairs, FORMS[best], seed, ages_known=False)
        figures["ages expected from the photos"] = plain(calibrating.quality(unknown, drawn))
    return fitted(photos, pairs, best), figures, judged[best]


def fitted(photos: Embedded, pairs: Pairs, form: str) -> dict[str, Any]:
    """The calibration of a form on all pairs, with where it comes from."""
    origin = {"form": form, "people": photos.identity_count, "photos": int(photos.found.sum())}
    return {**fit(pairs, photos.identity_count, FORMS[form]), **origin}


def least_costly(measured: Mapping[str, Quality]) -> str:
    """The form of least Cllr."""
    return min(measured, key=lambda name: measured[name].cllr.value)


def plain(found: Quality) -> dict[str, Any]:
    """Figures as plain JSON, four decimals."""
    interval = {name: round(value, 4) for name, value in asdict(found.cllr).items()}
    return {"cllr": interval, "cllr_min": found.cllr_min, "ece": found.ece}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="model folder")
    parser.add_argument("--data", type=Path, required=True, help="FG-NET, folder or zip")
    parser.add_argument("--out", type=Path, help="folder for the reliability diagram")
    parser.add_argument("--cache", type=Path, default=Path("cache/evaluation"))
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    subject = load_subject(arguments.model)
    photos = embed_dataset(subject, "fgnet", arguments.data, "detected", arguments.cache)
    calibration, figures, pairs = calibrate(photos, arguments.seed)
    card = read_card(arguments.model)
    origin = {
        "command": command_line("training.calibrate", sys.argv[1:]),
        "data": arguments.data.name,
        "data_sha256": photos.data_sha256,
    }
    told = {**card.figures, "calibration": {**figures, **origin}}
    write_card(arguments.model, replace(card, calibration=calibration, figures=told))
    if arguments.out:
        curve = reliability_curve(pairs.log_ratios, pairs.same, pairs.weights)
        reliability_diagram({calibration["form"]: curve}, arguments.out / "reliability.svg")
    print_figures(figures)


def print_figures(figures: Mapping[str, Any]) -> None:
    """One line a figure."""
    for name, value in figures.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
