"""The secret that opens one case or sighting to who reported it; only its hash is kept.

Partners and staff get none: their key or account opens what they reported, and nothing is left that
does when it is taken away.
"""

import hmac
import re
import secrets
from dataclasses import dataclass

from aifr.casebook.audit import Trail
from aifr.casebook.identity import SUBJECT, derived_identity, digest, kind_of
from aifr.casebook.partners import opened_by_key
from aifr.casebook.records.contract import Document, Records, Transaction
from aifr.errors import Conflict, KeyReused, NotFound

PRIVATE = "private"
SECRET = re.compile(rf"report_({SUBJECT.pattern})_[0-9a-f]{{40}}")


@dataclass(frozen=True)
class Repeat:
    """What tells a repeated report from another one. key: the caller's own, secret, and bound to
    who they are. body: a digest of all that they sent.
    """

    key: str
    body: str


@dataclass(frozen=True)
class Opening:
    """How a new record is opened. key: secret, of the caller or drawn by lot. kept: what the
    private part keeps of it: a salt, so that the key alone tells no secret; the secret's hash, ""
    for none; a keyed hash of what was sent.
    """

    identity: str
    key: str
    kept: Document

    def told(self, private: Document | None) -> str | None:
        """The secret by what is kept; None where none opens the record, or another since."""
        if private is None:
            return None
        secret = _secret(self.identity, self.key, private.get("salt", ""))
        return secret if hmac.compare_digest(private["secret"], digest(secret)) else None


def opening(kind: str, repeat: Repeat | None, by_secret: bool) -> Opening:
    """How a new record of a kind (a letter) is opened, or the one that a repeated report made."""
    key = repeat.key if repeat else secrets.token_hex(32)
    identity, salt = derived_identity(kind, kind, key), secrets.token_hex(16)
    secret = digest(_secret(identity, key, salt)) if by_secret else ""
    sent = _keyed(key, "sent", repeat.body) if repeat else ""
    return Opening(identity, key, {"salt": salt, "secret": secret, "sent": sent})


def refuse_other_body(transaction: Transaction, identity: str, kept: Document) -> None:
    """Raises KeyReused where a record was made under the same key by another report."""
    private = transaction.get(PRIVATE, identity) or {}
    if not hmac.compare_digest(private.get("sent", ""), kept.get("sent", "")):
        raise KeyReused("This Idempotency-Key was used for another report; use a new one.")


def subject_opened_by(records: Records, secret: str) -> str | None:
    """The case or sighting that a secret opens, None if it opens none."""
    match = SECRET.fullmatch(secret)
    private = records.get(PRIVATE, match[1]) if match else None
    if match is None or private is None or private.get("secret") is None:
        return None
    if not hmac.compare_digest(private["secret"], digest(secret)):
        return None
    # Reports of partners had secrets once.
    record = records.get(kind_of(match[1]), match[1])
    return None if record is None or opened_by_key(record) else match[1]


def change_secret(records: Records, subject: str, actor: str) -> str:
    """A new secret of a case or sighting, told this once; the old one opens nothing any more.

    Raises NotFound, and Conflict for what a partner or staff reported.
    """
    secret = _secret(subject, secrets.token_hex(32), "")

    def work(transaction: Transaction) -> None:
        record = transaction.get(kind_of(subject), subject)
        private = transaction.get(PRIVATE, subject)
        if record is None or private is None:
            raise NotFound("There is no such case or sighting.")
        if opened_by_key(record):
            raise Conflict("Who reported this has a key; no secret opens it.")
        trail = Trail(transaction, subject)
        transaction.put(PRIVATE, subject, {**private, "secret": digest(secret)})
        trail.append(actor, "secret changed")

    records.transact(work)
    return secret


def _secret(subject: str, key: str, salt: str) -> str:
    return f"report_{subject}_{_keyed(key, 'secret', subject, salt)[:40]}"


def _keyed(key: str, *parts: str) -> str:
    return hmac.digest(key.encode(), "\0".join(parts).encode(), "sha256").hex()
