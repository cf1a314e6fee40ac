"""Partners by an identity that stays theirs: keys come and go, and a name may be used again.

The first of a name has the name's own identity, so that what a manifest enrols for a partner is
theirs when they get a key. Whoever is called the same later is somebody else.
"""

import re
import unicodedata

from aifr.casebook.identity import DIGITS, derived_identity, new_identity
from aifr.casebook.records.contract import Document

PARTNER = "o"
IDENTITY = re.compile(rf"{PARTNER}[0-9a-f]{{{DIGITS}}}")
PREFIX = "partner:"


def plain_name(name: str) -> str:
    """A name as it is kept: without what nobody sees."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def folded(name: str) -> str:
    """The same for names that people take for the same."""
    return plain_name(unicodedata.normalize("NFKC", name)).casefold()


def first_called(name: str) -> str:
    """The identity of the first partner of this name."""
    return derived_identity(PARTNER, "partner", folded(name))


def another() -> str:
    """The identity of a partner whose name was another's before."""
    return new_identity(PARTNER)


def is_partner(text: str) -> bool:
    """Whether a text is a partner's identity."""
    return IDENTITY.fullmatch(text) is not None


def partner_of(document: Document) -> str:
    """The identity of the partner who reported a case or sighting, "" for all others. What is older
    than identities tells it by the reporter's name.
    """
    owner, reporter = document.get("owner", ""), document.get("reporter", "")
    if not owner and reporter.startswith(PREFIX):
        return first_called(reporter.removeprefix(PREFIX))
    return owner if is_partner(owner) else ""


def opened_by_key(document: Document) -> bool:
    """Whether a key or an account opens a case or sighting, and so no secret."""
    told = document.get("reporter", "") or document.get("sender", "")
    return document.get("owner", "") != "" or ":" in told
