"""Configurations beside each other, one row a run:

    python -m training.evaluation.rows runs/one-teacher/detected runs/two-teachers/detected

Each folder is what `python -m training.evaluate all --out FOLDER` wrote; the folder that it lies in
names the row.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training.evaluation.bootstrap import Estimate
from training.evaluation.outcome import Table, markdown, show

GAPS = (0, 10, 15, 20, 25)
FEATURES = ("x_id", "x")
LABELS = ("age group", "gender")


def tables(folders: Sequence[Path]) -> list[Table]:
    """Rank-1, verification and leakage by the logistic probe, a row a folder in each."""
    ranks = [(folder.parent.name, *rank_cells(folder)) for folder in folders]
    pairs = [(folder.parent.name, *pair_cells(folder)) for folder in folders]
    leaks = [(folder.parent.name, *leak_cells(folder)) for folder in folders]
    mates = tuple(f"single mate, gap >= {gap}" for gap in GAPS)
    areas = tuple(f"AUC, TAR at FAR 1%, gap >= {gap}" for gap in GAPS)
    told = tuple(f"{label} from {feature}" for feature in FEATURES for label in LABELS)
    return [
        Table(("run", "leave-one-out", *mates), ranks),
        Table(("run", *areas), pairs),
        Table(("run", *told), leaks),
    ]


def rank_cells(folder: Path) -> list[str]:
    """Leave-one-out, then single mate by gap."""
    by_gap = {cut["gap"]: cut["rank1"] for cut in figures(folder, "single-mate")}
    ranks = [figures(folder, "leave-one-out")["rank1"], *(by_gap[gap] for gap in GAPS)]
    return [shown(rank) for rank in ranks]


def pair_cells(folder: Path) -> list[str]:
    """AUC and TAR at FAR 1 % by gap."""
    cuts = figures(folder, "verification")
    found = [cuts[str(gap)]["all"] for gap in GAPS]
    return [f"{shown(cut['auc'])}, {shown(cut['tar']['0.01'])}" for cut in found]


def leak_cells(folder: Path) -> list[str]:
    """How well the logistic probe tells each label from each feature; "" where it was not asked."""
    found = {
        (leak["feature"], leak["label"]): shown(leak["accuracy"])
        for leak in figures(folder, "leakage")
        if leak["probe"] == "logistic"
    }
    return [found.get((feature, label), "") for feature in FEATURES for label in LABELS]


def figures(folder: Path, protocol: str) -> Any:
    """What a protocol found."""
    return json.loads((folder / f"{protocol}.json").read_text())["figures"]


def shown(estimate: dict[str, float]) -> str:
    """A figure and its interval."""
    return show(Estimate(**estimate))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    print("\n\n".join(markdown(table) for table in tables(parser.parse_args().folders)))


if __name__ == "__main__":
    main()
