"""The one place where errors become JSON."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response

from aifr.endpoint.response import json_response
from aifr.errors import AifrError, MethodNotAllowed, NotAuthenticated


def error_response(problem: Exception, request_id: str) -> Response:
    """{"error": {"type", "code", "message", "param"}} with the error's status.

    Anything but an AifrError is a 500 that tells the caller the request id and nothing else.
    """
    if not isinstance(problem, AifrError):
        problem = AifrError(f"Something went wrong on our side. Request id: {request_id}.")
    response = json_response({"error": error_content(problem)}, problem.status)
    response.headers.update(_headers(problem))
    return response


def _headers(problem: AifrError) -> dict[str, str]:
    if isinstance(problem, MethodNotAllowed):
        return {"Allow": ", ".join(problem.allowed)}
    if problem.seconds is not None:
        return {"Retry-After": str(problem.seconds)}
    return {"WWW-Authenticate": "Bearer"} if isinstance(problem, NotAuthenticated) else {}


def error_content(problem: AifrError) -> dict[str, str | None]:
    """Type, code, message and param of an error."""
    return {
        "type": problem.type,
        "code": problem.code,
        "message": problem.message,
        "param": problem.param,
    }


@contextmanager
def blaming(param: str) -> Iterator[None]:
    """Names the input at fault in errors raised inside that do not name one themselves."""
    try:
        yield
    except AifrError as problem:
        problem.param = problem.param or param
        raise
