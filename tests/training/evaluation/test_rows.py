"""Configurations beside each other."""

import json
from pathlib import Path

from training.evaluation.rows import GAPS, tables


def estimate(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.1, "high": value + 0.1}


def write_figures(folder: Path, shift: float) -> Path:
    """What `training.evaluate all` leaves, as far as rows are made of it."""
    cuts = {
        str(gap): {
            "all": {
                "auc": estimate(0.8 + shift),
                "tar": {"0.01": estimate(gap / 100), "0.001": estimate(0)},
            },
            "matched": {},
        }
        for gap in GAPS
    }
    found = {
        "single-mate": [{"gap": g, "rank1": estimate(0.5 + g / 100), "pairs": 9} for g in GAPS],
        "leave-one-out": {"rank1": estimate(0.7 + shift)},
        "verification": cuts,
        "leakage": [
            {"feature": "x", "label": "age group", "probe": "logistic", "accuracy": estimate(0.6)},
            {"feature": "x", "label": "age group", "probe": "mlp", "accuracy": estimate(0.9)},
            {"feature": "x_id", "label": "gender", "probe": "logistic", "accuracy": estimate(0.4)},
        ],
    }
    folder.mkdir(parents=True)
    for name, figures in found.items():
        (folder / f"{name}.json").write_text(json.dumps({"figures": figures}))
    return folder


def test_every_run_has_its_row(tmp_path: Path) -> None:
    folders = [
        write_figures(tmp_path / name / "detected", shift)
        for name, shift in (("one", 0.0), ("two", 0.1))
    ]

    ranks, pairs, leaks = tables(folders)

    assert [row[0] for row in ranks.rows] == ["one", "two"]
    assert [row[1] for row in ranks.rows] == ["0.700 (0.600-0.800)", "0.800 (0.700-0.900)"]
    assert dict(zip(ranks.header, ranks.rows[0], strict=True))["single mate, gap >= 15"] == (
        "0.650 (0.550-0.750)"
    )
    assert (
        dict(zip(pairs.header, pairs.rows[1], strict=True))["AUC, TAR at FAR 1%, gap >= 20"]
        == "0.900 (0.800-1.000), 0.200 (0.100-0.300)"
    )
    assert leaks.header[1:] == (
        "age group from x_id",
        "gender from x_id",
        "age group from x",
        "gender from x",
    )
    assert leaks.rows[0][1:] == ("", "0.400 (0.300-0.500)", "0.600 (0.500-0.700)", "")
