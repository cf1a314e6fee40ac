"""What the public sees of a case is what a reviewer has passed."""

from typing import Any

import pytest

from tests.casebook.made import group_photo_of, photo_of
from tests.desk.conftest import Desk
from tests.photos import file


def public(desk: Desk, case: str) -> Any:
    """The case as nobody sees it, which must be public."""
    answer = desk.ask("GET", f"/cases/{case}")
    assert answer.status_code == 200, answer.text
    return answer.json


def waiting(desk: Desk) -> int:
    """How many matches wait for a reviewer."""
    return desk.ask("GET", "/search/matches/next", "reviewer").json["waiting"]


def test_a_new_photo_of_a_published_case_is_neither_shown_nor_searched_until_it_is_passed(
    desk: Desk,
) -> None:
    case = desk.published(7)
    shown = public(desk, case)["photos"]
    desk.sight(photo_of(8, 5))

    photo = desk.add_photo(case, photo_of(8), 9)

    assert public(desk, case)["photos"] == shown
    assert desk.ask("GET", f"/cases/{case}/photos/{photo}").status_code == 404
    assert waiting(desk) == 0
    changed = desk.ask("GET", "/cases?waiting=true", "reviewer").json["cases"]
    assert [each["id"] for each in changed] == [case]

    assert desk.rule(case, "reviewer").status_code == 200
    assert photo in [each["id"] for each in public(desk, case)["photos"]]
    assert waiting(desk) == 1
    assert desk.ask("GET", f"/cases/{case}/photos/{photo}").status_code == 200
    assert desk.ask("GET", "/cases?waiting=true", "reviewer").json["cases"] == []


def test_a_photo_that_is_refused_never_becomes_public(desk: Desk) -> None:
    case = desk.published(7)
    photo = desk.add_photo(case, photo_of(8), 9)

    refused = desk.rule(case, "reviewer", "refuse", reason="somebody else")

    assert refused.status_code == 200
    assert desk.ask("GET", f"/cases/{case}/photos/{photo}").status_code == 404
    assert photo not in [each["id"] for each in public(desk, case)["photos"]]


def test_a_corrected_word_waits_while_the_case_stays_public(desk: Desk) -> None:
    case = desk.published(7)

    changed = desk.ask("PATCH", f"/cases/{case}", case, json={"place": "Dej"})

    assert changed.status_code == 200
    assert public(desk, case)["place"] == "Cluj-Napoca"
    assert desk.rule(case, "reviewer").status_code == 200
    assert public(desk, case)["place"] == "Dej"


def test_an_age_that_is_corrected_waits(desk: Desk) -> None:
    case = desk.published(7, age=20)
    photo = public(desk, case)["photos"][0]["id"]

    desk.ask("PATCH", f"/cases/{case}/photos/{photo}", case, json={"age": 3})

    assert public(desk, case)["photos"][0]["age"] == 20
    desk.rule(case, "reviewer")
    assert public(desk, case)["photos"][0]["age"] == 3


def test_a_photo_that_is_taken_back_is_gone_at_once(desk: Desk) -> None:
    case = desk.report()
    first, second = (desk.add_photo(case, photo_of(7, take), 9) for take in (0, 1))
    desk.publish(case)

    erased = desk.ask("DELETE", f"/cases/{case}/photos/{second}", case)

    assert erased.status_code == 200
    assert [each["id"] for each in public(desk, case)["photos"]] == [first]
    assert desk.ask("GET", f"/cases/{case}/photos/{second}").status_code == 404


def test_nothing_of_a_closed_case_is_changed(desk: Desk) -> None:
    case = desk.published(7)
    assert desk.decide(case, "reviewer", "closed").status_code == 200

    changed = desk.ask("PATCH", f"/cases/{case}", case, json={"place": "Dej"})

    assert (changed.status_code, changed.json["error"]["code"]) == (409, "case_closed")


def test_a_decision_on_what_has_moved_is_refused(desk: Desk) -> None:
    case = desk.report()
    desk.add_photo(case, photo_of(7), 9)
    seen = desk.revision(case)
    desk.ask("PATCH", f"/cases/{case}", case, json={"description": "She hides in Some Street 5."})

    decided = desk.decide(case, "reviewer", "verified", revision=seen)
    said = {"state": "verified", "reason": "looks right"}
    silent = desk.ask("POST", f"/cases/{case}/state", "reviewer", json=said)

    assert (decided.status_code, decided.json["error"]["code"]) == (409, "revision_moved")
    assert (silent.status_code, silent.json["error"]["code"]) == (428, "revision_missing")


def test_publishing_takes_a_second_person(desk: Desk) -> None:
    case = desk.report()
    desk.add_photo(case, photo_of(7), 9)
    assert desk.decide(case, "reviewer", "verified").status_code == 200

    alone = desk.decide(case, "reviewer", "published")
    together = desk.decide(case, "reviewer-2", "published")

    assert (alone.status_code, alone.json["error"]["code"]) == (403, "second_person_needed")
    assert together.status_code == 200


@pytest.mark.parametrize("state", ["verified", "published"])
def test_nobody_reviews_what_they_reported(desk: Desk, state: str) -> None:
    case = desk.report("reviewer")
    photo = desk.ask(
        "POST",
        f"/cases/{case}/photos",
        "reviewer",
        data={"photo": file(photo_of(7)), "age": "9"},
    )
    assert photo.status_code == 202, photo.text
    desk.deliver()
    if state == "published":
        assert desk.decide(case, "reviewer-2", "verified").status_code == 200

    own = desk.decide(case, "reviewer", state)

    assert (own.status_code, own.json["error"]["code"]) == (403, "own_record")


def test_a_group_photo_is_not_passed_before_somebody_is_pointed_at(desk: Desk) -> None:
    case = desk.report()
    photo = desk.add_photo(case, group_photo_of(7, 8), 9)
    seen = desk.ask("GET", f"/cases/{case}", case).json["photos"][0]
    desk.publish(case)

    unpointed = desk.rule(case, "reviewer", photos=[photo])
    shown = public(desk, case)["photos"]
    desk.ask("PATCH", f"/cases/{case}/photos/{photo}", case, json={"face": 1})
    desk.deliver()
    pointed = desk.rule(case, "reviewer")

    assert (seen["state"], seen["face"]) == ("undecided", None)
    assert (unpointed.status_code, unpointed.json["error"]["code"]) == (409, "face_not_chosen")
    assert shown == []
    assert pointed.status_code == 200, pointed.text
    assert [each["id"] for each in public(desk, case)["photos"]] == [photo]
