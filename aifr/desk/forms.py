"""What requests say besides the casebook's own forms."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from flask import Request

from aifr.casebook.identity import digest
from aifr.casebook.secrets import Repeat
from aifr.endpoint.routes import Call
from aifr.endpoint.uploads import Upload
from aifr.errors import InvalidParameter
from aifr.fields import Content, whole

MOST_REVISIONS = 2**31
LONGEST_NAME = 40
ETAG = re.compile(r'(?:W/)?"([0-9]{1,10})"')
HEADER = "Idempotency-Key"
KEY = re.compile(r"[A-Za-z0-9-]{32,64}")
# A random UUID has fewer of either once in millions: what is typed or counted out does not pass.
LEAST_CHARACTERS, LEAST_STEPS = 8, 8


def repeat_of(call: Call, content: Any, uploads: Sequence[Upload] = ()) -> Repeat | None:
    """What tells by the header Idempotency-Key that a request is repeated; None without it. It is
    bound to who calls, by role and key, not by address: a telephone changes that between two tries.
    content: what was sent, as JSON has it. Raises InvalidParameter for a key that may be guessed.
    """
    key = idempotency_key(call.request)
    if key is None:
        return None
    caller = call.caller
    who = f"{caller.role}:{caller.owner or caller.record or ''}"
    photos = [hashlib.sha256(upload.data).hexdigest() for upload in uploads]
    return Repeat(digest(who, key), digest(json.dumps([content, photos], sort_keys=True)))


def idempotency_key(request: Request) -> str | None:
    """The header Idempotency-Key; raises InvalidParameter for one that may be guessed."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if KEY.fullmatch(key) is None:
        raise InvalidParameter(f"{HEADER} must have 32 to 64 letters, digits and hyphens.", HEADER)
    if may_be_guessed(key):
        raise InvalidParameter(f"{HEADER} must be random, such as a random UUID.", HEADER)
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


def may_be_guessed(key: str) -> bool:
    """Whether a key is one character again and again, a sequence, or a short piece repeated: what
    is random has many characters, and many distances from one to the next.
    """
    letters = [ord(letter) for letter in key.casefold() if letter != "-"]
    steps = {after - before for before, after in zip(letters, letters[1:], strict=False)}
    return len(set(letters)) < LEAST_CHARACTERS or len(steps) < LEAST_STEPS
