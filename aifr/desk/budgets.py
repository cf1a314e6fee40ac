"""By whom and against which budget a request is counted.

- Staff: by person, in one generous budget of their own, so that an office of reviewers locks nobody
  out, nor is locked out.
- A partner: by key, a budget for each kind.
- Who holds the secret of a record: what is done to that record by the record, so that a shelter
  behind one address can add photos to each of twenty reports.
- Everyone else, and whoever makes a new record: by address. A secret costs nothing but a report.
"""

from flask import Request

from aifr.casebook.limits import count_request, demand_budget
from aifr.casebook.records.contract import Records
from aifr.endpoint.caller import Caller, client_address, network_of
from aifr.endpoint.routes import Route
from aifr.settings import Settings

STAFF, TOKENS = "requests", "unknown tokens"


def count(
    records: Records, caller: Caller, route: Route, request: Request, settings: Settings
) -> None:
    """Counts a request of a route that is counted; raises TooManyRequests."""
    if route.counts is None:
        return
    if caller.staff:
        count_request(records, STAFF, caller.actor, settings.staff_requests_an_hour)
    else:
        most = getattr(settings, f"{route.counts}_an_hour")
        count_request(records, route.counts, counted_by(caller, route, request, settings), most)


def counted_by(caller: Caller, route: Route, request: Request, settings: Settings) -> str:
    """What the requests of anyone but staff are counted by."""
    if caller.role == "partner":
        return caller.actor
    if caller.record is not None and route.access == "owner":
        return f"record:{caller.record}"
    return address_of(request, settings)


def address_of(request: Request, settings: Settings) -> str:
    """The caller's address, as it is counted by."""
    return network_of(client_address(request, settings.trusted_proxies))


def count_unknown_token(records: Records, address: str, settings: Settings) -> None:
    """Counts a token that opens nothing; raises TooManyRequests."""
    count_request(records, TOKENS, address, settings.refused_tokens_an_hour)


def demand_trust(records: Records, address: str, settings: Settings) -> None:
    """Raises TooManyRequests where an address has shown too many tokens that open nothing."""
    demand_budget(records, TOKENS, address, settings.refused_tokens_an_hour)
