"""What turns a plain answering function into an HTTP function of this project."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Request, Response, current_app, has_app_context
from flask import request as request_of_app

from aifr.endpoint.body import discard_body
from aifr.endpoint.cors import cors_headers, preflight
from aifr.endpoint.errors import error_response
from aifr.endpoint.health import HEALTH_METHODS, HEALTH_PARAMETERS, health
from aifr.endpoint.log import log_request
from aifr.endpoint.query import refuse_unknown_parameters
from aifr.endpoint.request_id import HEADER, request_id
from aifr.endpoint.response import PROTECTION, json_response
from aifr.errors import MethodNotAllowed, NotFound
from aifr.settings import settings
from aifr.stages import collect_stages, stage

Answer = Callable[[Request], dict[str, Any]]


def endpoint(
    warm: Callable[[], str], parameters: tuple[str, ...] | None = None
) -> Callable[[Answer], Callable[[Request], Response]]:
    """Makes an HTTP function of `answer`, which takes POST with these parameters of the query
    (None: any) and returns the JSON object to send.

    It answers at the root of its address and under its own name; `health` below either tells
    whether the instance lives, and with ?warm=true runs `warm`, which loads the model and returns
    its version.
    """
    set_up()

    def decorate(answer: Answer) -> Callable[[Request], Response]:
        @wraps(answer)
        def respond(request: Request) -> Response:
            return answering(request, lambda: _route(request, answer, warm, parameters))

        return respond

    return decorate


def set_up() -> None:
    """What a function does once, when it is loaded."""
    # A variable that does not fit ends the start-up, not every request.
    settings()
    if has_app_context():
        # functions-framework loads a function within its app, which lets no path with a line break
        # through and answers in HTML.
        current_app.register_error_handler(404, _nothing_here)


def _nothing_here(problem: Exception) -> Response:
    def route() -> Response:
        raise NotFound("There is nothing at this address.")

    return answering(request_of_app, route)


def answering(request: Request, route: Callable[[], Response]) -> Response:
    """The response of `route`; whatever it raises becomes the JSON error. Leaves one log line."""
    identity = request_id(request)
    problem: Exception | None = None
    with collect_stages() as stages, stage("total"):
        try:
            response = route()
        except Exception as raised:  # noqa: BLE001 - the caller gets JSON whatever happens
            problem, response = raised, error_response(raised, identity)
        discard_body(request, settings())
    response.headers.update(PROTECTION)
    response.headers.update(cors_headers(request, settings()))
    response.headers[HEADER] = identity
    log_request(request, response.status_code, identity, stages, problem, settings())
    return response


def _route(
    request: Request, answer: Answer, warm: Callable[[], str], parameters: tuple[str, ...] | None
) -> Response:
    place = request.path.rstrip("/").rpartition("/")[2]
    if place not in ("", answer.__name__, "health"):
        raise NotFound("There is nothing at this address.")
    allowed = HEALTH_METHODS if place == "health" else ("POST", "OPTIONS")
    if request.method not in allowed:
        raise MethodNotAllowed(f"Use {' or '.join(allowed[:-1])} here.", allowed)
    if request.method == "OPTIONS":
        return preflight(allowed)
    known = HEALTH_PARAMETERS if place == "health" else parameters
    if known is not None:
        refuse_unknown_parameters(request, known)
    return json_response(health(request, warm) if place == "health" else answer(request))
