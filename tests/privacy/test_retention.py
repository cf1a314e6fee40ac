"""How long a sighting is kept tells nobody whom it shows."""

from typing import Any

import pytest

from aifr.casebook.matches import match_identity
from aifr.casebook.moment import days_ago
from aifr.casebook.photos import photos_of
from aifr.casebook.retention import retain
from aifr.settings import settings
from tests.casebook.made import photo_of
from tests.desk.conftest import SEEN, Desk
from tests.desk.test_workflow import answer_to
from tests.photos import file

IN_THE_GALLERY, NOT_IN_IT = 7, 11
KEYS = {
    IN_THE_GALLERY: "0b1f7c52-6a51-4d0c-9d0e-3f4a5b6c7d8e",
    NOT_IN_IT: "1c2f7c52-6a51-4d0c-9d0e-3f4a5b6c7d8f",
}


def send(desk: Desk, person: int) -> Any:
    """The answer to a sighting of a person, which always has the same key."""
    data = {**SEEN, "contact_name": "Ion", "contact_phone": "+40 711 111 111"}
    data["photo"] = file(photo_of(person, 1))  # type: ignore[assignment]
    headers = {"Idempotency-Key": KEYS[person]}
    return desk.ask("POST", "/search/sightings", data=data, headers=headers)


def sent(desk: Desk, person: int) -> str:
    """The name of a sighting that was looked at; its secret is kept under that name."""
    answer = send(desk, person).json
    desk.secrets[answer["sighting"]] = answer["secret"]
    desk.deliver()
    return answer["sighting"]


def pass_days(desk: Desk, sighting: str, days: int) -> None:
    records = desk.home.records
    document = {**(records.get("sightings", sighting) or {}), "created": days_ago(days)}
    records.transact(lambda transaction: transaction.put("sightings", sighting, document))


def told(desk: Desk, person: int, sighting: str, photo: str) -> list[tuple[int, Any]]:
    """All that the sender of a sighting can find out."""
    path = f"/search/sightings/{sighting}"
    answers = [
        desk.ask("GET", path, sighting),
        desk.ask("GET", f"{path}/contact", sighting),
        desk.ask("GET", f"{path}/photos/{photo}", sighting),
        desk.ask("GET", "/cases/me", sighting),
        send(desk, person),
        desk.ask("DELETE", path, sighting),
    ]
    return [(answer.status_code, answer.json) for answer in answers]


@pytest.fixture
def case(desk: Desk) -> str:
    return desk.published(IN_THE_GALLERY)


def test_a_receipt_lasts_as_long_whether_there_is_a_match_or_not(desk: Desk, case: str) -> None:
    sightings = {person: sent(desk, person) for person in KEYS}
    photos = {
        person: photos_of(desk.home.records, name)[0].identity for person, name in sightings.items()
    }
    for name in sightings.values():
        pass_days(desk, name, settings().keep_sightings_days + 1)

    retain(desk.home, settings())

    answers = {
        person: told(desk, person, name, photos[person]) for person, name in sightings.items()
    }
    assert answers[IN_THE_GALLERY] == answers[NOT_IN_IT]
    assert [status for status, _ in answers[NOT_IN_IT]] == [401, 401, 401, 401, 409, 401]


def test_what_a_match_needs_is_kept_for_reviewers_alone(desk: Desk, case: str) -> None:
    sighting = sent(desk, IN_THE_GALLERY)
    pass_days(desk, sighting, settings().keep_sightings_days + 1)

    for _ in range(2):
        retain(desk.home, settings())

    (match,) = desk.ask("GET", "/search/matches", "reviewer").json["matches"]
    reached = desk.ask("GET", f"/search/sightings/{sighting}/contact", "reviewer").json
    assert match["sighting"]["id"] == sighting
    assert reached["contact"]["name"] == "Ion"
    assert desk.ask("GET", f"/search/sightings/{sighting}", sighting).status_code == 401


def test_it_goes_with_the_case_that_it_was_kept_for(desk: Desk, case: str) -> None:
    sighting = sent(desk, IN_THE_GALLERY)
    pass_days(desk, sighting, settings().keep_sightings_days + 1)
    retain(desk.home, settings())
    desk.ask("DELETE", f"/cases/{case}", case)

    retain(desk.home, settings())

    assert desk.home.records.get("sightings", sighting) is None
    assert desk.home.records.faces(sighting) == []
    assert list(desk.home.photos.list(sighting)) == []


def test_a_receipt_opens_until_its_days_are_over(desk: Desk, case: str) -> None:
    sightings = {person: sent(desk, person) for person in KEYS}
    for name in sightings.values():
        pass_days(desk, name, settings().keep_sightings_days - 1)

    retain(desk.home, settings())

    opened = [desk.ask("GET", f"/search/sightings/{name}", name) for name in sightings.values()]
    assert [answer.status_code for answer in opened] == [200, 200]


def test_what_staff_make_of_a_sighting_is_not_told_to_who_sent_it(desk: Desk, case: str) -> None:
    sighting = sent(desk, IN_THE_GALLERY)
    path = f"/search/sightings/{sighting}"
    before = desk.ask("GET", path, sighting).json
    match = match_identity(sighting, case)
    for reviewer in ("reviewer", "reviewer-2"):
        answer_to(desk, match, reviewer, "confirm")
    said = {"state": "closed", "reason": "found"}
    closed = desk.ask("POST", f"{path}/state", "reviewer", json=said).json

    after = desk.ask("GET", path, sighting).json
    again = send(desk, IN_THE_GALLERY).json

    assert (closed["state"], desk.ask("GET", path, "reviewer").json["state"]) == ("closed",) * 2
    assert after == before
    assert again["state"] == "open"
