"""Names of kinds and fields, which become part of a query."""

import re

PLAIN = re.compile(r"[a-z][a-z0-9_]*")
# Where the faces lie; no kind of documents.
FACES = "faces"


def checked(name: str) -> str:
    """The name of a field; raises ValueError unless it is lower case, digits and underscores."""
    if not PLAIN.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a kind or a field")
    return name


def checked_kind(kind: str) -> str:
    """The name of a kind; raises ValueError for what may not be one."""
    if kind == FACES:
        raise ValueError(f"{FACES!r} are no documents")
    return checked(kind)
