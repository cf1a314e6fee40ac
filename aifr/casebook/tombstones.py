"""What was erased: a name and a moment, so that it does not come back under the same name.

Whoever erases removes the objects at once. Somebody may be writing one just then, and die before
noticing: so retention looks once more, an hour later at the earliest, and finishes it then.
"""

from aifr.casebook.home import Home
from aifr.casebook.loops import each_alone
from aifr.casebook.moment import now, seconds_since
from aifr.casebook.objects.contract import Objects, StoredObject
from aifr.casebook.records.contract import Records, Transaction
from aifr.errors import Conflict

ERASED = "erased"
# Longer than any ingestion takes.
SECOND_LOOK_SECONDS = 3600


def refuse_erased(reader: Records | Transaction, subject: str) -> None:
    """Raises Conflict for a case or sighting that was erased."""
    if reader.get(ERASED, subject) is not None:
        raise Conflict("This was erased, and stays erased.")


def bury(transaction: Transaction, identity: str, objects: str) -> None:
    """Notes that something is erased, and the names (a prefix) of objects that still have to go."""
    tombstone = {"created": now(), "finished": False, "objects": objects}
    transaction.put(ERASED, identity, tombstone)


def close_key(transaction: Transaction, identity: str) -> None:
    """Has the key that a record was made with answered as if the record were erased."""
    transaction.put(ERASED, identity, {"created": now(), "finished": True, "objects": ""})


def erase_objects(home: Home, identity: str, prefix: str) -> int:
    """Removes every object whose name begins so, and that was there before what was erased was sent
    again, if it was; how many. Raises what one of them failed with after trying them all.
    """
    found = [(store, each) for store in (home.incoming, home.photos) for each in store.list(prefix)]
    # Looked at after the list: what was sent again is not in it, or has another generation.
    if home.records.get(ERASED, identity) is None:
        return 0
    for _, came in each_alone(found, _remove):
        if isinstance(came, Exception):
            raise came
    return len(found)


def _remove(place: tuple[Objects, StoredObject]) -> None:
    store, found = place
    store.delete(found.name, found.generation)


def look_again(home: Home, identity: str) -> bool:
    """Removes what an erasure left or could not see; whether the tombstone is finished by that."""
    tombstone = home.records.get(ERASED, identity)
    if tombstone is None:
        return False
    erase_objects(home, identity, tombstone["objects"])
    if seconds_since(tombstone["created"]) < SECOND_LOOK_SECONDS:
        return False
    home.records.transact(lambda transaction: _finish(transaction, identity))
    return True


def _finish(transaction: Transaction, identity: str) -> None:
    tombstone = transaction.get(ERASED, identity)
    if tombstone is not None:
        transaction.put(ERASED, identity, {**tombstone, "finished": True})
