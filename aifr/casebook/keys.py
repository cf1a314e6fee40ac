"""Keys of partners, and of staff where there is no OpenID Connect; only their hashes are kept:

python -m aifr.casebook.keys create "Salvati Copiii" --role partner
python -m aifr.casebook.keys revoke "Salvati Copiii"
python -m aifr.casebook.keys list
"""

import argparse
import re
import secrets
from dataclasses import dataclass
from typing import Literal

from aifr.casebook.home import home
from aifr.casebook.identity import digest
from aifr.casebook.moment import now
from aifr.casebook.records.contract import Query, Records, Transaction
from aifr.casebook.stored import as_document, as_records

KEYS = "keys"
KEY = re.compile(r"key_[0-9a-f]{48}")
KeyRole = Literal["partner", "reviewer", "admin"]
KEY_ROLES: tuple[KeyRole, ...] = ("partner", "reviewer", "admin")
MOST_KEYS = 10_000


@dataclass(frozen=True)
class Key:
    """identity: hash of the key. name: whose it is."""

    identity: str
    name: str
    role: KeyRole
    created: str
    revoked: bool = False


def create_key(records: Records, name: str, role: KeyRole) -> str:
    """A new key, which is shown this once."""
    key = f"key_{secrets.token_hex(24)}"
    record = Key(digest(key), name, role, now())
    records.transact(
        lambda transaction: transaction.put(KEYS, record.identity, as_document(record))
    )
    return key


def find_key(records: Records, key: str) -> Key | None:
    """What a key stands for; None for one that is unknown or revoked."""
    if KEY.fullmatch(key) is None:
        return None
    document = records.get(KEYS, digest(key))
    if document is None or document["revoked"]:
        return None
    return Key(digest(key), **document)


def list_keys(records: Records) -> list[Key]:
    """All keys, the oldest first."""
    return as_records(Key, records.find(Query(KEYS, limit=MOST_KEYS)))


def revoke_keys(records: Records, name: str) -> int:
    """Revokes all keys of a name; how many there were."""

    def work(transaction: Transaction) -> int:
        found = transaction.find(Query(KEYS, {"name": name, "revoked": False}, limit=MOST_KEYS))
        for each in found:
            transaction.put(KEYS, each.identity, {**each.document, "revoked": True})
        return len(found)

    return records.transact(work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create")
    create.add_argument("name")
    create.add_argument("--role", choices=KEY_ROLES, default="partner")
    commands.add_parser("revoke").add_argument("name")
    commands.add_parser("list")
    arguments = parser.parse_args()
    records = home().records
    if arguments.command == "create":
        print(create_key(records, arguments.name, arguments.role))
    elif arguments.command == "revoke":
        print(f"{revoke_keys(records, arguments.name)} revoked")
    else:
        for key in list_keys(records):
            state = "revoked" if key.revoked else "valid"
            print(f"{key.role}\t{key.name}\t{key.created}\t{state}")


if __name__ == "__main__":
    main()
