"""What the site tells of the model: a public extract of its card and of what was measured."""

import json
import re
from typing import Any

from infra.catalogue import ROOT

CARD = ROOT / "models" / "default" / "card.json"
MEASURED = ROOT / "docs" / "results" / "default.json"
# Of the gaps in years that were measured, those that the page of the model shows.
GAPS = ("0", "15")


def public_figures() -> dict[str, Any]:
    """Version, calibration and, where they are of this version, the measured figures."""
    card = json.loads(CARD.read_text())
    measured = json.loads(MEASURED.read_text())
    calibration = card.get("calibration", {})
    figures = {
        "version": card["version"],
        "trained_on": card["trained_on"],
        "calibration": calibration.get("ages_given"),
    }
    if measured["model_version"] != card["version"]:
        return figures
    fitted = card["figures"]["calibration"]
    return {
        **figures,
        "data": measured["data"],
        "date": measured["date"],
        "single_mate": measured["figures"]["single-mate"],
        "leave_one_out": measured["figures"]["leave-one-out"],
        "verification": [_verification(measured, gap) for gap in GAPS],
        "by_age": [
            _band(band)
            for band in measured["figures"]["fairness"]["bands"]
            if band["kind"] == "younger age"
        ],
        "reliability": [
            {"name": name, **{key: fitted[name]["all"][key] for key in ("cllr", "ece")}}
            for name in ("ages_given", "ages_expected")
            if name in fitted
        ],
    }


def _verification(measured: dict[str, Any], gap: str) -> dict[str, Any]:
    found = measured["figures"]["verification"][gap]["all"]
    return {
        "gap": int(gap),
        **{key: found[key] for key in ("auc", "eer", "same")},
        "tar": found["tar"]["0.01"],
    }


def _band(band: dict[str, Any]) -> dict[str, Any]:
    low, high = re.findall(r"\d+", band["name"])
    return {"low": int(low), "high": int(high), "missed": band["fnmr"], "same": band["same"]}
