"""The scripts of infra/ as text: linted, formatted, and in commands that gcloud knows."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra.catalogue import EVENT_TARGETS, HTTP_TARGETS, TARGETS
from infra.lock import CPU, CUDA, inputs
from infra.site import CONTENT_POLICY
from tests.infra.cloud import demand
from tests.served import ROOT

SCRIPTS = sorted((ROOT / "infra").rglob("*.sh"))
COMMANDS = ("deploy", "destroy", "promote", "roll_back", "train_vm", "trust_github", "on_vm")
ROWS = [
    line.split()
    for line in (ROOT / "infra" / "functions.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def lint(*command: str, script: Path) -> str:
    """What a linter says of a script."""
    demand(command[0], shutil.which(command[0]))
    done = subprocess.run([*command, str(script)], cwd=ROOT, capture_output=True, text=True)
    return done.stdout + done.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_shellcheck_finds_nothing(script: Path) -> None:
    assert lint("shellcheck", "--external-sources", script=script) == ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_shfmt_would_change_nothing(script: Path) -> None:
    assert lint("shfmt", "--indent", "2", "--case-indent", "--diff", script=script) == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_stops_at_the_first_failure(name: str) -> None:
    script = ROOT / "infra" / f"{name}.sh"

    assert "\nset -euo pipefail\n" in script.read_text()
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "on_vm"])
def test_a_command_tells_how_it_is_used(name: str) -> None:
    done = subprocess.run(
        [str(ROOT / "infra" / f"{name}.sh"), "--help"], capture_output=True, text=True
    )

    assert done.returncode == 0
    assert f"infra/{name}.sh" in done.stdout


def test_the_audit_asks_of_every_locked_package(tmp_path: Path) -> None:
    for tool in ("pip-audit", "curl"):
        (tmp_path / tool).write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/{tool}.txt\n')
        (tmp_path / tool).chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"

    subprocess.run(["infra/audit.sh"], cwd=ROOT, env={**os.environ, "PATH": path}, check=True)

    asked = (tmp_path / "pip-audit.txt").read_text().splitlines()
    locks = {str(lock.relative_to(ROOT)) for lock in [*inputs(), CPU, CUDA]}
    assert {line.split()[1] for line in asked} == locks
    assert all("--require-hashes" in line and "--strict" in line for line in asked)


@cache
def known_commands() -> dict[str, Any]:
    """The tree of gcloud's commands and flags, as its shell completion has it."""
    gcloud = shutil.which("gcloud")
    demand("gcloud", gcloud)
    data = Path(str(gcloud)).resolve().parent.parent / "data" / "cli" / "gcloud_completions.py"
    demand("gcloud's table of commands", data.is_file())
    content: dict[str, Any] = {}
    exec(data.read_text(), content)  # noqa: S102 - a table that comes with gcloud
    tree: dict[str, Any] = content["STATIC_COMPLETION_CLI_TREE"]
    return tree


def unknown_parts(command: str) -> set[str]:
    """The words and flags of a gcloud command that gcloud does not know."""
    words = re.sub(r"'[^']*'", "VALUE", command).split()[1:]
    node, flags = known_commands(), set(known_commands()["flags"])
    for word in words:
        if word not in node.get("commands", {}):
            break
        node = node["commands"][word]
        flags |= set(node.get("flags", {}))
    used = {word.partition("=")[0] for word in words if word.startswith("--")}
    if node.get("commands"):
        return {f"no command: {' '.join(words)}"}
    return {flag for flag in used if flag not in flags and flag.replace("--no-", "--") not in flags}


def dry_run(name: str, *words: str) -> str:
    done = subprocess.run(
        [str(ROOT / "infra" / f"{name}.sh"), "--dry-run", "--project", "p", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHON": sys.executable},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.replace("\\\n    ", "")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("deploy", ["--domain", "faces.example.org", "--alert-email", "a@example.org"]),
        ("destroy", ["--data"]),
        ("roll_back", ["similarity"]),
        ("promote", ["compact-00000000"]),
        ("train_vm", ["training/configs/compact.toml", "utkface"]),
        ("trust_github", ["owner/repository"]),
    ],
)
def test_gcloud_knows_every_command_and_flag(name: str, words: list[str]) -> None:
    plan = dry_run(name, *words)

    commands = re.findall(r"^(?:  )?(gcloud .*?)(?: \|\|| &&| <<<.*)?$", plan, re.MULTILINE)
    unknown = {part for command in commands for part in unknown_parts(command)}
    assert commands
    assert unknown == set()


def test_the_table_of_functions_names_what_there_is() -> None:
    targets = {row[0]: row[1] for row in ROWS}
    triggers = {row[0]: row[2] for row in ROWS}

    assert targets == dict(TARGETS)
    assert {name for name, trigger in triggers.items() if trigger == "http"} == set(HTTP_TARGETS)
    assert {name for name, trigger in triggers.items() if trigger != "http"} == set(EVENT_TARGETS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_concurrency_fits_the_cpu(row: list[str]) -> None:
    name, cpu, concurrency = row[0], int(row[4]), int(row[5])
    requirements = (ROOT / "functions" / name / "requirements.txt").read_text()

    assert 1 <= concurrency <= (4 if "torch" in requirements else 16) * cpu


PAGES = [*sorted((ROOT / "frontend").rglob("*.html")), ROOT / "infra" / "docs" / "index.html"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_carries_the_policy_that_is_sent_with_it(page: Path) -> None:
    # frame-ancestors counts in a header alone.
    policy = [part for part in CONTENT_POLICY.split("; ") if not part.startswith("frame-ancestors")]

    head = page.read_text().partition("<title>")[0]

    told = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', head)
    assert told == ["; ".join(policy)]
    assert not re.search(r"<(link|script).*<meta http-equiv", head, re.DOTALL)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_function_has_a_bound_of_instances(row: list[str]) -> None:
    plan = dry_run("deploy", row[0])

    assert 1 <= int(row[7]) <= 100
    assert f"--max-instances={row[7]} " in plan
