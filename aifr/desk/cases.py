"""The answers of the function `cases`."""

from typing import Any

from flask import Response

from aifr.casebook.answering import reviewer_of
from aifr.casebook.audit import history
from aifr.casebook.cases import (
    SEXES,
    STATES,
    Case,
    change_state,
    correct_case,
    get_case,
    list_cases,
    list_order,
    report_case,
)
from aifr.casebook.forms import (
    REPORT_FIELDS,
    changes_of,
    contact_of,
    report_of,
    require_consent,
)
from aifr.casebook.home import home
from aifr.casebook.photos import get_photo, photos_of
from aifr.casebook.review import open_events
from aifr.casebook.secrets import PRIVATE
from aifr.casebook.words import plain_words
from aifr.desk.admission import owns
from aifr.desk.erasing import erase_subject
from aifr.desk.forms import idempotency_key
from aifr.desk.paging import cursor_of, limit_of, next_cursor
from aifr.desk.photos import match_again, show_photo
from aifr.desk.views import full_case, public_case
from aifr.endpoint.body import read_json
from aifr.endpoint.caller import Caller
from aifr.endpoint.query import option
from aifr.endpoint.routes import Call
from aifr.errors import NotAllowed, NotFound
from aifr.fields import country, line, one_of, refuse_unknown, text
from aifr.settings import settings


def list_all(call: Call) -> dict[str, Any]:
    """GET: published cases, or for staff those of another state."""
    request = call.request
    state = option(request, "state", ("published", *STATES))
    if state != "published" and not call.caller.staff:
        raise NotAllowed("Only reviewers see cases that are not published.")
    filters: dict[str, Any] = {}
    if "sex" in request.args:
        filters["sex"] = one_of(request.args, "sex", SEXES)
    if "country" in request.args:
        filters["country"] = country(request.args, "country", required=True)
    words = plain_words(text(request.args, "word", 80))
    order = list_order(state)
    after, limit = cursor_of(call, order), limit_of(request)
    page = list_cases(home().records, state, filters, words[0] if words else None, after, limit)
    show = show_case if call.caller.staff else show_public
    return {
        "cases": [show(case) for case in page],
        "cursor": next_cursor(call, page, limit, order),
    }


def me(call: Call) -> dict[str, Any]:
    """GET: who the token stands for."""
    return {"role": call.caller.role, "name": call.caller.name, "record": call.caller.record}


def report(call: Call) -> dict[str, Any]:
    """POST: a draft, and the secret that opens it."""
    content = read_json(call.request)
    refuse_unknown(content, (*REPORT_FIELDS, "contact", "full_name", "consent"))
    require_consent(content)
    case, secret = report_case(
        home().records,
        report_of(content),
        contact_of(content),
        line(content, "full_name", 120),
        call.caller.actor,
        idempotency_key(call.request),
    )
    return {"case": case.identity, "state": case.state, "secret": secret}


def read(call: Call) -> dict[str, Any]:
    """GET: all of it to its reporter and staff, the public fields of a published case to anyone."""
    case = visible_case(call)
    return show_case(case) if opens(call.caller, case) else show_public(case)


def visible_case(call: Call) -> Case:
    """The case of a call; raises NotFound where the caller may not know of it."""
    case = get_case(home().records, call.arguments["case"])
    if case.state != "published" and not opens(call.caller, case):
        raise NotFound("There is no such case.")
    return case


def opens(caller: Caller, case: Case) -> bool:
    """Whether the caller sees more of a case than the public does."""
    return caller.staff or owns(home().records, caller, case.identity)


def show_case(case: Case) -> dict[str, Any]:
    """A case as its reporter and staff see it."""
    private = home().records.get(PRIVATE, case.identity) or {}
    photos = photos_of(home().records, case.identity)
    return full_case(case, photos, private.get("full_name", ""))


def show_public(case: Case) -> dict[str, Any]:
    """A case as everyone sees it."""
    return public_case(case, photos_of(home().records, case.identity))


def correct(call: Call) -> dict[str, Any]:
    """PATCH: the fields of the report that change, `contact` and `full_name`."""
    identity, caller = call.arguments["case"], call.caller
    changes, private = changes_of(read_json(call.request), get_case(home().records, identity))
    case = correct_case(home().records, identity, changes, caller.actor, caller.staff, private)
    return show_case(case)


def change(call: Call) -> dict[str, Any]:
    """POST state, reason; who reported a case may only close it."""
    content = read_json(call.request)
    refuse_unknown(content, ("state", "reason"))
    state = one_of(content, "state", STATES)
    reason = text(content, "reason", 500, required=True)
    if state != "closed" and not call.caller.staff:
        raise NotAllowed("Only reviewers verify and publish.")
    case = change_state(home().records, call.arguments["case"], state, reason, call.caller.actor)
    if case.searched:
        match_again(case.identity)
    return show_case(case)


def remove(call: Call) -> dict[str, Any]:
    """DELETE: erased everywhere, with proof."""
    return erase_subject(call.arguments["case"], call.caller)


def contact(call: Call) -> dict[str, Any]:
    """GET: how to reach who reported."""
    return contact_view(call.arguments["case"])


def contact_view(subject: str) -> dict[str, Any]:
    """The contact of a case or sighting, null where there is none; raises NotFound."""
    private = home().records.get(PRIVATE, subject)
    if private is None:
        raise NotFound("There is no such case or sighting.")
    return {"contact": private["contact"]}


def events(call: Call) -> dict[str, Any]:
    """GET: who did what to the case; without answers to matches that are sealed for the caller."""
    reviewer = reviewer_of(call.caller.name, settings().blind_review)
    found = history(home().records, call.arguments["case"])
    found = open_events(home().records, reviewer, found)
    shown = ("created", "actor", "action", "details")
    return {"events": [{name: getattr(event, name) for name in shown} for event in found]}


def photo(call: Call) -> Response:
    """GET: the photo itself; the public sees those that show a face."""
    case = visible_case(call)
    found = get_photo(home().records, case.identity, call.arguments["photo"])
    if found.state != "embedded" and not opens(call.caller, case):
        raise NotFound("There is no such photo.")
    return show_photo(case.identity, found.identity)
