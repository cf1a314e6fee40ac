"""What requests say besides the casebook's own forms."""

import re

from flask import Request

from aifr.errors import InvalidParameter

KEY = re.compile(r"[A-Za-z0-9-]{32,64}")


def idempotency_key(request: Request) -> str | None:
    """The header Idempotency-Key; raises InvalidParameter for one that could be guessed."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and KEY.fullmatch(key) is None:
        raise InvalidParameter(
            "Idempotency-Key must have 32 to 64 letters, digits and hyphens.", "Idempotency-Key"
        )
    return key
