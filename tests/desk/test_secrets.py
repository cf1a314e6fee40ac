"""Who holds a secret, how it is changed, and that keys leave nothing that opens."""

from typing import Any

import pytest

from aifr.casebook.keys import create_key, revoke_keys, rotate_key
from tests.casebook.made import photo_of
from tests.desk.conftest import CONTACT, PERSON, SEEN, Desk
from tests.photos import file

NAME = "Salvati Copiii"


def opened(desk: Desk, path: str, token: str) -> int:
    return desk.ask("GET", path, token).status_code


@pytest.fixture(params=["case", "sighting"])
def own(desk: Desk, request: pytest.FixtureRequest) -> tuple[str, str]:
    """The path of a record that somebody without a key reported, and its secret."""
    name = desk.report() if request.param == "case" else desk.sight(photo_of(5))
    path = f"/cases/{name}" if request.param == "case" else f"/search/sightings/{name}"
    return path, desk.secrets[name]


@pytest.mark.parametrize("by", ["its reporter", "reviewer", "admin"])
def test_a_link_is_changed(desk: Desk, own: tuple[str, str], by: str) -> None:
    path, old = own

    answer = desk.ask("POST", f"{path}/secret", old if by == "its reporter" else by)

    assert answer.status_code == 200 and answer.json.keys() == {"secret"}
    new = answer.json["secret"]
    assert new != old
    assert opened(desk, f"{path}/contact", old) == 401
    assert opened(desk, f"{path}/contact", new) == 200


def test_a_changed_link_is_changed_again_by_the_new_one_only(
    desk: Desk, own: tuple[str, str]
) -> None:
    path, old = own
    new = desk.ask("POST", f"{path}/secret", old).json["secret"]

    assert desk.ask("POST", f"{path}/secret", old).status_code == 401
    assert desk.ask("POST", f"{path}/secret", new).status_code == 200


@pytest.mark.parametrize("token", ["partner", "public"])
def test_nobody_else_changes_it(desk: Desk, own: tuple[str, str], token: str) -> None:
    path, old = own

    assert desk.ask("POST", f"{path}/secret", token).status_code in (401, 403)
    assert opened(desk, f"{path}/contact", old) == 200


@pytest.mark.parametrize("token", ["partner", "reviewer", "admin"])
def test_who_has_a_key_gets_no_secret(desk: Desk, token: str) -> None:
    said = {**PERSON, "contact": CONTACT, "consent": True}
    case = desk.ask("POST", "/cases", token, json=said).json
    form = {**SEEN, "photo": file(photo_of(5))}
    sighting = desk.ask("POST", "/search/sightings", token, data=form).json

    assert case["secret"] is None and sighting["secret"] is None
    for path in (f"/cases/{case['case']}", f"/search/sightings/{sighting['sighting']}"):
        assert opened(desk, f"{path}/contact", token) == 200
        assert desk.ask("POST", f"{path}/secret", "admin").status_code == 409


def test_a_partner_gets_no_secret_of_their_own_case(desk: Desk) -> None:
    case = desk.report("partner")

    assert desk.ask("POST", f"/cases/{case}/secret", "partner").status_code == 403


def everything_of(desk: Desk, key: str) -> list[str]:
    """Paths of a case and a sighting that a partner reports."""
    desk.secrets["key"] = key
    said: dict[str, Any] = {**PERSON, "contact": CONTACT, "consent": True}
    case = desk.ask("POST", "/cases", key, json=said).json["case"]
    form = {**SEEN, "photo": file(photo_of(5))}
    sighting = desk.ask("POST", "/search/sightings", key, data=form).json["sighting"]
    return [f"/cases/{case}/contact", f"/search/sightings/{sighting}/contact"]


def test_a_revoked_key_leaves_nothing_that_opens_nor_does_a_namesake(desk: Desk) -> None:
    paths = everything_of(desk, desk.keys["partner"])
    revoke_keys(desk.home.records, NAME)
    namesake = create_key(desk.home.records, NAME, "partner")

    assert [opened(desk, path, "partner") for path in paths] == [401, 401]
    assert [opened(desk, path, namesake) for path in paths] == [403, 403]


def test_a_rotated_key_keeps_what_the_old_one_reported(desk: Desk) -> None:
    paths = everything_of(desk, desk.keys["partner"])

    rotated = rotate_key(desk.home.records, NAME)

    assert [opened(desk, path, "partner") for path in paths] == [401, 401]
    assert [opened(desk, path, rotated) for path in paths] == [200, 200]


def test_a_namesakes_own_reports_stay_theirs_when_their_key_is_rotated(desk: Desk) -> None:
    first = everything_of(desk, desk.keys["partner"])
    revoke_keys(desk.home.records, NAME)
    second = everything_of(desk, create_key(desk.home.records, NAME, "partner"))

    rotated = rotate_key(desk.home.records, NAME)

    assert [opened(desk, path, rotated) for path in second] == [200, 200]
    assert [opened(desk, path, rotated) for path in first] == [403, 403]
