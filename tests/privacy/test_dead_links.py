"""A token that opens nothing is answered alike, whatever it once opened."""

import pytest

from tests.casebook.made import photo_of
from tests.desk.conftest import Desk

NEVER = "report_c00000000000000000000_" + "0" * 40


@pytest.mark.parametrize("kind", ["case", "sighting"])
def test_a_link_to_what_was_erased_is_answered_as_one_that_never_was(desk: Desk, kind: str) -> None:
    subject = desk.report() if kind == "case" else desk.sight(photo_of(7))
    path = f"/cases/{subject}" if kind == "case" else f"/search/sightings/{subject}"
    desk.ask("DELETE", path, subject)

    erased, never = desk.ask("GET", path, subject), desk.ask("GET", path, NEVER)

    assert erased.status_code == never.status_code == 401
    assert erased.json == never.json
    assert erased.json["error"]["code"] == "invalid_token"


def test_who_shows_no_token_is_told_to(desk: Desk) -> None:
    case = desk.report()

    answer = desk.ask("DELETE", f"/cases/{case}")

    assert (answer.status_code, answer.json["error"]["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("token", [NEVER, "key_" + "0" * 48, "nonsense", "a.b.c"])
def test_any_token_that_opens_nothing_has_the_same_code(desk: Desk, token: str) -> None:
    answer = desk.ask("GET", "/cases/me", token)

    assert (answer.status_code, answer.json["error"]["code"]) == (401, "invalid_token")
