"""infra/monitoring: files that Cloud Monitoring can read, about what there is."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.catalogue import TARGETS
from tests.infra.cloud import deployed_cloud
from tests.served import ROOT

FOLDER = ROOT / "infra" / "monitoring"
FILES = sorted(FOLDER.rglob("*.json"))
ALERTS = sorted((FOLDER / "alerts").glob("*.json"))


def strings(value: Any) -> list[str]:
    """Every text in a JSON value."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


def filters(path: Path) -> list[str]:
    return [text for text in strings(json.loads(path.read_text())) if "metric.type" in text]


def service_pattern(text: str) -> str | None:
    """The services that a filter is about."""
    found = re.search(r'service_name = monitoring\.regex\.full_match\("(.+?)"\)', text)
    return found[1] if found else None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_filters_are_about_every_function_of_one_environment(path: Path) -> None:
    patterns = {pattern for text in filters(path) if (pattern := service_pattern(text))}

    services = {f"{name.replace('_', '-')}-staging" for name in TARGETS}
    for pattern in patterns:
        here = pattern.replace("ENVIRONMENT", "staging")
        assert all(re.fullmatch(here, service) for service in services)
        assert not re.fullmatch(here, "similarity-production")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_counters_of_log_lines_that_are_used_are_made(path: Path) -> None:
    used = re.findall(r"logging\.googleapis\.com/user/(\w+)-ENVIRONMENT", path.read_text())

    assert set(used) <= {metric.stem for metric in (FOLDER / "metrics").glob("*.json")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_counters_read_fields_that_log_lines_have(path: Path) -> None:
    log = (ROOT / "aifr" / "endpoint" / "log.py").read_text()

    for name in re.findall(r"jsonPayload\.(\w+)", path.read_text()):
        assert f'"{name}"' in log


@pytest.mark.parametrize("path", ALERTS, ids=lambda path: path.stem)
def test_an_alert_has_what_the_api_demands(path: Path) -> None:
    alert = json.loads(path.read_text())

    assert alert["combiner"] == "OR"
    for condition in alert["conditions"]:
        threshold = condition["conditionThreshold"]
        assert {"filter", "comparison", "thresholdValue", "duration", "aggregations"} <= set(
            threshold
        )
        assert "resource.type" in threshold["filter"]


def test_the_dashboard_shows_latency_and_errors_without_overlap() -> None:
    dashboard = json.loads((FOLDER / "dashboard.json").read_text())

    tiles = dashboard["mosaicLayout"]["tiles"]
    titles = {tile["widget"]["title"] for tile in tiles}
    assert {"Latency, 95th percentile", "Server errors a second"} <= titles
    assert len({(tile["xPos"], tile["yPos"]) for tile in tiles}) == len(tiles)
    assert all(tile["xPos"] + tile["width"] <= 48 for tile in tiles)


def test_what_is_deployed_names_project_and_environment() -> None:
    state = deployed_cloud().state

    dashboard = state["made"]["monitoring dashboards aifr-staging"]
    assert dashboard["name"] == "projects/p/dashboards/aifr-staging"
    texts = strings(dashboard)
    assert not any("ENVIRONMENT" in text or "PROJECT" in text for text in texts)
    titles = {json.loads(path.read_text())["displayName"] for path in ALERTS}
    assert {title.replace("ENVIRONMENT", "staging") for title in titles} <= set(state["named"])
