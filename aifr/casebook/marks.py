"""Marks: small objects among what is incoming, whose arrival has a subject matched.

What is to be done stands in the records; a mark only says that it is time. So one that is lost
costs an hour, until the sweep, and one that comes twice costs nothing.
"""

import re
import secrets

from aifr.casebook.home import Home
from aifr.casebook.identity import SUBJECT

FOLDER = "marks"
NAME = re.compile(rf"{FOLDER}/({SUBJECT.pattern})/[0-9a-f]{{16}}")
TEXT = "text/plain"


def mark(home: Home, subject: str) -> None:
    """Has a case or sighting settled a moment from now, by whoever takes what is incoming."""
    home.incoming.put(f"{FOLDER}/{subject}/{secrets.token_hex(8)}", b"settle", TEXT)


def subject_marked(name: str) -> str | None:
    """The case or sighting that an object is a mark of, None for any other object."""
    match = NAME.fullmatch(name)
    return match[1] if match else None
