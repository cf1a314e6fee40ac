"""Names of records: a letter that tells the kind, and 20 hex digits."""

import hashlib
import re
import secrets
import unicodedata

CASE, SIGHTING, PHOTO, MATCH = "c", "s", "p", "m"
DIGITS = 20
STAFF_ACTOR = re.compile(r"(?:reviewer|admin):(.+)", re.DOTALL)
SUBJECT = re.compile(rf"[{CASE}{SIGHTING}][0-9a-f]{{{DIGITS}}}")


def new_identity(prefix: str) -> str:
    """A name that nobody can guess (80 bits)."""
    return prefix + secrets.token_hex(DIGITS // 2)


def derived_identity(prefix: str, *parts: str) -> str:
    """The same name for the same parts, so that what is made twice is made once."""
    return prefix + digest(*parts)[:DIGITS]


def digest(*parts: str) -> str:
    """sha256 of the parts, in hex; no two lists of parts share one."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_subject(text: str) -> bool:
    """Whether a text is the name of a case or a sighting."""
    return SUBJECT.fullmatch(text) is not None


def is_case(subject: str) -> bool:
    """Whether a subject is a case; it is a sighting otherwise."""
    return subject.startswith(CASE)


def kind_of(subject: str) -> str:
    """The kind of records that a subject is kept among."""
    return "cases" if is_case(subject) else "sightings"


def person(name: str) -> str:
    """One name for one person of the staff, however it was typed."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def staff_person(actor: str) -> str | None:
    """The person of the staff that an actor of the audit is, None for everyone else."""
    staff = STAFF_ACTOR.fullmatch(actor)
    return person(staff[1]) if staff else None
