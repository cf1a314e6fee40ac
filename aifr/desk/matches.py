"""The answers of the function `search` about matches: the reviewers' queue, lists and answers."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Request

from aifr.casebook.answering import (
    Reviewer,
    answer_match,
    refusal_of,
    reviewer_of,
    revision_of,
)
from aifr.casebook.decisions import ANSWER_WORDS, MATCH_STATES
from aifr.casebook.home import home
from aifr.casebook.matches import get_match, held
from aifr.casebook.photos import photos_of
from aifr.casebook.review import list_matches, next_match
from aifr.casebook.sides import Sides, sides_of
from aifr.desk.cases import show_case
from aifr.desk.paging import cursor_of, limit_of, next_cursor
from aifr.desk.photos import match_again
from aifr.desk.views import match_view, sighting_view
from aifr.endpoint.body import read_json
from aifr.endpoint.query import option
from aifr.endpoint.routes import Call, is_name
from aifr.errors import InvalidParameter, RevisionMissing
from aifr.fields import one_of, refuse_unknown, text
from aifr.settings import settings

ETAG = re.compile(r'(?:W/)?"?([0-9a-f]{1,64})"?')


def this_reviewer(call: Call) -> Reviewer:
    """Who reviews."""
    return reviewer_of(call.caller.name, settings().blind_review)


def next_in_queue(call: Call) -> dict[str, Any]:
    """GET: the match that this reviewer should look at next."""
    reviewer = this_reviewer(call)
    sides, waiting = next_match(home().records, reviewer)
    behind = held(home().records)
    return {
        "match": show_match(sides, reviewer) if sides else None,
        "waiting": waiting,
        **({"held": behind} if behind else {}),
    }


def list_all(call: Call) -> dict[str, Any]:
    """GET: matches of a state, a case or a sighting, the newest first."""
    reviewer = this_reviewer(call)
    state = option(call.request, "state", MATCH_STATES)
    given = [name for name in ("case", "sighting") if name in call.request.args]
    equal = {name: name_of(call.request, name) for name in given}
    after, limit = cursor_of(call, "created"), limit_of(call.request)
    page = list_matches(home().records, reviewer, state, equal, after, limit)
    return {
        "matches": [show_match(sides, reviewer) for sides in page],
        "cursor": next_cursor(call, [sides.match for sides in page], limit, "created"),
    }


def name_of(request: Request, kind: str) -> str:
    """The parameter that names a record; raises InvalidParameter."""
    name = request.args[kind]
    if not is_name(name, kind):
        raise InvalidParameter(f"{kind} must be the name of a {kind}.", kind)
    return name


def read(call: Call) -> dict[str, Any]:
    """GET: one match."""
    return show_match(found(call), this_reviewer(call))


def found(call: Call) -> Sides:
    """The match of a call; raises NotFound."""
    records = home().records
    return sides_of(records, get_match(records, call.arguments["match"]))


def answer(call: Call) -> dict[str, Any]:
    """POST answer, reason, revision: what the reviewer says of a match, as they were shown it."""
    content = read_json(call.request)
    refuse_unknown(content, ("answer", "reason", "revision"))
    said = one_of(content, "answer", ANSWER_WORDS)
    reason = text(content, "reason", 500, required=True)
    identity, reviewer = found(call).match.identity, this_reviewer(call)
    revision = named_revision(call.request, content)
    changed = answer_match(home().records, identity, reviewer, said, reason, revision)
    if changed.state == "unpaired":
        match_again(changed.sighting)
    return show_match(sides_of(home().records, changed), reviewer)


def named_revision(request: Request, content: Mapping[str, Any]) -> str:
    """The revision that a decision names, by the field or the header If-Match; raises
    RevisionMissing and InvalidParameter.
    """
    named = text(content, "revision", 64) or request.headers.get("If-Match", "")
    if not named:
        raise RevisionMissing("Say by revision or If-Match what you looked at.", "revision")
    found = ETAG.fullmatch(named)
    if found is None:
        raise InvalidParameter("revision must be one that a match has.", "revision")
    return found[1]


def show_match(sides: Sides, reviewer: Reviewer) -> dict[str, Any]:
    """A match with both sides, as this reviewer may see it now."""
    photos = photos_of(home().records, sides.sighting.identity)
    return match_view(
        sides.match,
        show_case(sides.case),
        sighting_view(sides.sighting, photos),
        reviewer,
        revision_of(sides, reviewer),
        refusal_of(sides, reviewer),
    )
