"""Who the staff of a deployment are, each person once however often they are named."""

from collections.abc import Collection

from aifr.casebook.identity import person
from aifr.casebook.keys import list_keys
from aifr.casebook.records.contract import Query, Records
from aifr.casebook.staff import STAFF, STAFF_ROLES

MOST_STAFF = 1000


def staff_people(records: Records, keys: bool) -> set[str]:
    """The reviewers and admins; keys: those who have keys, as locally, among them."""
    emails = [found.document["email"] for found in records.find(Query(STAFF, limit=MOST_STAFF))]
    holders = [
        key.name
        for key in (list_keys(records) if keys else [])
        if key.role in STAFF_ROLES and not key.revoked
    ]
    return {person(name) for name in (*emails, *holders)}


def others(records: Records, keys: bool, besides: Collection[str | None]) -> bool:
    """Whether there is a reviewer or admin besides these people."""
    return bool(staff_people(records, keys) - set(besides))
