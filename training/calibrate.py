"""Fits the likelihood ratio of a model and writes it into its card:

    python -m training.calibrate --model models/default --data data/fgnet.zip

The form that is kept is the one whose likelihood ratios of other people's pairs cost least (Cllr).
The figures in the card are of pairs that their calibration was not fitted on; but the form was
chosen on these same pairs, by the least of three figures, and so the figure of the form chosen is
slightly optimistic. The calibration itself is then fitted on all pairs.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from aifr.recognition.card import read_card, write_card
from training.evaluation.bootstrap import draws
from training.evaluation.calibrating import (
    EXPECTED,
    FORMS,
    GIVEN,
    HeldOut,
    Quality,
    chance,
    fit,
    held_out,
    quality,
    with_expected_ages,
)
from training.evaluation.embedded import Embedded, embed_dataset
from training.evaluation.pair_table import WIDE_GAP, Pairs, pairs_of
from training.evaluation.record import command_line
from training.evaluation.subject import load_subject

CAUTION = (
    "The form was chosen on the same held-out pairs that the figures are of, which makes them "
    "slightly optimistic."
)


@dataclass(frozen=True)
class Calibrated:
    """parameters and figures as the card holds them; judged: the pairs the figures are of."""

    parameters: dict[str, Any]
    figures: dict[str, Any]
    judged: HeldOut


def calibrate(photos: Embedded, seed: int) -> dict[str, Calibrated]:
    """By "ages_given" and, for a model that tells age groups, "ages_expected"."""
    pairs = pairs_of(photos)
    tables = {GIVEN: pairs}
    if photos.age_groups.shape[1]:
        tables[EXPECTED] = with_expected_ages(photos, pairs)
    return {name: calibrated(photos, table, seed) for name, table in tables.items()}


def calibrated(photos: Embedded, pairs: Pairs, seed: int) -> Calibrated:
    """The form that costs least on held-out people, fitted on all."""
    drawn = draws(photos.identity_count, seed)
    judged = {name: held_out(photos, pairs, form, seed) for name, form in FORMS.items()}
    measured = {name: quality(found, drawn) for name, found in judged.items()}
    best = least_costly(measured)
    figures = {
        "all": plain(measured[best]),
        **wide_figures(judged[best], drawn),
        "cllr_by_form": {name: round(found.cllr.value, 4) for name, found in measured.items()},
    }
    origin = {"form": best, "people": photos.identity_count, "photos": int(photos.found.sum())}
    parameters = fit(pairs, photos.identity_count, FORMS[best])
    return Calibrated({**parameters, **origin}, figures, judged[best])


def wide_figures(judged: HeldOut, drawn: np.ndarray) -> dict[str, Any]:
    """Those of wide gaps alone; none where there are not pairs of both kinds."""
    wide = judged.where(judged.gap >= WIDE_GAP)
    if wide.same.all() or not wide.same.any():
        return {}
    return {f"gap >= {WIDE_GAP}": plain(quality(wide, drawn))}


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
    parser.add_argument("--cache", type=Path, default=Path("cache/evaluation"))
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    subject = load_subject(arguments.model)
    photos = embed_dataset(subject, "fgnet", arguments.data, "detected", arguments.cache)
    found = calibrate(photos, arguments.seed)
    card = read_card(arguments.model)
    figures = {
        **{name: part.figures for name, part in found.items()},
        "command": command_line("training.calibrate", sys.argv[1:]),
        "data": arguments.data.name,
        "data_sha256": photos.data_sha256,
        "caution": CAUTION,
    }
    parameters = {name: part.parameters for name, part in found.items()}
    card = replace(
        card,
        calibration={**parameters, "chance": chance(found[GIVEN].judged)},
        figures={**card.figures, "calibration": figures},
    )
    write_card(arguments.model, card)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
