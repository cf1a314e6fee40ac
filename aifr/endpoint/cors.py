"""Which sites may call from a browser (the Fetch standard's CORS protocol)."""

from flask import Request, Response

from aifr.endpoint.request_id import HEADER
from aifr.settings import Settings

ALLOWED_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", HEADER)
EXPOSED_HEADERS = (HEADER, "Retry-After", "ETag")


def cors_headers(request: Request, settings: Settings) -> dict[str, str]:
    """The headers that let the caller's site read the answer, if it is one of those allowed."""
    headers = {"Vary": "Origin"}
    origin = request.headers.get("Origin")
    if origin and ("*" in settings.allowed_origins or origin in settings.allowed_origins):
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED_HEADERS)
    return headers


def preflight(allowed: tuple[str, ...]) -> Response:
    """The empty answer to OPTIONS."""
    response = Response(iter(()), 204)
    response.headers["Allow"] = ", ".join(allowed)
    response.headers["Access-Control-Allow-Methods"] = ", ".join(allowed)
    response.headers["Access-Control-Allow-Headers"] = ", ".join(ALLOWED_HEADERS)
    response.headers["Access-Control-Max-Age"] = "3600"
    return response
