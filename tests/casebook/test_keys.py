"""Keys of partners: whose they are, when names come again."""

import sys

import pytest

from aifr.casebook import keys
from aifr.casebook.home import Home
from aifr.casebook.keys import (
    create_key,
    find_key,
    list_keys,
    partner_called,
    revoke_keys,
    rotate_key,
)
from aifr.casebook.partners import first_called, partner_of
from aifr.errors import Conflict, NotFound


def identity(home: Home, key: str) -> str:
    found = find_key(home.records, key)
    assert found is not None
    return found.partner


def test_a_key_is_that_of_the_first_partner_of_its_name(home: Home) -> None:
    key = create_key(home.records, "police", "partner")

    assert identity(home, key) == first_called("police") == first_called(" Police ")


@pytest.mark.parametrize("name", ["police", "Police", " police ", "POLICE"])
def test_a_name_that_has_a_valid_key_gets_no_second(home: Home, name: str) -> None:
    create_key(home.records, "police", "partner")

    with pytest.raises(Conflict):
        create_key(home.records, name, "partner")


def test_a_name_that_was_used_is_somebody_else(home: Home) -> None:
    made = []
    for _ in range(3):
        made.append(identity(home, create_key(home.records, "police", "partner")))
        revoke_keys(home.records, "police")

    assert len(set(made)) == 3


@pytest.mark.parametrize("by", ["name", "identity"])
def test_a_rotated_key_is_the_same_partners(home: Home, by: str) -> None:
    revoked = create_key(home.records, "police", "partner")
    revoke_keys(home.records, "police")
    old = create_key(home.records, "police", "partner")
    owner = identity(home, old)

    new = rotate_key(home.records, "police" if by == "name" else owner)

    assert find_key(home.records, old) is find_key(home.records, revoked) is None
    assert identity(home, new) == owner


def test_who_has_no_valid_key_has_none_to_rotate(home: Home) -> None:
    create_key(home.records, "police", "partner")
    revoke_keys(home.records, "police")

    for name in ("police", "nobody", "o" + "0" * 20):
        with pytest.raises(NotFound):
            rotate_key(home.records, name)


def test_a_key_older_than_identities_is_that_of_its_name(home: Home) -> None:
    key = create_key(home.records, "police", "partner")
    (old,) = list_keys(home.records)
    document = {**(home.records.get("keys", old.identity) or {})}
    del document["owner"]
    home.records.transact(lambda transaction: transaction.put("keys", old.identity, document))

    assert identity(home, key) == partner_of({"reporter": "partner:police"})
    assert identity(home, rotate_key(home.records, "police")) == first_called("police")


def test_a_partner_is_called_by_name_or_identity(home: Home) -> None:
    unknown = partner_called(home.records, "shelter").identity
    key = create_key(home.records, "shelter", "partner")
    owner = identity(home, key)

    assert unknown == owner == partner_called(home.records, "shelter").identity
    assert partner_called(home.records, owner).name == "shelter"


def test_reviewers_keys_belong_to_no_partner(home: Home) -> None:
    create_key(home.records, "police", "partner")

    assert identity(home, create_key(home.records, "police", "reviewer")) == ""


def test_keys_are_rotated_and_listed_by_the_command(
    embedded_home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(keys, "home", lambda: embedded_home)
    for words in (["create", "police"], ["rotate", "police"], ["list"]):
        monkeypatch.setattr(sys, "argv", ["keys", *words])
        keys.main()

    created, rotated, *rows = capsys.readouterr().out.splitlines()
    assert find_key(embedded_home.records, created) is None
    assert identity(embedded_home, rotated) == first_called("police")
    assert [row.split("\t")[3:] for row in rows] == [
        ["revoked", first_called("police")],
        ["valid", first_called("police")],
    ]
