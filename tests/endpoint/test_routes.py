"""Functions with many routes."""

import json
from typing import Any

import pytest
from flask import Flask, Request, Response

from aifr.endpoint.caller import Caller, bearer_token, client_address
from aifr.endpoint.routes import Arguments, Call, Route, router
from aifr.errors import NotAllowed, NotAuthenticated

NAME = "c0123456789abcdef0123"


def told(call: Call) -> dict[str, Any]:
    return {"role": call.caller.role, **call.arguments}


ROUTES = (
    Route("GET", "", "everyone", told),
    Route("POST", "", "everyone", told, status=201),
    Route("GET", "me", "everyone", lambda call: {"me": True}),
    Route("GET", "{case}", "everyone", told),
    Route("GET", "{case}/bytes", "everyone", lambda call: Response(b"\xff", mimetype="image/jpeg")),
    Route("DELETE", "{case}", "staff", told),
)


def admit(request: Request, route: Route, arguments: Arguments) -> Caller:
    if route.access == "staff":
        raise NotAllowed("Staff alone.")
    return Caller("public")


def ask(method: str, path: str) -> Any:
    function = router("things", ROUTES, admit, warm=lambda: "model-1")
    app = Flask(__name__)
    with app.test_request_context(path, method=method) as context:
        return function(context.request)


def content(response: Response) -> Any:
    return json.loads(b"".join(response.response))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/", {"role": "public"}),
        ("/things", {"role": "public"}),
        ("/things/", {"role": "public"}),
        ("/me", {"me": True}),
        (f"/{NAME}", {"role": "public", "case": NAME}),
        (f"/things/{NAME}", {"role": "public", "case": NAME}),
        ("/health?warm=true", {"status": "ok", "model": "model-1"}),
    ],
)
def test_a_path_leads_to_its_answer_with_and_without_the_functions_name(
    path: str, answer: dict[str, Any]
) -> None:
    assert content(ask("GET", path)) == answer


@pytest.mark.parametrize(
    "path", ["/x", f"/{NAME[:-1]}", f"/{NAME}0", f"/s{NAME[1:]}", f"/{NAME.upper()}", f"/{NAME}/x"]
)
def test_what_is_no_name_of_that_kind_leads_nowhere(path: str) -> None:
    assert ask("GET", path).status_code == 404


def test_an_answer_has_its_routes_status() -> None:
    assert ask("POST", "/").status_code == 201


def test_an_answer_may_be_other_than_json() -> None:
    response = ask("GET", f"/{NAME}/bytes")

    assert (response.status_code, response.mimetype) == (200, "image/jpeg")
    assert response.headers["X-Request-Id"]


def test_who_is_not_admitted_gets_the_reason() -> None:
    response = ask("DELETE", f"/{NAME}")

    assert (response.status_code, content(response)["error"]["code"]) == (403, "not_allowed")


def test_a_method_that_no_route_has_is_refused_with_those_there_are() -> None:
    response = ask("PUT", f"/{NAME}")

    assert (response.status_code, response.headers["Allow"]) == (405, "GET, DELETE, HEAD, OPTIONS")


def test_a_preflight_names_the_methods() -> None:
    response = ask("OPTIONS", f"/{NAME}")

    assert (response.status_code, response.headers["Allow"]) == (204, "GET, DELETE, HEAD, OPTIONS")


def token_of(header: str | None) -> str | None:
    headers = {"Authorization": header} if header is not None else {}
    with Flask(__name__).test_request_context("/", headers=headers) as context:
        return bearer_token(context.request)


@pytest.mark.parametrize(
    ("header", "token"), [(None, None), ("Bearer abc", "abc"), ("bearer a.b-c_d", "a.b-c_d")]
)
def test_the_token_is_what_follows_bearer(header: str | None, token: str | None) -> None:
    assert token_of(header) == token


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "abc"])
def test_any_other_header_is_refused(header: str) -> None:
    with pytest.raises(NotAuthenticated):
        token_of(header)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        (None, 0, "10.0.0.9"),
        ("10.0.0.1", 0, "10.0.0.9"),
        ("10.0.0.1", 1, "10.0.0.1"),
        ("6.6.6.6, 10.0.0.1", 1, "10.0.0.1"),
        ("6.6.6.6, 10.0.0.1, 10.0.0.2", 2, "10.0.0.1"),
        ("10.0.0.1", 2, "10.0.0.9"),
        (None, 1, "10.0.0.9"),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(
    forwarded: str | None, proxies: int, address: str
) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    environment = {"REMOTE_ADDR": "10.0.0.9"}
    app = Flask(__name__)
    with app.test_request_context("/", headers=headers, environ_base=environment) as context:
        assert client_address(context.request, proxies) == address
