"""infra/promote.sh: only a model that is not worse is deployed, and one that fails goes back."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.infra.cloud import Cloud
from tests.served import ROOT

VERSION = "better-1234abcd"
GAPS = (0, 5, 10, 15, 20, 25)


def evaluation(version: str, value: float, **other: Any) -> dict[str, Any]:
    """What `training.evaluate single-mate --out` leaves."""
    rows = [
        {"gap": gap, "rank1": {"value": value, "low": value - 0.05, "high": value + 0.05}}
        for gap in GAPS
    ]
    same = {"data_sha256": "d", "crops": "detected", "seed": 0}
    return {"model_version": version, **same, "figures": rows, **other}


def card(version: str, embedder: bytes, **other: Any) -> dict[str, Any]:
    digest = hashlib.sha256(embedder).hexdigest()
    return {"version": version, "sha256": {"embedder.pt": digest}, "calibration": {"a": 1}, **other}


class Models:
    """A model that serves, and a candidate in the bucket."""

    def __init__(self, folder: Path, cloud: Cloud) -> None:
        self.cloud = cloud
        self.served = folder / "served"
        self.served.mkdir()
        self.write_served("embedder.pt", b"old")
        self.write_served("card.json", json.dumps(card("old-1", b"old")).encode())
        self.write_served("single-mate.json", json.dumps(evaluation("old-1", 0.40)).encode())
        self.offer(0.41)

    def write_served(self, name: str, content: bytes) -> None:
        (self.served / name).write_bytes(content)

    def offer(self, value: float, embedder: bytes = b"new", **other: Any) -> None:
        """Puts a candidate with these figures into the bucket."""
        place = f"models/{VERSION}"
        told = card(VERSION, b"new", **other.pop("card", {}))
        figures = evaluation(VERSION, value, **other)
        self.cloud.put_object(f"{place}/embedder.pt", embedder)
        self.cloud.put_object(f"{place}/card.json", json.dumps(told).encode())
        self.cloud.put_object(f"{place}/single-mate.json", json.dumps(figures).encode())

    @property
    def serving(self) -> str:
        version: str = json.loads((self.served / "card.json").read_text())["version"]
        return version

    def promote(self, *words: str, typed: str = "") -> Any:
        return self.cloud.run(
            "promote.sh", *words, VERSION, typed=typed, AIFR_SERVED=str(self.served)
        )


@pytest.fixture
def models(tmp_path: Path) -> Models:
    (tmp_path / "cloud").mkdir()
    return Models(tmp_path, Cloud(tmp_path / "cloud"))


def test_a_better_model_is_installed_deployed_and_re_embedded(models: Models) -> None:
    ran = models.promote("--yes")

    assert ran.code == 0, ran.err
    assert models.serving == VERSION
    assert (models.served / "embedder.pt").read_bytes() == b"new"
    assert set(models.cloud.state["services"]) == {
        "similarity-staging",
        "batch-similarity-staging",
        "search-staging",
        "ingest-staging",
    }
    assert models.cloud.calls[-1][1:5] == ["run", "jobs", "execute", "reembed-staging"]


def test_a_model_within_the_interval_of_the_other_passes(models: Models) -> None:
    models.offer(0.36)

    assert models.promote("--yes").code == 0


@pytest.mark.parametrize(
    ("offered", "reason"),
    [
        ({"value": 0.34}, "worse beyond the interval at gaps of [0, 5, 10, 15, 20, 25] years"),
        ({"value": 0.5, "data_sha256": "other"}, "the evaluations differ in data_sha256"),
        ({"value": 0.5, "model_version": "another"}, f"there is no evaluation of {VERSION}"),
        ({"value": 0.5, "embedder": b"else"}, "embedder.pt is not the file that the card names"),
        ({"value": 0.5, "card": {"calibration": {}}}, "the model is not calibrated"),
    ],
)
def test_an_unfit_model_changes_nothing(
    models: Models, offered: dict[str, Any], reason: str
) -> None:
    models.offer(**offered)

    ran = models.promote("--yes")

    assert ran.code != 0
    assert reason in ran.err
    assert models.serving == "old-1"
    assert models.cloud.state["services"] == {}


def test_a_version_that_is_not_in_the_bucket_changes_nothing(models: Models) -> None:
    shutil.rmtree(models.cloud.objects)

    assert models.promote("--yes").code != 0
    assert models.serving == "old-1"


def test_if_the_functions_go_back_so_does_the_model(models: Models) -> None:
    models.cloud.fail("curl .*search-staging")

    ran = models.promote("--yes")

    assert ran.code != 0
    assert models.serving == "old-1"
    assert (models.served / "embedder.pt").read_bytes() == b"old"
    assert not any("execute" in call for call in models.cloud.calls)


def test_it_asks_before_it_replaces(models: Models) -> None:
    ran = models.promote(typed="no\n")

    assert ran.code == 2
    assert models.serving == "old-1"


def test_the_committed_model_has_an_evaluation_to_be_compared_with() -> None:
    version = json.loads((ROOT / "models/default/card.json").read_text())["version"]
    results = json.loads((ROOT / "docs/results/default.json").read_text())

    assert results["model_version"] == version
    assert [row["gap"] for row in results["figures"]["single-mate"]] == list(GAPS)
