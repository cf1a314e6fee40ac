"""JSON responses, and the headers that protect every answer."""

import json
from typing import Any

from flask import Response

# An answer is data: what a browser is led to take for a page runs nothing, and stands in no frame.
PROTECTION = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def json_response(content: dict[str, Any], status: int = 200) -> Response:
    """A response that carries `content`; raises ValueError for a number that JSON cannot hold."""
    body = json.dumps(content, allow_nan=False).encode()
    # A stream, since functions-framework buffers the whole request before any other response,
    # so that a body of any size would fill the memory.
    response = Response(iter([body]), status, mimetype="application/json")
    response.content_length = len(body)
    response.headers["Cache-Control"] = "no-store"
    return response
