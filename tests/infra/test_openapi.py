"""openapi.yaml says what the functions do, and the functions do what it says."""

import os
import re
import runpy
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


@pytest.mark.parametrize("code", sorted(set(error_codes()) - FAMILIES))
def test_every_code_is_described_at_its_status(code: str) -> None:
    status = str(error_codes()[code].status)

    described = [
        DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]["description"]
        for path in DOCUMENT["paths"].values()
        for operation in path.values()
        for answer in [operation["responses"].get(status, {})]
        if "$ref" in answer
    ]

    assert any(f"`{code}`" in text for text in described)


def test_every_function_is_documented() -> None:
    assert {path.split("/")[1] for path in DOCUMENT["paths"]} == set(HTTP_TARGETS.values())


@pytest.mark.parametrize("name", ["cases", "search"])
def test_every_route_is_documented_and_no_other(name: str) -> None:
    routes = runpy.run_path(str(ROOT / "functions" / name / "main.py"))["ROUTES"]
    written = {(route.method.lower(), f"/{name}/{route.path}".rstrip("/")) for route in routes}

    documented = {
        (method, path)
        for path, operations in DOCUMENT["paths"].items()
        for method in operations
        if path.split("/")[1] == name and method != "options" and not path.endswith("/health")
    }

    assert documented == written


@pytest.mark.parametrize("name", ["cases", "search"])
def test_what_a_route_demands_of_its_caller_is_documented(name: str) -> None:
    for route in runpy.run_path(str(ROOT / "functions" / name / "main.py"))["ROUTES"]:
        operation = DOCUMENT["paths"][f"/{name}/{route.path}".rstrip("/")][route.method.lower()]

        anyone = {} in operation["security"]
        assert anyone == (route.access == "everyone"), route
        # Of counted routes, and of all since tokens that open nothing are counted.
        assert "429" in operation["responses"], route


@pytest.mark.parametrize("name", ["cases", "search"])
def test_the_parameters_of_a_route_are_documented_and_no_others(name: str) -> None:
    for route in runpy.run_path(str(ROOT / "functions" / name / "main.py"))["ROUTES"]:
        path = f"/{name}/{route.path}".rstrip("/")

        assert queried(path, route.method.lower()) == set(route.parameters), path


def queried(path: str, method: str) -> set[str]:
    """The names of the query parameters that the document gives an operation."""
    item = DOCUMENT["paths"][path]
    told = [*item.get("parameters", []), *item[method].get("parameters", [])]
    whole = [resolved(each) for each in told]
    return {each["name"] for each in whole if each["in"] == "query"}


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    found: Any = DOCUMENT
    for step in part.get("$ref", "").split("/")[1:]:
        found = found[step]
    return part if "$ref" not in part else found


# A preflight tells which methods an address takes, whether or not anything is there any more.
CONFIGURATION = """
[[operations]]
include-method = "OPTIONS"
checks.use_after_free.enabled = false
"""


@pytest.mark.parametrize("caller", ["public", "admin"])
def test_schemathesis_finds_no_undocumented_answer(
    local_server: Served, local_admin: str, tmp_path: Path, caller: str
) -> None:
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    command = [sys.executable, "-m", "schemathesis.cli", "run", str(ROOT / "openapi.yaml")]
    command += ["--url", f"http://127.0.0.1:{local_server.port}"]
    command += ["--checks", "all", "--continue-on-failure"]
    # A schema cannot say that a file must be a photo of a face, or that a record must exist.
    command += ["--exclude-checks", "positive_data_acceptance"]
    command += ["--generation-deterministic", "--max-examples", "10", "--no-color"]
    command += ["--request-timeout", "120", "--max-response-time", "60"]
    if caller == "admin":
        command += ["--header", f"Authorization: Bearer {local_admin}"]
    variables = {"SCHEMATHESIS_HOOKS": "tests.infra.photo_hooks", "PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        command, env={**os.environ, **variables}, cwd=tmp_path, capture_output=True, text=True
    )

    summary = done.stdout.partition("SUMMARY")[2] + done.stderr
    assert done.returncode == 0, re.sub(r"[^\n]{400,}", "...", done.stdout + done.stderr)
    assert f"Tested: {operations()}" in summary


def operations() -> int:
    return sum(len(methods) for methods in DOCUMENT["paths"].values())
