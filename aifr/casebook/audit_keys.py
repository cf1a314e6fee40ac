"""The keys that trails are sealed with: who writes to the database and holds none can alter a
trail, but not so that it holds.

AIFR_AUDIT_KEY is ID:SECRET, or several parted by commas: the first seals, the others are believed,
so that a key can be changed. Without it, seals are plain hashes, which anybody can make.
"""

import hmac
import os
import re
from functools import cache

from aifr.casebook.identity import digest

VARIABLE = "AIFR_AUDIT_KEY"
KEY = re.compile(r"([a-z0-9-]{1,40}):([0-9a-f]{64,})")
UNKEYED = ""


@cache
def _read(text: str) -> dict[str, bytes]:
    keys = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = KEY.fullmatch(part)
        if match is None:
            raise ValueError(f"{VARIABLE} must be ID:SECRET, 64 hex digits or more.")
        keys[match[1]] = bytes.fromhex(match[2])
    return keys


def _keys() -> dict[str, bytes]:
    return _read(os.environ.get(VARIABLE, ""))


def current_key() -> str:
    """The name of the key that seals now, UNKEYED without one; ValueError for what is no key."""
    return next(iter(_keys()), UNKEYED)


def is_believed(key: str) -> bool:
    """Whether a seal by this key counts: where there are keys, no other and no plain hash."""
    return key in _keys() if _keys() else key == UNKEYED


def seal(key: str, *parts: str) -> str:
    """What only a holder of the key can tell of these parts, in hex; KeyError for unknown keys."""
    if key == UNKEYED:
        return digest(*parts)
    return hmac.new(_keys()[key], digest(*parts).encode(), "sha256").hexdigest()


def holds(key: str, told: object, *parts: str) -> bool:
    """Whether a seal is that of these parts, by a key that is believed."""
    return is_believed(key) and hmac.compare_digest(seal(key, *parts), str(told))
