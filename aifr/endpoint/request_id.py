"""What a request is called, in its answer and in the log."""

import re
import uuid

from flask import Request

HEADER = "X-Request-Id"
SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")
TRACE = re.compile(r"([0-9a-f]{32})(?:/|;|$)")


def request_id(request: Request) -> str:
    """The caller's id for the request, or a new one where there is none that is fit to log."""
    given = request.headers.get(HEADER, "")
    return given if SANE.fullmatch(given) else uuid.uuid4().hex


def trace_id(request: Request) -> str | None:
    """The trace that the platform put the request in: 32 hex digits."""
    match = TRACE.match(request.headers.get("X-Cloud-Trace-Context", ""))
    return match[1] if match else None
