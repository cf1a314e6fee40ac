"""What was erased: a name and a moment, so that it does not come back under the same name."""

from aifr.casebook.moment import now
from aifr.casebook.records.contract import Records, Transaction
from aifr.errors import Conflict

ERASED = "erased"


def refuse_erased(reader: Records | Transaction, subject: str) -> None:
    """Raises Conflict for a case or sighting that was erased."""
    if reader.get(ERASED, subject) is not None:
        raise Conflict("This was erased, and stays erased.")


def bury(transaction: Transaction, subject: str) -> None:
    """Notes that a subject is erased, and that its objects may still have to go."""
    transaction.put(ERASED, subject, {"created": now(), "finished": False})


def finish(transaction: Transaction, subject: str) -> None:
    """Notes that nothing of a subject is left."""
    tombstone = transaction.get(ERASED, subject)
    if tombstone is not None:
        transaction.put(ERASED, subject, {**tombstone, "finished": True})
