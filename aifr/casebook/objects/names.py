"""Names of objects: relative paths that mean the same in a folder and in a bucket."""

import re

from aifr.errors import InvalidParameter

SEGMENT = r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._-]{1,255}"
NAME = re.compile(rf"{SEGMENT}(?:/{SEGMENT})*")
PREFIX = re.compile(rf"(?:{SEGMENT}/)*[A-Za-z0-9._-]*")
# Buckets allow 1,024 bytes with the store's own prefix.
MOST_CHARACTERS = 512


def check_name(name: str) -> None:
    """Raises InvalidParameter for what is no name of an object, "." and ".." in it among them."""
    if len(name) > MOST_CHARACTERS or not NAME.fullmatch(name):
        raise InvalidParameter(f"An object cannot be named {name[:MOST_CHARACTERS]!r}.", "name")


def check_prefix(prefix: str) -> None:
    """Raises InvalidParameter for what no name begins with."""
    if len(prefix) > MOST_CHARACTERS or not PREFIX.fullmatch(prefix):
        raise InvalidParameter(f"No object's name begins {prefix[:MOST_CHARACTERS]!r}.", "prefix")
