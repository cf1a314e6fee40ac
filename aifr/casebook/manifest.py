"""Bulk enrolment: a CSV in which each row is a photo of a case.

Columns: `case` (the partner's own name for it, the same in all rows of a case), `object` (name in
the store, letter by letter), `age` (at the photo, in years), the fields of a report, `full_name`,
and contact_name, contact_email, contact_phone, contact_relation.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from aifr.casebook.arrivals import Arrival
from aifr.casebook.cases import open_case
from aifr.casebook.forms import OLDEST, checked_contact, report_of
from aifr.casebook.home import Home
from aifr.casebook.identity import CASE, derived_identity
from aifr.casebook.keys import Partner, partner_called
from aifr.casebook.moment import now
from aifr.casebook.objects.contract import Objects
from aifr.casebook.partners import PREFIX, first_called
from aifr.casebook.publishing import change_state
from aifr.errors import InvalidRequest, MissingField
from aifr.fields import line, text, whole

Row = dict[str, str]
# The first line holds the names of the columns.
FIRST_LINE = 2


def read_manifest(path: Path) -> Iterator[tuple[int, Row]]:
    """Line numbers and rows; raises InvalidRequest for a file without the columns it needs."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = {"case", "object"} - set(reader.fieldnames or ())
        if missing:
            raise InvalidRequest(f"{path.name} has no column {', '.join(sorted(missing))}.")
        for line, row in enumerate(reader, FIRST_LINE):
            yield line, {name: value for name, value in row.items() if name and value}


def enrol(home: Home, store: Objects, row: Row, partner: str, verified: bool) -> Arrival:
    """Opens the case of a row, unless it is there, and tells which photo to ingest for it.

    Raises MissingField and InvalidParameter, and Conflict for a case that was erased.
    """
    who = partner_called(home.records, partner)
    actor = f"{PREFIX}{who.name}"
    identity = case_identity(who, text(row, "case", 200, required=True))
    report = report_of(row)
    contact = checked_contact(row, "contact_")
    private = {
        "contact": vars(contact),
        "full_name": line(row, "full_name", 120),
        # No secret opens it: the partner's key does.
        "secret": "",
        "consent": now(),
    }

    case = home.records.transact(
        lambda transaction: open_case(transaction, identity, report, private, actor, who.identity)
    )
    if verified and case.state == "draft":
        change_state(home.records, identity, "verified", f"enrolled by {who.name}", actor)
    arrival = Arrival(store, named(row), ours=False, partner=who.identity)
    vouched = actor if verified else ""
    return replace(arrival, subject=identity, age=whole(row, "age", 0, OLDEST), passed_by=vouched)


def case_identity(partner: Partner, name: str) -> str:
    """The same case for the same partner's name for it."""
    first = partner.identity == first_called(partner.name)
    return derived_identity(CASE, "manifest", partner.name if first else partner.identity, name)


def named(row: Row) -> str:
    """The name of a row's object; raises MissingField. It is another in another normal form."""
    if not row.get("object"):
        raise MissingField("The field object is missing.", "object")
    return row["object"]
