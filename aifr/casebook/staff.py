"""Who is a reviewer or an admin, by the e-mail address in their OpenID Connect token:

python -m aifr.casebook.staff add ana@example.org reviewer
python -m aifr.casebook.staff remove ana@example.org
"""

import argparse
from typing import Literal

from aifr.casebook.home import home
from aifr.casebook.identity import digest
from aifr.casebook.moment import now
from aifr.casebook.records.contract import Query, Records
from aifr.casebook.records.everything import find_all

STAFF = "staff"
StaffRole = Literal["reviewer", "admin"]
STAFF_ROLES: tuple[StaffRole, ...] = ("reviewer", "admin")


def add_staff(records: Records, email: str, role: StaffRole) -> None:
    """Gives a person a role, in place of the one they had."""
    person = {"email": email.casefold(), "role": role, "created": now()}
    records.transact(lambda transaction: transaction.put(STAFF, _identity(email), person))


def remove_staff(records: Records, email: str) -> None:
    """Takes a person's role away."""
    records.transact(lambda transaction: transaction.delete(STAFF, _identity(email)))


def staff_role(records: Records, email: str) -> StaffRole | None:
    """The role of a person, None for everyone else."""
    person = records.get(STAFF, _identity(email))
    return person["role"] if person else None


def _identity(email: str) -> str:
    return digest(email.casefold())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add")
    add.add_argument("email")
    add.add_argument("role", choices=STAFF_ROLES)
    commands.add_parser("remove").add_argument("email")
    commands.add_parser("list")
    arguments = parser.parse_args()
    records = home().records
    if arguments.command == "add":
        add_staff(records, arguments.email, arguments.role)
    elif arguments.command == "remove":
        remove_staff(records, arguments.email)
    else:
        for found in find_all(records, Query(STAFF)):
            print(f"{found.document['role']}\t{found.document['email']}")


if __name__ == "__main__":
    main()
