"""The scripts of infra/ on a cloud that is a stand-in: no network, no account, no cost."""

import copy
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.infra.standin import Fault, Server, Standin
from tests.served import ROOT

GOLDEN = Path(__file__).with_name("golden")
TOOLS = ("gcloud", "curl", "make")
WHOLE = ("--domain", "faces.example.org", "--alert-email", "someone@example.org")
# Stages nothing, which tests/infra/test_stage.py does, but tells a digest that holds still while
# the sources are being worked on.
PYTHON = """#!/bin/bash
if [[ "$2" != infra.stage ]]; then exec {python} "$@"; fi
place="${{!#}}"; mkdir -p "${{place#--out=}}"
if [[ "$*" == *--digest* ]]; then printf '%s %s\\n' "$3" "$(cat {version} 2>/dev/null)"; fi
"""
# What only looks.
LOOKS = re.compile(
    r"\b(describe|list|service-agent|print-access-token)\b|^curl --fail .* --header @- https"
)


@dataclass(frozen=True)
class Ran:
    """How a script ended."""

    code: int
    out: str
    err: str


class Cloud:
    """What exists in the stand-in, and the scripts that change it."""

    def __init__(self, folder: Path, state: Any = None) -> None:
        self.objects, self.build, self._bin = (
            folder / name for name in ("objects", "build", "bin")
        )
        self._bin.mkdir()
        self.standin = Standin(self.objects)
        self.standin.state.update(copy.deepcopy(state or {}))
        Server(self.standin).install(self._bin, TOOLS)
        self._python = self._bin / "python3"
        self._python.write_text(PYTHON.format(python=sys.executable, version=folder / "version"))
        self._python.chmod(0o755)

    def run(self, script: str, *words: str, typed: str = "", **variables: str) -> Ran:
        """A script of infra/ with these options, in a project called `p`."""
        done = subprocess.run(
            [str(ROOT / "infra" / script), "--project", "p", *words],
            input=typed,
            env={**os.environ, **self.environment, **variables},
            capture_output=True,
            text=True,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    @property
    def environment(self) -> dict[str, str]:
        """What makes a script use the stand-in."""
        return {
            "PATH": f"{self._bin}:{os.environ['PATH']}",
            "PYTHON": str(self._python),
            "AIFR_BUILD": str(self.build),
            "AIFR_PAUSE": "0",
        }

    def fail(self, *patterns: str, times: int | None = None, code: int = 1) -> None:
        """Has the calls that match fail from now on; none, if no pattern is given."""
        self.standin.faults = [Fault(pattern, times, code) for pattern in patterns]

    @property
    def calls(self) -> list[list[str]]:
        """Every call since the last `forget`."""
        return self.standin.calls

    @property
    def changes(self) -> list[str]:
        """The calls that change something, each as one line."""
        lines = [self.plain(shlex.join(call)) for call in self.calls]
        return [line for line in lines if not LOOKS.search(line)]

    def forget(self) -> None:
        """Forgets the calls, not what they made."""
        self.standin.calls = []

    def plain(self, text: str) -> str:
        """A text without what differs from machine to machine and from version to version."""
        text = text.replace(str(self.build), "build").replace(str(self._python), "python3")
        return re.sub(r"source=[0-9a-f]{40}", "source=DIGEST", text)

    @property
    def state(self) -> Any:
        """All that exists, as of now."""
        return copy.deepcopy(self.standin.state)

    def put_object(self, name: str, content: bytes) -> None:
        """An object in a bucket of the stand-in, to be copied from."""
        path = self.objects / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@cache
def deployed_cloud() -> Cloud:
    """A project in which everything was deployed once, to be looked at or copied."""
    cloud = Cloud(Path(tempfile.mkdtemp(prefix="cloud")))
    ran = cloud.run("deploy.sh", *WHOLE)
    assert ran.code == 0, ran.err
    return cloud


def assert_golden(name: str, lines: Sequence[str]) -> None:
    """The lines are those of golden/NAME; AIFR_WRITE_GOLDEN=1 writes them instead, to be reviewed
    in the diff.
    """
    path = GOLDEN / name
    if os.environ.get("AIFR_WRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
    assert list(lines) == path.read_text().splitlines()


def demand(tool: str, found: object) -> None:
    """Skips by name where a tool is absent, and fails where AIFR_DEMAND_TOOLS is set."""
    if found:
        return
    if os.environ.get("AIFR_DEMAND_TOOLS"):
        pytest.fail(f"{tool} is not installed")
    pytest.skip(f"{tool} is not installed")
