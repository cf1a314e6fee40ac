"""Bulk enrolment: a CSV in which each row is a photo of a case.

Columns: `case` (the partner's own name for it, the same in all rows of a case), `object` (name in
the store), `age` (at the photo, in years), the fields of a report, `full_name`, and contact_name,
contact_email, contact_phone, contact_relation.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from aifr.casebook.cases import change_state, open_case
from aifr.casebook.forms import OLDEST, checked_contact, report_of
from aifr.casebook.home import Home
from aifr.casebook.identity import CASE, derived_identity
from aifr.casebook.ingestion import Arrival
from aifr.casebook.moment import now
from aifr.casebook.objects.contract import Objects
from aifr.errors import InvalidRequest
from aifr.fields import text, whole

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
    actor = f"partner:{partner}"
    name = text(row, "case", 200, required=True)
    identity = derived_identity(CASE, "manifest", partner, name)
    report = report_of(row)
    contact = checked_contact(row, "contact_")
    private = {
        "contact": vars(contact),
        "full_name": text(row, "full_name", 120),
        # No secret opens it: the partner's key does.
        "secret": "",
        "consent": now(),
    }

    case = home.records.transact(
        lambda transaction: open_case(transaction, identity, report, private, actor)
    )
    if verified and case.state == "draft":
        change_state(home.records, identity, "verified", f"enrolled by {partner}", actor)
    arrival = Arrival(store, text(row, "object", 500, required=True), ours=False)
    return replace(arrival, subject=identity, age=whole(row, "age", 0, OLDEST))
