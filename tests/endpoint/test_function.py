"""The shared endpoint: where a function answers, and what becomes of whatever it raises."""

import json
from typing import Any

import pytest
from flask import Request

from aifr.errors import ModelUnavailable, NoFace, SeveralFaces
from tests.endpoint.conftest import ClientOf
from tests.served import content


def echo(request: Request) -> dict[str, Any]:
    return {"answer": 42}


def raising(problem: Exception) -> Any:
    def answer(request: Request) -> dict[str, Any]:
        raise problem

    return answer


@pytest.mark.parametrize("path", ["/", "/echo", "/echo/", "/gateway/echo"])
def test_a_function_answers_at_the_root_and_under_its_name(client_of: ClientOf, path: str) -> None:
    response = client_of(echo).post(path)

    assert (response.status_code, content(response)) == (200, {"answer": 42})


def test_an_answer_is_json_that_nothing_may_cache_or_reinterpret(client_of: ClientOf) -> None:
    response = client_of(echo).post("/")

    assert response.content_type == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_another_path_is_not_found(client_of: ClientOf) -> None:
    response = client_of(echo).post("/elsewhere")

    assert response.status_code == 404
    assert content(response) == {
        "error": {
            "type": "invalid_request_error",
            "code": "not_found",
            "message": "There is nothing at this address.",
            "param": None,
        }
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_another_method_is_told_which_are_allowed(client_of: ClientOf, method: str) -> None:
    response = client_of(echo).open("/", method=method)

    assert response.status_code == 405
    assert response.headers["Allow"] == "POST, OPTIONS"
    if method != "HEAD":
        assert content(response)["error"]["code"] == "method_not_allowed"


def test_options_is_answered_with_nothing_but_headers(client_of: ClientOf) -> None:
    response = client_of(echo).options("/")

    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize(
    ("problem", "status", "kind", "code"),
    [
        (SeveralFaces("Two.", "image1"), 400, "invalid_request_error", "several_faces"),
        (NoFace("None.", "image1"), 422, "request_error", "no_face"),
        (ModelUnavailable("Gone.", "image1"), 503, "request_error", "model_unavailable"),
    ],
)
def test_an_error_of_ours_keeps_its_status_code_message_and_param(
    client_of: ClientOf, problem: Any, status: int, kind: str, code: str
) -> None:
    response = client_of(raising(problem)).post("/")

    assert response.status_code == status
    assert content(response) == {
        "error": {"type": kind, "code": code, "message": problem.message, "param": "image1"}
    }


def test_an_unexpected_error_tells_the_caller_the_request_id_and_nothing_else(
    client_of: ClientOf, capsys: pytest.CaptureFixture[str]
) -> None:
    client = client_of(raising(RuntimeError("the secret inner detail")))

    response = client.post("/", headers={"X-Request-Id": "case-17"})

    assert response.status_code == 500
    assert content(response)["error"]["code"] == "internal"
    assert "case-17" in content(response)["error"]["message"]
    assert "secret" not in response.text
    line = json.loads(capsys.readouterr().out)
    assert line["severity"] == "ERROR"
    assert "RuntimeError: the secret inner detail" in line["stack_trace"]


def test_a_number_that_json_cannot_hold_is_an_unexpected_error(client_of: ClientOf) -> None:
    def answer(request: Request) -> dict[str, Any]:
        return {"similarity": float("nan")}

    assert client_of(answer).post("/").status_code == 500


def test_health_does_not_touch_the_model(client_of: ClientOf) -> None:
    def fail() -> str:
        raise AssertionError("the model was loaded")

    response = client_of(echo, warm=fail).get("/health")

    assert (response.status_code, content(response)) == (200, {"status": "ok"})


def test_health_loads_the_model_on_demand(client_of: ClientOf) -> None:
    response = client_of(echo, warm=lambda: "v7").get("/echo/health?warm=true")

    assert (response.status_code, content(response)) == (200, {"status": "ok", "model": "v7"})


def test_health_says_when_there_is_no_model(client_of: ClientOf) -> None:
    def missing() -> str:
        raise ModelUnavailable("The model has no card.json.")

    response = client_of(echo, warm=missing).get("/health?warm=1")

    assert (response.status_code, content(response)["error"]["code"]) == (503, "model_unavailable")


def test_health_refuses_a_word_that_is_neither_yes_nor_no(client_of: ClientOf) -> None:
    response = client_of(echo).get("/health?warm=maybe")

    assert response.status_code == 400
    assert content(response)["error"]["param"] == "warm"


def test_health_is_only_read(client_of: ClientOf) -> None:
    response = client_of(echo).post("/health")

    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_sane_request_id_is_kept(client_of: ClientOf) -> None:
    response = client_of(echo).post("/", headers={"X-Request-Id": "case-17.photo_2"})

    assert response.headers["X-Request-Id"] == "case-17.photo_2"


@pytest.mark.parametrize("given", [None, "", "with space", "x" * 65, "<script>", "é"])
def test_any_other_request_id_is_replaced(client_of: ClientOf, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-Id": given}

    made = client_of(echo).post("/", headers=headers).headers["X-Request-Id"]

    assert len(made) == 32 and int(made, 16) >= 0


def test_no_answer_runs_anything_or_stands_in_a_frame(client_of: ClientOf) -> None:
    client = client_of(echo)

    for answer in (client.post("/"), client.get("/"), client.get("/health"), client.options("/")):
        policy = answer.headers["Content-Security-Policy"]
        assert policy == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert client.post("/").headers["Cache-Control"] == "no-store"
