"""How often one caller may do a thing: counted in the records, so that all instances share it."""

import secrets
import time
from collections.abc import Sequence

from aifr.casebook.identity import digest
from aifr.casebook.records.contract import Query, Records, Transaction
from aifr.errors import used_up

LIMITS = "limits"
HOUR = 3600
# As many as one transaction of Firestore takes.
SWEEP = 500


def count_request(records: Records, kind: str, caller: str, most: int) -> None:
    """Counts a request of `caller` (a key's name, a record or an address, kept as a hash of this
    hour alone); raises TooManyRequests after the `most`-th of one hour, and counts no further.
    """
    identity, expires = _counter(kind, caller)

    def work(transaction: Transaction) -> int:
        counted = transaction.get(LIMITS, identity) or {"count": 0, "expires": expires}
        if counted["count"] < most:
            transaction.put(LIMITS, identity, {**counted, "count": counted["count"] + 1})
        return counted["count"]

    _demand(kind, records.transact(work), most, expires)


def demand_budget(records: Records, kind: str, caller: str, most: int) -> None:
    """Raises TooManyRequests where `caller` has used up an hour's budget; counts nothing."""
    identity, expires = _counter(kind, caller)
    counted = records.get(LIMITS, identity) or {"count": 0}
    _demand(kind, counted["count"], most, expires)


def _now() -> int:
    return int(time.time())


def _counter(kind: str, caller: str) -> tuple[str, int]:
    hour = _now() // HOUR
    return digest(kind, caller, str(hour)), (hour + 1) * HOUR


def _demand(kind: str, counted: int, most: int, expires: int) -> None:
    if counted >= most:
        raise used_up(kind, expires)


def batch_of(records: Records, caller: str) -> str:
    """The same name for all that `caller` (a key's name or an address) sends within one hour. Once
    the hour's salt is removed, with its counters, it leads back to nobody.
    """
    identity, expires = _counter("salt", "")

    def work(transaction: Transaction) -> str:
        kept = transaction.get(LIMITS, identity)
        made = kept or {"salt": secrets.token_hex(16), "expires": expires}
        if kept is None:
            transaction.put(LIMITS, identity, made)
        return str(made["salt"])

    there = records.get(LIMITS, identity)
    return digest(there["salt"] if there else records.transact(work), caller)


def forget_past_hours(records: Records) -> int:
    """Removes all counts that no longer count; how many."""
    now, count = _now(), 0
    while gone := records.find(Query(LIMITS, order="expires", below=now, limit=SWEEP)):
        _forget(records, [each.identity for each in gone])
        count += len(gone)
    return count


def _forget(records: Records, identities: Sequence[str]) -> None:
    def work(transaction: Transaction) -> None:
        for identity in identities:
            transaction.delete(LIMITS, identity)

    records.transact(work)
