"""What was erased: a name and a moment, so that it does not come back under the same name."""

from aifr.casebook.moment import now
from aifr.casebook.records.contract import Records, Transaction
from aifr.errors import Conflict

ERASED = "erased"


def refuse_erased(reader: Records | Transaction, subject: str) -> None:
    """Raises Conflict for a case or sighting that was erased."""
    if reader.get(ERASED, subject) is not None:
        raise Conflict("This was erased, and stays erased.")


def bury(transaction: Transaction, identity: str, objects: str) -> None:
    """Notes that something is erased, and the names (a prefix) of objects that still have to go."""
    tombstone = {"created": now(), "finished": False, "objects": objects}
    transaction.put(ERASED, identity, tombstone)


def finish(transaction: Transaction, identity: str) -> None:
    """Notes that nothing is left of what was erased."""
    tombstone = transaction.get(ERASED, identity)
    if tombstone is not None:
        transaction.put(ERASED, identity, {**tombstone, "finished": True})
