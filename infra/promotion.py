"""Whether a model may follow the one that serves:

    python -m infra.promotion judge CANDIDATE SERVING --results=docs/results/default.json
    python -m infra.promotion version FOLDER

CANDIDATE and SERVING are model folders with single-mate.json beside the card, as
`training.evaluate single-mate --out` leaves it; where SERVING has none, the results stand in.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROTOCOL = "single-mate"
SAME = ("data_sha256", "crops", "seed")


class Unfit(Exception):
    """Why a model may not be deployed."""


@dataclass(frozen=True)
class Step:
    """The rank-1 of both at an age gap; least: what the candidate must reach."""

    gap: int
    candidate: float
    serving: float
    least: float

    @property
    def passes(self) -> bool:
        return self.candidate >= self.least


def read_card(folder: Path) -> dict[str, Any]:
    """card.json of a model folder."""
    card: dict[str, Any] = json.loads((folder / "card.json").read_text())
    return card


def check_files(folder: Path, card: dict[str, Any]) -> None:
    """Raises Unfit for a file that is missing or not the one that the card names."""
    for name, expected in card["sha256"].items():
        path = folder / name
        if not path.is_file():
            raise Unfit(f"{name} is missing")
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise Unfit(f"{name} is not the file that the card names")


def read_evaluation(folder: Path, version: str, results: Path | None) -> dict[str, Any]:
    """The evaluation of this version; raises Unfit where there is none."""
    for path in (folder / f"{PROTOCOL}.json", results):
        if path is not None and path.is_file():
            evaluation: dict[str, Any] = json.loads(path.read_text())
            if evaluation["model_version"] == version:
                return evaluation
    raise Unfit(f"there is no evaluation of {version}")


def figures(evaluation: dict[str, Any]) -> dict[int, dict[str, float]]:
    """Age gap -> rank-1 with its interval."""
    rows = evaluation["figures"]
    rows = rows[PROTOCOL] if isinstance(rows, dict) else rows
    return {row["gap"]: row["rank1"] for row in rows}


def compare(candidate: dict[str, Any], serving: dict[str, Any]) -> Iterator[Step]:
    """Gap by gap; raises Unfit where the two were not measured alike."""
    for name in SAME:
        if candidate[name] != serving[name]:
            raise Unfit(f"the evaluations differ in {name}: make them anew")
    new, old = figures(candidate), figures(serving)
    if set(new) != set(old):
        raise Unfit("the evaluations have different age gaps: make them anew")
    for gap in sorted(old):
        yield Step(gap, new[gap]["value"], old[gap]["value"], old[gap]["low"])


def judge(candidate: Path, serving: Path, results: Path | None) -> list[Step]:
    """The comparison; raises Unfit for a model that may not be deployed."""
    card = read_card(candidate)
    check_files(candidate, card)
    if not card.get("calibration"):
        raise Unfit("the model is not calibrated, so that no match could be weighed")
    current = read_card(serving)["version"]
    steps = list(
        compare(
            read_evaluation(candidate, card["version"], None),
            read_evaluation(serving, current, results),
        )
    )
    worse = [step.gap for step in steps if not step.passes]
    show(card["version"], current, steps)
    if worse:
        raise Unfit(f"worse beyond the interval at gaps of {worse} years")
    return steps


def show(candidate: str, serving: str, steps: list[Step]) -> None:
    """Prints the comparison as a table."""
    print(f"| rank-1, gap >= | {serving} | at least | {candidate} | |")
    print("| ---: | ---: | ---: | ---: | --- |")
    for step in steps:
        cells = [f"{value:.3f}" for value in (step.serving, step.least, step.candidate)]
        print(f"| {step.gap} | {' | '.join(cells)} | {'' if step.passes else 'worse'} |")


def main() -> None:
    """Judges, or tells a version; ends with 1 for a model that may not be deployed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["judge", "version"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("serving", type=Path, nargs="?", default=Path("models/default"))
    parser.add_argument("--results", type=Path)
    arguments = parser.parse_args()
    if arguments.what == "version":
        print(read_card(arguments.folder)["version"])
        return
    try:
        judge(arguments.folder, arguments.serving, arguments.results)
    except Unfit as reason:
        sys.exit(f"not promoted: {reason}")


if __name__ == "__main__":
    main()
