"""A repeated report is one report; the same key with another report, or another caller, is not."""

import uuid
from typing import Any

import pytest

from aifr.desk.forms import may_be_guessed
from tests.casebook.made import photo_of
from tests.desk.conftest import CONTACT, PERSON, SEEN, Desk
from tests.photos import file

WHOLE = {**PERSON, "contact": CONTACT, "full_name": "Ana Pop", "consent": True}
KEY = {"Idempotency-Key": "0b1f7c52-6a51-4d0c-9d0e-3f4a5b6c7d8e"}


def report(desk: Desk, token: str | None = None, **changes: Any) -> Any:
    return desk.ask("POST", "/cases", token, json={**WHOLE, **changes}, headers=KEY)


def sight(desk: Desk, take: int = 1, token: str | None = None, **changes: str) -> Any:
    form = {**SEEN, **changes, "photo": file(photo_of(5, take))}
    return desk.ask("POST", "/search/sightings", token, data=form, headers=KEY)


def test_a_repeated_sighting_is_one_with_one_secret(desk: Desk) -> None:
    first, again = sight(desk), sight(desk)

    assert first.json == again.json
    assert desk.home.records.count("sightings", {}) == desk.home.records.count("photos", {}) == 1


def test_a_retry_from_another_address_is_a_retry(desk: Desk) -> None:
    first = report(desk)
    place = {"REMOTE_ADDR": "203.0.113.7"}

    again = desk.ask("POST", "/cases", json=WHOLE, headers=KEY, environ_overrides=place)

    assert again.json == first.json


def test_the_order_of_fields_does_not_matter(desk: Desk) -> None:
    turned = dict(reversed(WHOLE.items()))

    assert report(desk).json == desk.ask("POST", "/cases", json=turned, headers=KEY).json


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Ion"},
        {"description": ""},
        {"full_name": "Ana Popa"},
        {"contact": {**CONTACT, "phone": "+40 711 111 111"}},
    ],
)
def test_another_report_under_the_same_key_is_refused_and_tells_nothing(
    desk: Desk, changes: dict[str, Any]
) -> None:
    first = report(desk).json

    answer = report(desk, **changes)

    assert answer.status_code == 409
    assert answer.json["error"]["code"] == "idempotency_key_reused"
    assert first["case"] not in answer.text and first["secret"] not in answer.text
    assert desk.home.records.count("cases", {}) == 1


def test_the_photos_of_another_child_do_not_land_in_the_same_sighting(desk: Desk) -> None:
    sight(desk)

    answers = [sight(desk, take=2), sight(desk, place="Deva"), sight(desk, contact_name="x")]

    assert [answer.status_code for answer in answers] == [409, 409, 400]
    assert desk.home.records.count("photos", {}) == 1


def test_a_key_is_that_of_one_caller(desk: Desk) -> None:
    other = desk.report()
    tokens = [None, other, "partner", "reviewer", "reviewer-2"]

    answers = [report(desk, token).json for token in tokens]

    assert len({answer["case"] for answer in answers}) == len(tokens)
    assert [answer["secret"] is None for answer in answers] == [False, False, True, True, True]


def test_a_key_of_a_sighting_is_none_of_a_report(desk: Desk) -> None:
    assert report(desk).status_code == sight(desk).status_code == 201


def test_an_erased_report_stays_erased_under_its_key(desk: Desk) -> None:
    first = report(desk).json
    desk.ask("DELETE", f"/cases/{first['case']}", first["secret"])

    assert report(desk).status_code == 409


def test_what_is_random_is_taken(desk: Desk) -> None:
    keys = [str(make()) for make in (uuid.uuid1, uuid.uuid4) for _ in range(300)]
    keys += [uuid.uuid4().hex for _ in range(300)]

    assert not any(may_be_guessed(key) for key in keys)
