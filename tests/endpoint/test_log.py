"""One line of JSON a request, without anything of the photos."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Request

from aifr.endpoint.body import read_form
from aifr.endpoint.uploads import one_upload
from aifr.errors import NoFace
from aifr.settings import Settings
from aifr.stages import stage
from tests.endpoint.conftest import ClientOf

TRACE = "105445aa7843bc8bf206b12000100000"


def look(request: Request) -> dict[str, Any]:
    with stage("decode"):
        one_upload(read_form(request, Settings()), "image1", Settings())
    return {}


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_a_line_names_the_request_its_outcome_and_the_time_of_each_stage(
    client_of: ClientOf, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = {"image1": (io.BytesIO(b"bytes"), "a.jpg")}

    client_of(look).post("/look?x=1", data=photo, headers={"X-Request-Id": "case-17"})

    line = logged(capsys)
    assert {
        name: line[name] for name in ("severity", "request_id", "method", "path", "status")
    } == {
        "severity": "INFO",
        "request_id": "case-17",
        "method": "POST",
        "path": "/look",
        "status": 200,
    }
    assert set(line["milliseconds"]) == {"decode", "total"}
    assert line["milliseconds"]["total"] >= line["milliseconds"]["decode"] >= 0


def test_a_line_says_nothing_of_bytes_file_names_or_query(
    client_of: ClientOf, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = {"image1": (io.BytesIO(b"the bytes of a face"), "Jane Doe.jpg")}

    client_of(look).post("/?name=Jane", data=photo)

    line = json.dumps(logged(capsys))
    assert "Jane" not in line and "face" not in line


def test_an_error_is_logged_with_its_code(
    client_of: ClientOf, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(request: Request) -> dict[str, Any]:
        raise NoFace("No face.", "image1")

    client_of(answer).post("/")

    line = logged(capsys)
    assert (line["status"], line["code"], line["severity"]) == (422, "no_face", "INFO")
    assert "stack_trace" not in line


def test_a_line_joins_the_trace_of_the_platform(
    client_of: ClientOf, capsys: pytest.CaptureFixture[str], configure: Callable[..., None]
) -> None:
    configure(GOOGLE_CLOUD_PROJECT="reunite")

    client_of(look).get("/health", headers={"X-Cloud-Trace-Context": f"{TRACE}/123;o=1"})

    assert logged(capsys)["logging.googleapis.com/trace"] == f"projects/reunite/traces/{TRACE}"


@pytest.mark.parametrize("header", ["", "rubbish", f"{TRACE}zz/1", "../" + TRACE])
def test_a_line_joins_no_other_trace(
    client_of: ClientOf,
    capsys: pytest.CaptureFixture[str],
    configure: Callable[..., None],
    header: str,
) -> None:
    configure(GOOGLE_CLOUD_PROJECT="reunite")

    client_of(look).get("/health", headers={"X-Cloud-Trace-Context": header})

    assert "logging.googleapis.com/trace" not in logged(capsys)
