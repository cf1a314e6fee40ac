"""Keys of partners, and of staff where there is no OpenID Connect; only their hashes are kept:

python -m aifr.casebook.keys create "Salvati Copiii" --role partner
python -m aifr.casebook.keys rotate "Salvati Copiii"
python -m aifr.casebook.keys revoke "Salvati Copiii"
python -m aifr.casebook.keys list
"""

import argparse
import re
import secrets
from dataclasses import dataclass, replace
from typing import Literal

from aifr.casebook.home import home
from aifr.casebook.identity import digest
from aifr.casebook.moment import now
from aifr.casebook.partners import another, first_called, folded, is_partner, plain_name
from aifr.casebook.records.contract import Query, Records, Transaction
from aifr.casebook.records.everything import find_all
from aifr.casebook.stored import as_document, as_record, as_records
from aifr.errors import Conflict, NotFound

KEYS = "keys"
KEY = re.compile(r"key_[0-9a-f]{48}")
KeyRole = Literal["partner", "reviewer", "admin"]
KEY_ROLES: tuple[KeyRole, ...] = ("partner", "reviewer", "admin")


@dataclass(frozen=True)
class Key:
    """identity: hash of the key. name: whose it is. owner: the partner's identity, "" for staff and
    for keys older than identities.
    """

    identity: str
    name: str
    role: KeyRole
    created: str
    revoked: bool = False
    owner: str = ""

    @property
    def partner(self) -> str:
        """The identity of the partner whose key it is, "" for staff."""
        return (self.owner or first_called(self.name)) if self.role == "partner" else ""


@dataclass(frozen=True)
class Partner:
    """identity: theirs for good. name: what they are called now."""

    identity: str
    name: str


def create_key(records: Records, name: str, role: KeyRole) -> str:
    """A new key, which is shown this once. Of a partner, it is another partner's than any before of
    this name; raises Conflict while a key of that one is valid (`rotate_key`).
    """
    key, name = _new_key(), plain_name(name)

    def work(transaction: Transaction) -> None:
        owner = ""
        if role == "partner":
            before = _of_partner(transaction, name)
            if any(not each.revoked for each in before):
                raise Conflict(f"A partner called {name!r} has a valid key; rotate it.")
            owner = another() if before else first_called(name)
        record = Key(digest(key), name, role, now(), owner=owner)
        transaction.put(KEYS, record.identity, as_document(record))

    records.transact(work)
    return key


def rotate_key(records: Records, partner: str) -> str:
    """A new key of a partner, by name or identity, in place of the old ones, which open nothing any
    more; raises NotFound for a partner without a valid key.
    """
    key = _new_key()

    def work(transaction: Transaction) -> None:
        found = partner_called(transaction, partner)
        old = [each for each in _all_keys(transaction) if each.partner == found.identity]
        valid = [each for each in old if not each.revoked]
        if not valid:
            raise NotFound(f"No partner called {partner!r} has a valid key.")
        record = Key(digest(key), found.name, "partner", now(), owner=found.identity)
        for each in valid:
            transaction.put(KEYS, each.identity, as_document(replace(each, revoked=True)))
        transaction.put(KEYS, record.identity, as_document(record))

    records.transact(work)
    return key


def partner_called(reader: Records | Transaction, text: str) -> Partner:
    """A partner by identity or name: of several of a name the one whose key is valid. Who has no
    key yet is known by name alone.
    """
    if is_partner(text):
        names = [each.name for each in _all_keys(reader) if each.partner == text]
        return Partner(text, names[-1] if names else text)
    of_name = sorted(_of_partner(reader, text), key=lambda key: not key.revoked)
    return Partner(of_name[-1].partner if of_name else first_called(text), plain_name(text))


def _of_partner(reader: Records | Transaction, name: str) -> list[Key]:
    keys = _all_keys(reader)
    return [each for each in keys if each.role == "partner" and folded(each.name) == folded(name)]


def _all_keys(reader: Records | Transaction) -> list[Key]:
    return as_records(Key, find_all(reader, Query(KEYS)))


def _new_key() -> str:
    return f"key_{secrets.token_hex(24)}"


def find_key(records: Records, key: str) -> Key | None:
    """What a key stands for; None for one that is unknown or revoked."""
    if KEY.fullmatch(key) is None:
        return None
    document = records.get(KEYS, digest(key))
    if document is None or document["revoked"]:
        return None
    return as_record(Key, digest(key), document)


def list_keys(records: Records) -> list[Key]:
    """All keys, the oldest first."""
    return _all_keys(records)


def revoke_keys(records: Records, name: str) -> int:
    """Revokes all keys of a name, or of a partner by identity; how many there were."""

    def work(transaction: Transaction) -> int:
        theirs = [
            each
            for each in _all_keys(transaction)
            if not each.revoked and (each.partner == name or folded(each.name) == folded(name))
        ]
        for each in theirs:
            transaction.put(KEYS, each.identity, as_document(replace(each, revoked=True)))
        return len(theirs)

    return records.transact(work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create")
    create.add_argument("name")
    create.add_argument("--role", choices=KEY_ROLES, default="partner")
    commands.add_parser("rotate").add_argument("name", help="or the identity that list shows")
    commands.add_parser("revoke").add_argument("name", help="or the identity")
    commands.add_parser("list")
    arguments = parser.parse_args()
    records = home().records
    if arguments.command == "create":
        print(create_key(records, arguments.name, arguments.role))
    elif arguments.command == "rotate":
        print(rotate_key(records, arguments.name))
    elif arguments.command == "revoke":
        print(f"{revoke_keys(records, arguments.name)} revoked")
    else:
        for key in list_keys(records):
            state = "revoked" if key.revoked else "valid"
            print(f"{key.role}\t{key.name}\t{key.created}\t{state}\t{key.partner}")


if __name__ == "__main__":
    main()
