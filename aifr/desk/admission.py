"""Who calls, and whether they may: denied unless a route says otherwise."""

from flask import Request

from aifr.casebook.cases import Case
from aifr.casebook.home import home
from aifr.casebook.identity import kind_of, staff_person
from aifr.casebook.keys import find_key
from aifr.casebook.openid import verified_email
from aifr.casebook.partners import partner_of
from aifr.casebook.people import others
from aifr.casebook.records.contract import Records
from aifr.casebook.secrets import subject_opened_by
from aifr.casebook.staff import staff_role
from aifr.desk.budgets import address_of, count, count_unknown_token, demand_trust
from aifr.endpoint.caller import Caller, bearer_token
from aifr.endpoint.routes import Arguments, Route
from aifr.errors import InvalidToken, NotAllowed, NotAuthenticated
from aifr.settings import Settings, settings


def admit(request: Request, route: Route, arguments: Arguments) -> Caller:
    """The caller of a route; raises NotAuthenticated, NotAllowed and TooManyRequests."""
    chosen, records = settings(), home().records
    address = address_of(request, chosen)
    caller = identify(records, bearer_token(request), address, chosen)
    if caller is None:
        count_unknown_token(records, address, chosen)
        raise InvalidToken("This token opens nothing, or nothing any more.")
    count(records, caller, route, request, chosen)
    if route.access == "everyone" or caller.staff:
        return caller
    if caller.role == "public":
        raise NotAuthenticated("Say who you are: Authorization: Bearer TOKEN.")
    if route.access == "owner" and owns(records, caller, next(iter(arguments.values()))):
        return caller
    raise NotAllowed("This is not yours to do.")


def identify(
    records: Records, token: str | None, address: str, settings: Settings
) -> Caller | None:
    """Who a token stands for; None for one that stands for nobody. Raises IssuerUnavailable, and
    TooManyRequests before the issuer is asked for an address that showed too many such tokens.
    """
    if token is None:
        return Caller("public")
    subject = subject_opened_by(records, token)
    if subject is not None:
        return Caller("reporter", record=subject)
    key = find_key(records, token)
    if key is not None and (key.role == "partner" or settings.staff_keys):
        return Caller(key.role, key.name, partner=key.partner)
    # A key or a secret is no OpenID Connect token, and is not sent on to be verified as one.
    if key is None and settings.staff_audience and token.count(".") == 2:
        email = verified_email(
            token, settings.staff_audience, lambda: demand_trust(records, address, settings)
        )
        role = staff_role(records, email) if email else None
        if email and role:
            return Caller(role, email.casefold())
    return None


def owns(records: Records, caller: Caller, subject: str) -> bool:
    """Whether the caller reported a case or sighting."""
    if caller.role == "reporter":
        return caller.record == subject
    if caller.role != "partner":
        return False
    record = records.get(kind_of(subject), subject)
    return record is not None and partner_of(record) == caller.partner


def another_could(caller: Caller, case: Case) -> bool:
    """Whether another of the staff, who did not report the case, could do the second half of a
    review; never where one person may do both.
    """
    chosen = settings()
    if not (caller.staff and chosen.two_person_publishing):
        return False
    besides = {staff_person(caller.actor), staff_person(case.reporter)}
    return others(home().records, chosen.staff_keys, besides)


def corrects_directly(caller: Caller, case: Case) -> bool:
    """Whether what a caller corrects needs nobody else to pass it."""
    if not caller.staff or staff_person(case.reporter) == staff_person(caller.actor):
        return False
    return not another_could(caller, case)
