"""How often one caller may do a thing: counted in the records, so that all instances share it."""

import time

from aifr.casebook.identity import digest
from aifr.casebook.records.contract import Query, Records, Transaction
from aifr.errors import TooManyRequests

LIMITS = "limits"
HOUR = 3600
SWEEP = 500


def count_request(records: Records, kind: str, caller: str, most: int) -> None:
    """Counts a request of `caller` (a key's name or an address, kept as a hash of this hour alone);
    raises TooManyRequests from the `most`-th on within one hour.
    """
    moment = int(time.time())
    hour = moment // HOUR
    identity = digest(kind, caller, str(hour))

    def work(transaction: Transaction) -> int:
        counted = transaction.get(LIMITS, identity) or {"count": 0, "expires": (hour + 1) * HOUR}
        transaction.put(LIMITS, identity, {**counted, "count": counted["count"] + 1})
        return counted["count"]

    if records.transact(work) >= most:
        raise TooManyRequests("Too many requests; try again later.", (hour + 1) * HOUR - moment)


def forget_past_hours(records: Records) -> int:
    """Removes counts that no longer count; how many."""
    gone = records.find(Query(LIMITS, order="expires", below=int(time.time()), limit=SWEEP))

    def work(transaction: Transaction) -> None:
        for each in gone:
            transaction.delete(LIMITS, each.identity)

    records.transact(work)
    return len(gone)
