"""Names that we give objects: relative paths that mean the same in a folder and in a bucket.

They are checked where they are given. Others name their objects as they like, and whatever is there
can be read, listed and removed.
"""

import re

from aifr.errors import InvalidParameter

SEGMENT = r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._-]{1,255}"
NAME = re.compile(rf"{SEGMENT}(?:/{SEGMENT})*")
# Buckets allow 1,024 bytes with the store's own prefix.
MOST_CHARACTERS = 512


def check_name(name: str) -> None:
    """Raises InvalidParameter for what is no name of an object, "." and ".." in it among them."""
    if len(name) > MOST_CHARACTERS or not NAME.fullmatch(name):
        raise InvalidParameter(f"An object cannot be named {name[:MOST_CHARACTERS]!r}.", "name")


def is_utf8(name: str) -> bool:
    """Whether a bucket could hold this name: half a surrogate pair is no text."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
