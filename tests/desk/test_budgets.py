"""How much one caller may do in an hour: each kind for itself, and nobody pays for another."""

from collections.abc import Callable
from typing import Any

import pytest

from aifr.casebook.records.contract import Query
from aifr.settings import read_settings, settings
from tests.casebook.made import photo_of
from tests.desk.conftest import CONTACT, PERSON, SEEN, Desk
from tests.photos import file

Limit = Callable[..., None]
WHOLE: dict[str, Any] = {**PERSON, "contact": CONTACT, "consent": True}


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Limit:
    """Sets budgets; nobody has any other."""

    def set_limits(**most: int) -> None:
        monkeypatch.delenv("AIFR_WRITES_AN_HOUR", raising=False)
        for name, number in most.items():
            monkeypatch.setenv(f"AIFR_{name.upper()}_AN_HOUR", str(number))
        monkeypatch.setenv("AIFR_TRUSTED_PROXIES", "1")
        settings.cache_clear()

    return set_limits


def report(desk: Desk, address: str = "10.0.0.1", token: str | None = None) -> Any:
    return desk.ask("POST", "/cases", token, json=WHOLE, headers={"X-Forwarded-For": address})


def sight(desk: Desk, address: str = "10.0.0.1") -> int:
    form = {**SEEN, "photo": file(photo_of(1))}
    headers = {"X-Forwarded-For": address}
    return desk.ask("POST", "/search/sightings", data=form, headers=headers).status_code


def test_reports_and_sightings_have_a_budget_each(desk: Desk, limit: Limit) -> None:
    limit(reports=1, sightings=1)

    statuses = [report(desk).status_code for _ in range(2)]

    assert statuses == [201, 429]
    assert [sight(desk), sight(desk)] == [201, 429]


def test_a_refusal_tells_when_to_come_again_and_what_of(desk: Desk, limit: Limit) -> None:
    limit(reports=0)

    answer = report(desk)

    error = answer.json["error"]
    assert (answer.status_code, error["code"]) == (429, "too_many_requests")
    assert "reports" in error["message"]
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


@pytest.mark.parametrize(
    "spelled",
    ["2001:db8::2", "2001:DB8:0:0:0:0:0:1", "2001:db8:0:0:ffff:ffff:ffff:ffff"],
)
def test_one_network_of_ipv6_is_one_caller(desk: Desk, limit: Limit, spelled: str) -> None:
    limit(reports=1)

    statuses = [report(desk, address).status_code for address in ("2001:db8::1", spelled)]

    assert statuses == [201, 429]
    assert report(desk, "2001:db8:0:1::1").status_code == 201


def test_an_address_of_ipv4_is_the_same_within_ipv6(desk: Desk, limit: Limit) -> None:
    limit(reports=1)

    statuses = [report(desk, address).status_code for address in ("10.0.0.1", "::ffff:10.0.0.1")]

    assert statuses == [201, 429]


def test_a_shelter_behind_one_address_adds_photos_to_each_of_its_reports(
    desk: Desk, limit: Limit
) -> None:
    limit(reports=4, photos=2, corrections=1)
    cases = [desk.report() for _ in range(4)]

    def add(case: str, take: int) -> int:
        form = {"photo": file(photo_of(1, take))}
        return desk.ask("POST", f"/cases/{case}/photos", case, data=form).status_code

    def correct(case: str) -> int:
        return desk.ask("PATCH", f"/cases/{case}", case, json={"place": "Turda"}).status_code

    assert [[add(case, take) for take in range(3)] for case in cases] == [[202, 202, 429]] * 4
    assert [[correct(case), correct(case)] for case in cases] == [[200, 429]] * 4


def test_a_secret_buys_no_further_reports(desk: Desk, limit: Limit) -> None:
    limit(reports=2)
    first = report(desk).json["secret"]
    second = report(desk, token=first).json["secret"]

    assert report(desk, token=second).status_code == 429


def test_a_partner_is_counted_by_key_wherever_it_calls_from(desk: Desk, limit: Limit) -> None:
    limit(reports=2)

    statuses = [report(desk, f"10.0.0.{last}", "partner").status_code for last in range(3)]

    assert statuses == [201, 201, 429]
    assert report(desk, "10.0.0.1").status_code == 201


def test_staff_have_a_budget_of_their_own_by_person(desk: Desk, limit: Limit) -> None:
    limit(reports=0, searches=0, staff_requests=2)

    one = [desk.ask("GET", "/cases", "reviewer").status_code for _ in range(3)]

    assert one == [200, 200, 429]
    assert desk.ask("GET", "/cases", "reviewer-2").status_code == 200


def test_tokens_that_open_nothing_are_counted_by_address_and_refused(
    desk: Desk, limit: Limit
) -> None:
    limit(refused_tokens=3)
    tokens = ["nonsense", "key_" + "0" * 48, "report_c" + "0" * 20 + "_" + "0" * 40, "a.b.c", "x"]

    answers = [desk.ask("GET", "/cases/me", token) for token in tokens]
    other = desk.ask("GET", "/cases/me", "y", headers={"X-Forwarded-For": "10.0.0.2"})

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert other.status_code == 401


def test_who_holds_a_good_token_is_not_locked_out_by_a_neighbour_who_guesses(
    desk: Desk, limit: Limit
) -> None:
    limit(refused_tokens=1)
    case = desk.report()
    guesses = [desk.ask("GET", "/cases/me", f"guess{n}").status_code for n in range(3)]

    assert guesses == [401, 429, 429]
    assert desk.ask("GET", f"/cases/{case}", case).status_code == 200
    assert desk.ask("GET", "/cases/me", "partner").status_code == 200
    assert desk.ask("GET", "/cases").status_code == 200


def test_refused_requests_write_nothing_more(desk: Desk, limit: Limit) -> None:
    limit(refused_tokens=2)
    for n in range(6):
        desk.ask("GET", "/cases/me", f"guess{n}")

    (kept,) = desk.home.records.find(Query("limits", order="expires"))

    assert kept.document["count"] == 2


def test_one_variable_sets_the_budgets_of_writing_that_have_none_of_their_own() -> None:
    chosen = read_settings({"AIFR_WRITES_AN_HOUR": "7", "AIFR_PHOTOS_AN_HOUR": "9"})

    assert (chosen.reports_an_hour, chosen.corrections_an_hour) == (7, 7)
    assert (chosen.sightings_an_hour, chosen.photos_an_hour) == (7, 9)
