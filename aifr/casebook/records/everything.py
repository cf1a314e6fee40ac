"""All that a query finds, in pages: a limit is never taken for all there is."""

from collections.abc import Iterator
from dataclasses import replace

from aifr.casebook.records.contract import Found, Query, Records, Transaction

PAGE = 200


def find_all(reader: Records | Transaction, query: Query, page: int = PAGE) -> Iterator[Found]:
    """Every document that fits, in the order of the query, whose limit does not matter. Outside of
    a transaction, what changes its place in that order meanwhile may come twice or not at all.
    """
    query = replace(query, limit=page)
    while True:
        found = reader.find(query)
        yield from found
        if len(found) < page:
            return
        last = found[-1]
        query = replace(query, after=(last.document[query.order], last.identity))
