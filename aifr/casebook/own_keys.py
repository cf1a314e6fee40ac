"""Keys that a deployment makes for itself at their first use, and keeps in its records alone: all
instances share them, and nobody has to set them.

Who can read the records needs none of them to read what they protect.
"""

import secrets
from functools import lru_cache

from aifr.casebook.records.contract import Records, Transaction

OWN_KEYS = "own_keys"
KEY_BYTES = 64


@lru_cache(maxsize=8)
def own_key(records: Records, purpose: str) -> bytes:
    """The key of a purpose: 64 random bytes."""
    kept = records.get(OWN_KEYS, purpose) or records.transact(lambda each: _made(each, purpose))
    return bytes.fromhex(kept["key"])


def _made(transaction: Transaction, purpose: str) -> dict[str, str]:
    # Another instance may have been faster.
    kept = transaction.get(OWN_KEYS, purpose)
    if kept is None:
        kept = {"key": secrets.token_hex(KEY_BYTES)}
        transaction.put(OWN_KEYS, purpose, kept)
    return kept
