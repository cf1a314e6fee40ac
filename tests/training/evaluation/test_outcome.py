"""Figures as JSON and Markdown, and how they came about."""

import json
from pathlib import Path

from training.evaluation.bootstrap import Estimate
from training.evaluation.outcome import Table, as_json, markdown, show, stacked
from training.evaluation.record import command_line

FIGURE = Estimate(0.91382, 0.87044, 0.94687)


def test_a_figure_is_shown_with_its_interval() -> None:
    assert show(FIGURE) == "0.914 (0.870-0.947)"


def test_tables_of_several_models_stand_below_each_other() -> None:
    tables = [(name, Table(("gap", "AUC"), [("15", name * 2)])) for name in ("a", "b")]

    assert markdown(stacked(tables)).splitlines() == [
        "| model | gap | AUC |",
        "| --- | --- | --- |",
        "| a | 15 | aa |",
        "| b | 15 | bb |",
    ]


def test_json_has_plain_numbers_and_null_for_what_cannot_be_had() -> None:
    figures = {0.01: FIGURE, "list": [Estimate(float("nan"), 0.0, 1.0)], "pair": (1, "x")}

    assert json.loads(as_json(figures)) == {
        "0.01": {"value": 0.91382, "low": 0.87044, "high": 0.94687},
        "list": [{"value": None, "low": 0.0, "high": 1.0}],
        "pair": [1, "x"],
    }


def test_a_printed_command_tells_nothing_of_the_machine(tmp_path: Path) -> None:
    arguments = ["all", "--data", str(tmp_path / "fgnet.zip"), "--out", "docs", "--x", "../a/b.pt"]

    line = command_line("training.evaluate", arguments)

    assert line == "python -m training.evaluate all --data fgnet.zip --out docs --x b.pt"
