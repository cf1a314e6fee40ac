"""Cursors: where a list goes on, as text that callers need not understand."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from flask import Request

from aifr.endpoint.query import whole_number
from aifr.errors import InvalidParameter

MOST, USUAL = 100, 20

Place = tuple[Any, str]


def limit_of(request: Request) -> int:
    """The parameter `limit`, 1 to MOST; raises InvalidParameter."""
    given = whole_number(request, "limit", MOST)
    return USUAL if given is None else max(given, 1)


def cursor_of(request: Request, kind: type) -> Place | None:
    """The parameter `cursor`, of a list ordered by values of this type; raises InvalidParameter."""
    given = request.args.get("cursor")
    if given is None:
        return None
    try:
        value, identity = json.loads(base64.b64decode(given, altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError, binascii.Error):
        value, identity = None, None
    if type(value) is not kind or not isinstance(identity, str):
        raise InvalidParameter("cursor must be one that a list gave.", "cursor")
    return value, identity


def next_cursor(page: Sequence[Any], limit: int, order: str) -> str | None:
    """The cursor behind a page, None where it was the last."""
    if len(page) < limit:
        return None
    place = [getattr(page[-1], order), page[-1].identity]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
