"""openapi.yaml says what the functions do, and the functions do what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from aifr import errors
from infra.catalogue import HTTP_TARGETS
from tests.served import ROOT, Served

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text())
# The kinds of which every error is a finer one; none is raised with these codes.
FAMILIES = {"invalid_request", "request_failed"}


def error_codes() -> dict[str, type[errors.AifrError]]:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    return {kind.code: kind for kind in kinds if issubclass(kind, errors.AifrError)}


def documented(schema: str) -> set[str]:
    properties = DOCUMENT["components"]["schemas"][schema]["properties"]
    return set(properties.get("error", {"properties": properties})["properties"]["code"]["enum"])


def test_every_code_of_the_error_tree_is_documented_under_its_type() -> None:
    by_type: dict[str, set[str]] = {"invalid_request_error": set(), "request_error": set()}
    for code, kind in error_codes().items():
        by_type[kind.type].add(code)

    assert documented("InvalidRequest") == by_type["invalid_request_error"] - FAMILIES
    assert documented("FailedError") == by_type["request_error"] - FAMILIES


@pytest.mark.parametrize("code", sorted(set(error_codes()) - FAMILIES - {"not_found"}))
def test_every_code_is_described_at_its_status(code: str) -> None:
    status = str(error_codes()[code].status)

    response = DOCUMENT["paths"]["/images_similarity"]["post"]["responses"][status]

    name = response["$ref"].rpartition("/")[2]
    assert f"`{code}`" in DOCUMENT["components"]["responses"][name]["description"]


def test_every_function_is_documented() -> None:
    assert {path.split("/")[1] for path in DOCUMENT["paths"]} == set(HTTP_TARGETS.values())


def test_schemathesis_finds_no_undocumented_answer(local_server: Served, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "run", str(ROOT / "openapi.yaml")]
    command += ["--url", f"http://127.0.0.1:{local_server.port}"]
    command += ["--checks", "all", "--continue-on-failure"]
    # A schema cannot say that a file must be a photo of a face.
    command += ["--exclude-checks", "positive_data_acceptance"]
    command += ["--generation-deterministic", "--max-examples", "10", "--no-color"]
    command += ["--request-timeout", "120"]
    variables = {"SCHEMATHESIS_HOOKS": "tests.infra.photo_hooks", "PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        command, env={**os.environ, **variables}, cwd=tmp_path, capture_output=True, text=True
    )

    summary = done.stdout.partition("SUMMARY")[2] + done.stderr
    assert done.returncode == 0, re.sub(r"[^\n]{400,}", "...", done.stdout + done.stderr)
    assert "Tested: 8" in summary
