"""The answers of the function `cases`."""

from dataclasses import replace
from typing import Any

from flask import Request, Response

from aifr.casebook.answering import reviewer_of
from aifr.casebook.audit import history
from aifr.casebook.cases import (
    REPORT_FIELDS,
    SEXES,
    STATES,
    Case,
    get_case,
    list_cases,
    list_order,
    list_waiting,
    report_case,
)
from aifr.casebook.corrections import correct_case
from aifr.casebook.forms import (
    changes_of,
    contact_of,
    report_of,
    require_consent,
)
from aifr.casebook.home import home
from aifr.casebook.photos import get_photo, photos_of, shown
from aifr.casebook.review import open_events
from aifr.casebook.secrets import PRIVATE
from aifr.casebook.words import plain_words
from aifr.desk.admission import corrects_directly, owns
from aifr.desk.erasing import erase_subject
from aifr.desk.forms import repeat_of, revision_of
from aifr.desk.opening import new_secret
from aifr.desk.paging import cursor_of, limit_of, next_cursor
from aifr.desk.photos import show_photo, show_public_photo
from aifr.desk.views import full_case, public_case
from aifr.endpoint.body import read_json
from aifr.endpoint.caller import Caller
from aifr.endpoint.query import flag, option
from aifr.endpoint.response import json_response
from aifr.endpoint.routes import Call
from aifr.errors import NotAllowed, NotFound
from aifr.fields import country, line, one_of, refuse_unknown, text
from aifr.settings import settings


def list_all(call: Call) -> dict[str, Any]:
    """GET: published cases, or for staff those of another state, or with changes waiting."""
    request = call.request
    waiting = flag(request, "waiting")
    state = option(request, "state", ("published", *STATES))
    if (state != "published" or waiting) and not call.caller.staff:
        raise NotAllowed("Only reviewers see cases that are not published.")
    filters = filters_of(request)
    order = "created" if waiting else list_order(state)
    after, limit = cursor_of(call, order), limit_of(request)
    if waiting:
        stated = {"state": state} if "state" in request.args else {}
        page = list_waiting(home().records, {**stated, **filters}, word_of(request), after, limit)
    else:
        page = list_cases(home().records, state, filters, word_of(request), after, limit)
    return {
        "cases": [seen_by(call.caller, case) for case in page],
        "cursor": next_cursor(call, page, limit, order),
    }


def filters_of(request: Request) -> dict[str, Any]:
    """What a list of cases is narrowed by; raises InvalidParameter."""
    filters: dict[str, Any] = {}
    if "sex" in request.args:
        filters["sex"] = one_of(request.args, "sex", SEXES)
    if "country" in request.args:
        filters["country"] = country(request.args, "country", required=True)
    return filters


def word_of(request: Request) -> str | None:
    """The word that a list of cases is searched for; raises InvalidParameter."""
    words = plain_words(text(request.args, "word", 80))
    return words[0] if words else None


def seen_by(caller: Caller, case: Case) -> dict[str, Any]:
    """A case in a list."""
    return show_case(case, staff=True) if caller.staff else show_public(case)


def me(call: Call) -> dict[str, Any]:
    """GET: who the token stands for."""
    return {"role": call.caller.role, "name": call.caller.name, "record": call.caller.record}


def report(call: Call) -> dict[str, Any]:
    """POST: a draft, and the secret that opens it to whoever has no key."""
    content = read_json(call.request)
    refuse_unknown(content, (*REPORT_FIELDS, "contact", "full_name", "consent"))
    require_consent(content)
    case, secret = report_case(
        home().records,
        report_of(content),
        contact_of(content),
        line(content, "full_name", 120),
        call.caller.actor,
        repeat_of(call, content),
        call.caller.owner,
    )
    return {"case": case.identity, "state": case.state, "secret": secret}


def read(call: Call) -> Response:
    """GET: all of it to its reporter and staff, the public fields of a published case to anyone."""
    case = visible_case(call)
    return tagged(show_to(call.caller, case) if opens(call.caller, case) else show_public(case))


def tagged(view: dict[str, Any]) -> Response:
    """A case as an answer, with its revision as an ETag."""
    response = json_response(view)
    response.set_etag(str(view["revision"]))
    return response


def visible_case(call: Call) -> Case:
    """The case of a call; raises NotFound where the caller may not know of it."""
    case = get_case(home().records, call.arguments["case"])
    if case.state != "published" and not opens(call.caller, case):
        raise NotFound("There is no such case.")
    return case


def opens(caller: Caller, case: Case) -> bool:
    """Whether the caller sees more of a case than the public does."""
    return caller.staff or owns(home().records, caller, case.identity)


def show_case(case: Case, staff: bool = False) -> dict[str, Any]:
    """A case as its reporter and staff see it."""
    private = home().records.get(PRIVATE, case.identity) or {}
    photos = photos_of(home().records, case.identity)
    return full_case(case, photos, private.get("full_name", ""), staff)


def show_to(caller: Caller, case: Case) -> dict[str, Any]:
    """A case as this caller, who may see more than the public, sees it."""
    return show_case(case, caller.staff)


def show_public(case: Case) -> dict[str, Any]:
    """A case as everyone sees it."""
    return public_case(case, photos_of(home().records, case.identity))


def correct(call: Call) -> Response:
    """PATCH: the fields of the report that change, `contact` and `full_name`."""
    identity, caller = call.arguments["case"], call.caller
    revision = revision_of(call.request)
    case = get_case(home().records, identity)
    changes, private = changes_of(read_json(call.request), as_told(case))
    directly = corrects_directly(caller, case)
    corrected = correct_case(
        home().records, identity, changes, caller.actor, directly, private, revision
    )
    return tagged(show_to(caller, corrected))


def as_told(case: Case) -> Case:
    """The case with the corrections that wait."""
    return replace(case, **{name: said["value"] for name, said in case.proposed.items()})


def remove(call: Call) -> dict[str, Any]:
    """DELETE: erased everywhere, with proof."""
    return erase_subject(call.arguments["case"], call.caller)


def secret(call: Call) -> dict[str, Any]:
    """POST: another secret in place of the one that opened the case."""
    return new_secret(call.arguments["case"], call.caller)


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
    """GET: the photo itself; the public, and whoever asks for its view, sees of a photo that a
    reviewer has passed what the public may see of it.
    """
    case = visible_case(call)
    found = get_photo(home().records, case.identity, call.arguments["photo"])
    view = option(call.request, "view", ("full", "public"))
    may_see_all = opens(call.caller, case)
    if view == "full" and may_see_all:
        return show_photo(case.identity, found.identity)
    if found.face is None or not (may_see_all or shown(case, found)):
        raise NotFound("There is no such photo.")
    return show_public_photo(found)
