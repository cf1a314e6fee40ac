"""The answers of the function `cases` to what is decided about a case: its state, and changes that
wait.
"""

from typing import Any

from flask import Response

from aifr.casebook.cases import REPORT_FIELDS, STATES, Case, get_case
from aifr.casebook.home import home
from aifr.casebook.photos import MOST_PHOTOS
from aifr.casebook.publishing import DECISIONS, Ruling, change_state, decide_changes
from aifr.desk.admission import another_could
from aifr.desk.cases import show_to, tagged
from aifr.desk.forms import names_of, revision_of
from aifr.desk.photos import look_again, match_again
from aifr.endpoint.body import read_json
from aifr.endpoint.routes import Call
from aifr.errors import InvalidParameter, NotAllowed, RevisionMissing
from aifr.fields import one_of, refuse_unknown, text

# Photos that one request may name.
MOST_NAMES = 10 * MOST_PHOTOS


def change(call: Call) -> Response:
    """POST state, reason, and of staff the revision that they saw, photos to leave out and photos
    to show whole; who reported a case may only close it.
    """
    content, caller = read_json(call.request), call.caller
    staff = ("leave_out", "whole") if caller.staff else ()
    refuse_unknown(content, ("state", "reason", "revision", *staff))
    state = one_of(content, "state", STATES)
    reason = text(content, "reason", 500, required=True)
    if state != "closed" and not caller.staff:
        raise NotAllowed("Only reviewers verify and publish.")
    identity = call.arguments["case"]
    case = change_state(
        home().records,
        identity,
        state,
        reason,
        caller.actor,
        revision_seen(call, content),
        names_of(content, "leave_out", MOST_NAMES) or (),
        names_of(content, "whole", MOST_NAMES) or (),
        another_could(caller, get_case(home().records, identity)),
    )
    return reviewed(call, case)


def revision_seen(call: Call, content: dict[str, Any]) -> int | None:
    """The revision that a decision is made on; raises RevisionMissing where staff name none."""
    revision = revision_of(call.request, content)
    if revision is None and call.caller.staff:
        raise RevisionMissing("Say which revision of the case you saw.", "revision")
    return revision


def decide(call: Call) -> Response:
    """POST decision, revision, fields, photos, whole, reason: changes that wait, passed or refused,
    all of them where none is named.
    """
    content = read_json(call.request)
    refuse_unknown(content, ("decision", "revision", "fields", "photos", "whole", "reason"))
    decision = one_of(content, "decision", DECISIONS)
    fields = names_of(content, "fields", len(REPORT_FIELDS))
    if not set(fields or ()) <= set(REPORT_FIELDS):
        raise InvalidParameter("fields must be fields of a report.", "fields")
    whole = names_of(content, "whole", MOST_NAMES)
    if whole and decision == "refuse":
        raise InvalidParameter("Only a photo that is passed is shown whole.", "whole")
    reason = text(content, "reason", 500, required=decision == "refuse")
    ruling = Ruling(decision, fields, names_of(content, "photos", MOST_NAMES), whole or (), reason)
    identity, caller = call.arguments["case"], call.caller
    revision = revision_seen(call, content)
    case = get_case(home().records, identity)
    second = another_could(caller, case)
    return reviewed(
        call,
        decide_changes(home().records, identity, ruling, caller.actor, revision, second),
    )


def reviewed(call: Call, case: Case) -> Response:
    """The answer to a decision, after which photos may have to be looked at and matched again."""
    if case.searched:
        look_again(case.identity)
        match_again(case.identity)
    return tagged(show_to(call.caller, get_case(home().records, case.identity)))
