"""What requests say besides the casebook's own forms."""

import re

from flask import Request

from aifr.errors import InvalidParameter
from aifr.fields import Content, whole

MOST_REVISIONS = 2**31
LONGEST_NAME = 40
ETAG = re.compile(r'(?:W/)?"([0-9]{1,10})"')
KEY = re.compile(r"[A-Za-z0-9-]{32,64}")


def idempotency_key(request: Request) -> str | None:
    """The header Idempotency-Key; raises InvalidParameter for one that could be guessed."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and KEY.fullmatch(key) is None:
        raise InvalidParameter(
            "Idempotency-Key must have 32 to 64 letters, digits and hyphens.", "Idempotency-Key"
        )
    return key


def revision_of(request: Request, content: Content | None = None) -> int | None:
    """The revision that a caller saw, of the field `revision` or the header If-Match; None where
    neither names one. Raises InvalidParameter.
    """
    told = whole(content or {}, "revision", 0, MOST_REVISIONS)
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return told
    match = ETAG.fullmatch(header.strip())
    if match is None or told not in (None, int(match[1])):
        raise InvalidParameter('If-Match must be the ETag of the record, as "7".', "If-Match")
    return int(match[1])


def names_of(content: Content, name: str, most: int) -> list[str] | None:
    """A list of names, None where there is none; raises InvalidParameter."""
    given = content.get(name)
    if given is None:
        return None
    if not isinstance(given, list) or len(given) > most:
        raise InvalidParameter(f"{name} must be a list of {most} names at most.", name)
    if not all(isinstance(each, str) and len(each) <= LONGEST_NAME for each in given):
        raise InvalidParameter(f"{name} must be a list of names.", name)
    return given
