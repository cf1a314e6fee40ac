"""JSON responses."""

import json
from typing import Any

from flask import Response


def json_response(content: dict[str, Any], status: int = 200) -> Response:
    """A response that carries `content`; raises ValueError for a number that JSON cannot hold."""
    body = json.dumps(content, allow_nan=False).encode()
    # A stream, since functions-framework buffers the whole request before any other response,
    # so that a body of any size would fill the memory.
    response = Response(iter([body]), status, mimetype="application/json")
    response.content_length = len(body)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
