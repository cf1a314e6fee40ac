"""What the pages on operations, security and threats name is there."""

import json
import re
from pathlib import Path

import pytest

from tests.served import ROOT

DOCS = [
    ROOT / "SECURITY.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("operations", "threat-model", "costs")),
]
ALERTS = sorted((ROOT / "infra" / "monitoring" / "alerts").glob("*.json"))


def test_every_test_of_the_threat_model_exists() -> None:
    named = re.findall(
        r"`(tests/\S+?\.py)::(\w+)`", (ROOT / "docs" / "threat-model.md").read_text()
    )

    missing = [
        f"{path}::{test}" for path, test in named if f"def {test}(" not in (ROOT / path).read_text()
    ]
    assert len(named) > 30
    assert missing == []


def test_every_threat_has_a_control_and_a_test() -> None:
    lines = (ROOT / "docs" / "threat-model.md").read_text().splitlines()
    rows = [line.split(" | ") for line in lines if line.startswith("| ")][2:]

    assert len(rows) > 20
    assert [row[0] for row in rows if len(row) != 4 or "::" not in row[3] or not row[2]] == []


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.stem)
def test_every_script_and_module_that_is_named_exists(page: Path) -> None:
    text = page.read_text()

    scripts = re.findall(r"(?<!tests/)\b(infra/[\w/.-]+\.(?:sh|txt|json|py|md))", text)
    modules = re.findall(r"python -m ((?:aifr|infra|benchmarks|training)[\w.]+)", text)
    paths = scripts + [f"{module.replace('.', '/')}.py" for module in modules]
    assert [path for path in paths if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.stem)
def test_every_alert_leads_to_its_page_of_the_runbook(alert: Path) -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "docs" / "operations.md").read_text(), re.M)

    said = json.loads(alert.read_text())["documentation"]["content"]

    found = re.match(r"docs/operations\.md, ([^:]+):", said)
    assert found and found[1] in headings


@pytest.mark.parametrize(
    "topic", ["Cold start", "Bad model", "Poison event", "Quota", "Erasure request"]
)
def test_the_runbook_has_a_page_for(topic: str) -> None:
    assert f"\n## {topic}\n" in (ROOT / "docs" / "operations.md").read_text()
