"""Cursors: where a list goes on. To callers they are noise: sealed by a key that never leaves the
records, so that none can be made up, and none tells the score that it stands at.

A cursor continues the list that gave it: the same filters, for the same role.
"""

import base64
import json
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from flask import Request

from aifr.casebook.home import home
from aifr.casebook.own_keys import own_key
from aifr.endpoint.query import whole_number
from aifr.endpoint.routes import Call
from aifr.errors import InvalidParameter

MOST, USUAL = 100, 20
# Longer than any place, so that no length tells how many digits a score has.
SEALED_BYTES = 128
LONGEST = 400
# What may change from page to page.
PAGE = ("cursor", "limit")

Place = tuple[Any, str]


def limit_of(request: Request) -> int:
    """The parameter `limit`, 1 to MOST; raises InvalidParameter."""
    given = whole_number(request, "limit", MOST)
    return USUAL if given is None else max(given, 1)


def cursor_of(call: Call, order: str) -> Place | None:
    """The parameter `cursor` of a list in this order; raises InvalidParameter for any text that the
    same list did not give.
    """
    given = call.request.args.get("cursor")
    if given is None:
        return None
    try:
        # A longer one is none of ours, and is not worth decoding.
        sealed = base64.b64decode(given[:LONGEST].encode(), altchars=b"-_", validate=True)
        value, identity = json.loads(_cipher().decrypt(sealed, _scope(call, order)))
    except (ValueError, InvalidTag):
        raise InvalidParameter("cursor must be one that this very list gave.", "cursor") from None
    return value, identity


def next_cursor(call: Call, page: Sequence[Any], limit: int, order: str) -> str | None:
    """The cursor behind a page, None where it was the last."""
    if len(page) < limit:
        return None
    place = json.dumps([getattr(page[-1], order), page[-1].identity]).ljust(SEALED_BYTES)
    sealed = _cipher().encrypt(place.encode(), _scope(call, order))
    return base64.urlsafe_b64encode(sealed).decode()


def _cipher() -> AESSIV:
    # The same place gives the same cursor: a list that is asked for twice is answered alike.
    # mypy holds every protocol for one without a hash.
    return AESSIV(own_key(home().records, "cursors"))  # type: ignore[arg-type]


def _scope(call: Call, order: str) -> list[bytes]:
    """What a cursor is bound to."""
    filters = sorted(pair for pair in call.request.args.items() if pair[0] not in PAGE)
    return [json.dumps([call.route, order, call.caller.role, filters]).encode()]
