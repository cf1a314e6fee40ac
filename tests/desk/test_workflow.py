"""A case from report to erasure, over HTTP."""

from typing import Any

import pytest

from aifr.casebook.matches import match_identity
from tests.casebook.made import group_photo_of, photo_of, photo_of_nobody
from tests.desk.conftest import CONTACT, PERSON, Desk
from tests.photos import file

KEY = {"Idempotency-Key": "0b1f7c52-6a51-4d0c-9d0e-3f4a5b6c7d8e"}


def answer_to(desk: Desk, match: str, reviewer: str, word: str) -> Any:
    shown = desk.ask("GET", f"/search/matches/{match}", reviewer).json["revision"]
    said = {"answer": word, "reason": "the scar on the chin", "revision": shown}
    return desk.ask("POST", f"/search/matches/{match}/answer", reviewer, json=said).json


def test_report_publish_sight_review_confirm_erase(desk: Desk) -> None:
    case = desk.report()
    desk.add_photo(case, photo_of(7, 0), 6)
    desk.add_photo(case, photo_of(7, 1), 9)
    desk.publish(case)
    sighting = desk.sight(photo_of(7, 2))

    queue = desk.ask("GET", "/search/matches/next", "reviewer").json
    match = queue["match"]["id"]
    first = answer_to(desk, match, "reviewer", "confirm")
    second = answer_to(desk, match, "reviewer-2", "confirm")
    left = desk.ask("GET", "/search/matches/next", "reviewer").json
    erased = desk.ask("DELETE", f"/cases/{case}", case).json
    ranking = desk.ask("GET", f"/search/sightings/{sighting}/candidates", "reviewer").json

    assert queue["waiting"] == 1
    assert (queue["match"]["case"]["id"], queue["match"]["sighting"]["id"]) == (case, sighting)
    assert (first["state"], second["state"]) == ("new", "confirmed")
    assert left == {"match": None, "waiting": 0}
    assert erased["remaining"] == 0 and erased["erased"]["photos"] == 2
    assert ranking["candidates"] == []
    assert desk.ask("GET", f"/cases/{case}").status_code == 404


def test_scores_and_others_answers_are_hidden_until_answered(desk: Desk) -> None:
    desk.published(7)
    desk.sight(photo_of(7, 2))
    match = desk.ask("GET", "/search/matches/next", "reviewer").json["match"]
    answer_to(desk, match["id"], "reviewer", "confirm")

    before = desk.ask("GET", f"/search/matches/{match['id']}", "reviewer-2").json
    after = answer_to(desk, match["id"], "reviewer-2", "unsure")

    hidden = {"similarity", "likelihood_ratio", "reading", "reliability"}
    assert not hidden & before.keys() and before["answers"] == []
    assert hidden <= after.keys()
    assert [said["answer"] for said in after["answers"]] == ["confirm", "unsure"]


def test_candidates_are_ranked_with_what_may_be_said_of_each(desk: Desk) -> None:
    cases = [desk.published(person) for person in (7, 8, 9)]
    sighting = desk.sight(photo_of(8, 2))
    answer_to(desk, match_identity(sighting, cases[1]), "reviewer", "unsure")

    answer = desk.ask("GET", f"/search/sightings/{sighting}/candidates?limit=2", "reviewer").json

    first, second = answer["candidates"]
    assert answer["compared"] == {"faces": 3}
    assert first["case"]["id"] == cases[1]
    assert first["similarity"] > 0.9 > second["similarity"]
    assert first["likelihood_ratio"] > 10 > second["likelihood_ratio"]
    assert first["chance_hits"] < second["chance_hits"] <= 3


@pytest.mark.parametrize(
    ("query", "found"),
    [("", True), ("?country=RO", True), ("?country=MD", False), ("?sex=male", False)],
)
def test_a_search_is_narrowed_by_country_and_sex(desk: Desk, query: str, found: bool) -> None:
    case = desk.published(8)
    sighting = desk.sight(photo_of(8, 2))
    answer_to(desk, match_identity(sighting, case), "reviewer", "unsure")

    answer = desk.ask("GET", f"/search/sightings/{sighting}/candidates{query}", "reviewer").json

    assert [each["case"]["id"] for each in answer["candidates"]] == ([case] if found else [])


@pytest.mark.parametrize(("age", "found"), [("24", True), ("33", True), ("60", False)])
def test_an_age_that_cannot_be_leaves_a_case_out_where_asked(
    desk: Desk, age: str, found: bool
) -> None:
    case = desk.published(8)
    sighting = desk.sight(photo_of(8, 2), age=age)
    answer_to(desk, match_identity(sighting, case), "reviewer", "unsure")
    path = f"/search/sightings/{sighting}/candidates"

    everyone = desk.ask("GET", path, "reviewer").json
    plausible = desk.ask("GET", f"{path}?age_window=true", "reviewer").json

    assert len(everyone["candidates"]) == 1
    assert len(plausible["candidates"]) == found


def test_a_probe_finds_the_case_and_is_not_kept(desk: Desk) -> None:
    case = desk.published(8)
    before = [desk.home.records.count(kind, {}) for kind in ("photos", "sightings", "matches")]

    form = {"photo": [file(photo_of(8, 3)), file(photo_of(8, 4))], "age": "24"}
    answer = desk.ask("POST", "/search/probe", "reviewer", data=form).json

    assert answer["candidates"][0]["case"]["id"] == case
    after = [desk.home.records.count(kind, {}) for kind in ("photos", "sightings", "matches")]
    assert after == before
    assert list(desk.home.incoming.list()) == []


def test_the_public_sees_published_cases_with_photos_that_show_a_face(desk: Desk) -> None:
    case = desk.report()
    photo = desk.add_photo(case, photo_of(7), 6)
    faceless = desk.add_photo(case, photo_of_nobody())
    before = desk.ask("GET", "/cases").json
    desk.publish(case)

    listed = desk.ask("GET", "/cases").json
    shown = desk.ask("GET", f"/cases/{case}/photos/{photo}")

    assert before == {"cases": [], "cursor": None}
    (public,) = listed["cases"]
    assert public["photos"] == [{"id": photo, "age": 6}]
    others = {"age_missing", "id", "state", "published", "photos", "revision"}
    assert public.keys() == {*PERSON, *others}
    assert (shown.mimetype, shown.data[:2]) == ("image/jpeg", b"\xff\xd8")
    assert "no-store" in shown.headers["Cache-Control"]
    assert desk.ask("GET", f"/cases/{case}/photos/{faceless}").status_code == 404


def test_a_reporter_learns_why_a_photo_was_rejected(desk: Desk) -> None:
    case = desk.report()
    photo = desk.add_photo(case, photo_of_nobody())

    (told,) = desk.ask("GET", f"/cases/{case}", case).json["photos"]

    assert (told["id"], told["state"], told["reason"]) == (photo, "rejected", "no_face")
    assert told["message"]


def test_a_reporter_chooses_the_face_that_is_meant(desk: Desk) -> None:
    case = desk.report()
    photo = desk.add_photo(case, group_photo_of(7))
    (before,) = desk.ask("GET", f"/cases/{case}", case).json["photos"]

    changed = desk.ask("PATCH", f"/cases/{case}/photos/{photo}", case, json={"face": 1})
    desk.deliver()

    (told,) = desk.ask("GET", f"/cases/{case}", case).json["photos"]
    assert (before["face"], before["state"]) == (None, "undecided")
    assert before["reason"] == "several_faces"
    assert (changed.status_code, changed.json["state"]) == (200, "pending")
    assert (told["face"], told["state"]) == (1, "embedded")


def test_a_face_that_is_not_there_cannot_be_chosen(desk: Desk) -> None:
    case = desk.report()
    photo = desk.add_photo(case, photo_of(7))

    answer = desk.ask("PATCH", f"/cases/{case}/photos/{photo}", case, json={"face": 2})

    assert answer.status_code == 409


def test_the_same_request_again_is_one_report(desk: Desk) -> None:
    said: dict[str, Any] = {"json": {**PERSON, "contact": CONTACT, "consent": True}, "headers": KEY}

    first = desk.ask("POST", "/cases", **said).json
    again = desk.ask("POST", "/cases", **said).json

    assert first == again
    assert desk.home.records.count("cases", {}) == 1


def test_the_same_photo_again_is_one_photo(desk: Desk) -> None:
    case = desk.report()

    photos = {desk.add_photo(case, photo_of(7)) for _ in range(2)}

    assert len(photos) == 1
    assert desk.home.records.count("photos", {}) == 1


def test_staff_page_through_drafts_oldest_first(desk: Desk) -> None:
    cases = [desk.report() for _ in range(3)]

    first = desk.ask("GET", "/cases?state=draft&limit=2", "reviewer").json
    path = f"/cases?state=draft&limit=2&cursor={first['cursor']}"
    rest = desk.ask("GET", path, "reviewer").json

    assert [case["id"] for case in first["cases"] + rest["cases"]] == cases
    assert rest["cursor"] is None


@pytest.mark.parametrize("role", ["public", "partner"])
def test_drafts_are_for_staff(desk: Desk, role: str) -> None:
    assert desk.ask("GET", "/cases?state=draft", role).status_code == 403


def test_a_reporter_may_close_and_not_publish(desk: Desk) -> None:
    case = desk.report()
    path = f"/cases/{case}/state"

    published = desk.ask("POST", path, case, json={"state": "verified", "reason": "please"})
    closed = desk.ask("POST", path, case, json={"state": "closed", "reason": "she is home"})

    assert published.status_code == 403
    assert closed.json["state"] == "closed"


def test_the_history_tells_who_did_what(desk: Desk) -> None:
    case = desk.published(7)

    events = desk.ask("GET", f"/cases/{case}/history", "admin").json["events"]

    assert [event["action"] for event in events][-2:] == ["case verified", "case published"]
    assert [event["actor"] for event in events][-2:] == ["reviewer:one", "reviewer:two"]


def test_a_sighting_without_a_usable_photo_is_kept_nowhere(desk: Desk) -> None:
    said = {"seen_on": "2022-08-01", "place": "Turda", "country": "RO"}

    answer = desk.ask("POST", "/search/sightings", data={**said, "photo": file(b"no photo")})

    assert (answer.status_code, answer.json["error"]["param"]) == (400, "photo[0]")
    assert desk.home.records.count("sightings", {}) == 0


def test_the_folder_takes_no_direct_uploads_and_says_where_to_send_them(desk: Desk) -> None:
    case = desk.report()

    answer = desk.ask("POST", f"/cases/{case}/uploads", case, json={}).json

    assert answer["fields"] == {}
    assert answer["url"].endswith(f"/{case}/photos")


def test_contact_and_full_name_are_corrected_without_a_new_review(desk: Desk) -> None:
    case = desk.published(7)
    said = {"contact": {**CONTACT, "phone": "+40 722 222 222"}, "full_name": "Ana Maria Pop"}

    corrected = desk.ask("PATCH", f"/cases/{case}", case, json=said).json

    assert (corrected["state"], corrected["full_name"]) == ("published", "Ana Maria Pop")
    told = desk.ask("GET", f"/cases/{case}/contact", case).json["contact"]
    assert told["phone"] == "+40 722 222 222"
    assert desk.ask("GET", f"/cases/{case}", case).status_code == 200
