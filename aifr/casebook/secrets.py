"""The secret that opens one case or sighting to who reported it; only its hash is kept."""

import hmac
import re
import secrets

from aifr.casebook.identity import SUBJECT, digest
from aifr.casebook.records.contract import Records

PRIVATE = "private"
SECRET = re.compile(rf"report_({SUBJECT.pattern})_[0-9a-f]{{40}}")


def secret_from(subject: str, key: str | None) -> str:
    """The secret of a subject: the same for the same `key`, so that a repeated report can be
    answered again; random without one.
    """
    tail = digest("secret", subject, key)[:40] if key else secrets.token_hex(20)
    return f"report_{subject}_{tail}"


def subject_opened_by(records: Records, secret: str) -> str | None:
    """The case or sighting that a secret opens, None if it opens none."""
    match = SECRET.fullmatch(secret)
    private = records.get(PRIVATE, match[1]) if match else None
    if match is None or private is None or private.get("secret") is None:
        return None
    return match[1] if hmac.compare_digest(private["secret"], digest(secret)) else None
