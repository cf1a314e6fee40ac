"""Over HTTP: what waits, who passes it, and what the public sees meanwhile."""

import io
from typing import Any

import pytest
from PIL import Image

from aifr.casebook.keys import create_key, revoke_keys
from aifr.settings import settings
from tests.casebook.made import SIZE, group_photo_of, photo_of
from tests.desk.conftest import CONTACT, Desk
from tests.photos import file


@pytest.fixture
def case(desk: Desk) -> str:
    """A published case with one photo."""
    return desk.published(7, 6)


def public(desk: Desk, case: str) -> Any:
    answer = desk.ask("GET", f"/cases/{case}")
    assert answer.status_code == 200, answer.text
    return answer.json


def picture(desk: Desk, case: str, photo: str, token: str | None = None, query: str = "") -> Any:
    return desk.ask("GET", f"/cases/{case}/photos/{photo}{query}", token)


def full(desk: Desk, case: str, token: str = "reviewer") -> Any:
    return desk.ask("GET", f"/cases/{case}", token).json


def only_photo(desk: Desk, case: str) -> str:
    return full(desk, case)["photos"][0]["id"]


def in_a_group(desk: Desk, case: str, face: int | None = 1) -> str:
    photo = desk.add_photo(case, group_photo_of(7), 6)
    if face is not None:
        desk.ask("PATCH", f"/cases/{case}/photos/{photo}", case, json={"face": face})
        desk.deliver()
    return photo


def test_a_new_photo_is_public_when_a_reviewer_has_passed_it(desk: Desk, case: str) -> None:
    before = public(desk, case)
    photo = desk.add_photo(case, photo_of(8), 9)
    meanwhile = (public(desk, case), picture(desk, case, photo).status_code)
    waiting = desk.ask("GET", "/cases?waiting=true", "reviewer").json["cases"]

    answer = desk.rule(case, "reviewer")

    assert meanwhile == (before, 404)
    assert [each["id"] for each in waiting] == [case] and waiting[0]["waiting"]
    assert (answer.status_code, answer.json["waiting"]) == (200, False)
    assert {"id": photo, "age": 9} in public(desk, case)["photos"]
    assert picture(desk, case, photo).status_code == 200
    assert desk.ask("GET", "/cases?waiting=true", "reviewer").json["cases"] == []


def test_a_corrected_typo_leaves_the_case_online_with_its_last_reviewed_words(
    desk: Desk, case: str
) -> None:
    before = public(desk, case)

    told = desk.ask("PATCH", f"/cases/{case}", case, json={"place": "Turda"}).json

    assert public(desk, case) == before
    assert (told["state"], told["place"]) == ("published", "Cluj-Napoca")
    (change,) = told["changes"]["fields"]
    assert (change["field"], change["before"], change["after"]) == (
        "place",
        "Cluj-Napoca",
        "Turda",
    )
    assert "by" not in change
    (seen,) = full(desk, case)["changes"]["fields"]
    assert seen["by"] == "reporter"
    desk.rule(case, "reviewer", fields=["place"])
    assert public(desk, case)["place"] == "Turda"


def test_lists_tell_the_public_the_reviewed_words(desk: Desk, case: str) -> None:
    desk.ask("PATCH", f"/cases/{case}", case, json={"name": "Victim Full Name"})

    (listed,) = desk.ask("GET", "/cases").json["cases"]

    assert listed == public(desk, case) and listed["name"] == "Ana"


def test_age_and_face_wait_and_the_picture_stays(desk: Desk) -> None:
    case = desk.report()
    photo = in_a_group(desk, case, 0)
    desk.publish(case)
    before = (public(desk, case), picture(desk, case, photo).data)

    told = desk.ask("PATCH", f"/cases/{case}/photos/{photo}", case, json={"face": 1, "age": 7})
    desk.deliver()

    assert (told.status_code, told.json["state"], told.json["face"]) == (200, "embedded", 0)
    assert told.json["proposed"]["age"]["after"] == 7
    assert told.json["proposed"]["face"]["before"] == 0
    assert (public(desk, case), picture(desk, case, photo).data) == before
    desk.rule(case, "reviewer")
    (after,) = full(desk, case)["photos"]
    assert (after["state"], after["face"], after["age"]) == ("embedded", 1, 7)
    assert picture(desk, case, photo).data != before[1]


def test_a_photo_that_is_withdrawn_is_gone_at_once_and_reviewers_see_it(
    desk: Desk, case: str
) -> None:
    photo = only_photo(desk, case)

    desk.ask("DELETE", f"/cases/{case}/photos/{photo}", case)

    assert public(desk, case)["photos"] == []
    assert picture(desk, case, photo).status_code == 404
    assert [gone["photo"] for gone in full(desk, case)["changes"]["removed"]] == [photo]
    assert desk.ask("GET", "/cases?waiting=true", "reviewer").json["cases"]


def test_a_refusal_is_told_to_the_reporter_with_its_reason(desk: Desk, case: str) -> None:
    photo = desk.add_photo(case, photo_of(8), 9)
    desk.ask("PATCH", f"/cases/{case}", case, json={"description": "Call 0722 000 000."})

    without = desk.rule(case, "reviewer", "refuse")
    desk.rule(case, "reviewer", "refuse", reason="No telephone numbers, please.")

    assert (without.status_code, without.json["error"]["param"]) == (400, "reason")
    told = full(desk, case, case)
    (field,) = told["changes"]["refused"]
    assert (field["field"], field["reason"]) == ("description", "No telephone numbers, please.")
    shown = {each["id"]: each for each in told["photos"]}[photo]
    assert shown["review"] == "refused"
    assert shown["refused"]["reason"] == "No telephone numbers, please."
    assert not {"passed_by", "added_by"} & shown.keys() and "verified_by" not in told


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("PATCH", "", {"json": {"place": "Turda"}}),
        ("POST", "/photos", {"data": {}}),
        ("POST", "/uploads", {"json": {}}),
        ("PATCH", "/photos/{photo}", {"json": {"age": 7}}),
        ("PATCH", "/photos/{photo}", {"json": {"face": 0}}),
    ],
)
@pytest.mark.parametrize("who", ["reporter", "reviewer"])
def test_a_closed_case_takes_no_content(
    desk: Desk, case: str, method: str, path: str, said: dict[str, Any], who: str
) -> None:
    photo = only_photo(desk, case)
    desk.ask("POST", f"/cases/{case}/state", case, json={"state": "closed", "reason": "found"})
    if "data" in said:
        said = {"data": {"photo": file(photo_of(9))}}

    address = f"/cases/{case}{path.format(photo=photo)}"
    answer = desk.ask(method, address, case if who == "reporter" else who, **said)

    assert (answer.status_code, answer.json["error"]["code"]) == (409, "case_closed")


def test_of_a_closed_case_contact_is_corrected_and_photos_and_all_are_erased(
    desk: Desk, case: str
) -> None:
    photo = only_photo(desk, case)
    desk.ask("POST", f"/cases/{case}/state", case, json={"state": "closed", "reason": "found"})

    contact = desk.ask(
        "PATCH", f"/cases/{case}", case, json={"contact": {**CONTACT, "name": "Ion"}}
    )
    erased = desk.ask("DELETE", f"/cases/{case}/photos/{photo}", case)
    gone = desk.ask("DELETE", f"/cases/{case}", case)

    assert [each.status_code for each in (contact, erased, gone)] == [200, 200, 200]


# Revisions.


def test_a_case_carries_its_revision_and_the_public_that_which_it_sees(
    desk: Desk, case: str
) -> None:
    before = public(desk, case)["revision"]
    desk.ask("PATCH", f"/cases/{case}", case, json={"place": "Turda"})

    answers = {who: desk.ask("GET", f"/cases/{case}", who) for who in (None, case, "reviewer")}

    for answer in answers.values():
        assert answer.headers["ETag"] == f'"{answer.json["revision"]}"'
    assert answers[None].json["revision"] == before < answers["reviewer"].json["revision"]


@pytest.mark.parametrize("route", ["state", "changes"])
@pytest.mark.parametrize("how", ["field", "header", "weak header", "both"])
def test_reviewers_name_what_they_saw(desk: Desk, case: str, route: str, how: str) -> None:
    desk.ask("PATCH", f"/cases/{case}", case, json={"place": "Turda"})
    said = {"state": {"state": "draft", "reason": "x"}, "changes": {"decision": "pass"}}[route]
    seen = desk.revision(case)
    field = {"revision": seen} if how in ("field", "both") else {}
    tag = {"header": f'"{seen}"', "weak header": f'W/"{seen}"', "both": f'"{seen}"'}.get(how)
    headers = {"If-Match": tag} if tag else {}

    answer = desk.ask(
        "POST", f"/cases/{case}/{route}", "reviewer", json={**said, **field}, headers=headers
    )

    assert answer.status_code == 200, answer.text
    assert answer.json["revision"] > seen
    assert answer.headers["ETag"] == f'"{answer.json["revision"]}"'


@pytest.mark.parametrize("route", ["state", "changes"])
@pytest.mark.parametrize(
    ("named", "tag", "status", "code"),
    [
        (None, None, 428, "revision_missing"),
        (None, "*", 428, "revision_missing"),
        (1, None, 409, "revision_moved"),
        (None, '"1"', 409, "revision_moved"),
        (None, "1", 400, "parameter_invalid"),
        (None, '"a"', 400, "parameter_invalid"),
        (None, '"1", "2"', 400, "parameter_invalid"),
        (2, '"1"', 400, "parameter_invalid"),
        ("x", None, 400, "parameter_invalid"),
        (-1, None, 400, "parameter_invalid"),
        (True, None, 400, "parameter_invalid"),
    ],
)
def test_what_names_no_revision_or_an_old_one_decides_nothing(
    desk: Desk, case: str, route: str, named: Any, tag: str | None, status: int, code: str
) -> None:
    desk.ask("PATCH", f"/cases/{case}", case, json={"place": "Turda"})
    said: dict[str, Any] = {"state": "draft", "reason": "x"}
    said = said if route == "state" else {"decision": "pass"}
    said |= {} if named is None else {"revision": named}
    before = full(desk, case)

    headers = {"If-Match": tag} if tag else {}
    answer = desk.ask("POST", f"/cases/{case}/{route}", "reviewer", json=said, headers=headers)

    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)
    assert full(desk, case) == before


def test_a_case_that_changed_under_a_reviewers_eyes_is_not_published(desk: Desk) -> None:
    case = desk.report(name="Harmless")
    seen = desk.revision(case)
    desk.ask("PATCH", f"/cases/{case}", case, json={"description": "She hides at 5 Some Street."})

    said = {"state": "verified", "reason": "harmless", "revision": seen}
    answer = desk.ask("POST", f"/cases/{case}/state", "reviewer", json=said)

    assert (answer.status_code, answer.json["error"]["code"]) == (409, "revision_moved")
    assert full(desk, case)["state"] == "draft"


@pytest.mark.parametrize("who", ["reporter", "reviewer"])
def test_anyone_may_name_a_revision_where_they_change(desk: Desk, case: str, who: str) -> None:
    photo, token = only_photo(desk, case), case if who == "reporter" else who
    old = {"If-Match": '"1"'}

    answers = [
        desk.ask("PATCH", f"/cases/{case}", token, json={"place": "Dej"}, headers=old),
        desk.ask("PATCH", f"/cases/{case}/photos/{photo}", token, json={"age": 2}, headers=old),
        desk.ask("DELETE", f"/cases/{case}/photos/{photo}", token, headers=old),
    ]

    assert [answer.json["error"]["code"] for answer in answers] == ["revision_moved"] * 3
    assert not full(desk, case)["waiting"]


def test_a_reporter_closes_without_a_revision_or_with_the_right_one(desk: Desk, case: str) -> None:
    said = {"state": "closed", "reason": "found"}

    old = desk.ask("POST", f"/cases/{case}/state", case, json={**said, "revision": 1})
    done = desk.ask("POST", f"/cases/{case}/state", case, json=said)

    assert (old.status_code, done.status_code) == (409, 200)


# Who may.


def test_one_verifies_and_another_publishes(desk: Desk) -> None:
    case = desk.report()
    desk.decide(case, "reviewer", "verified")

    same = desk.decide(case, "reviewer", "published")
    other = desk.decide(case, "admin", "published")

    assert (same.status_code, same.json["error"]["code"]) == (403, "second_person_needed")
    assert (other.status_code, other.json["state"]) == (200, "published")


@pytest.mark.parametrize("name", ["One", " one ", "ONE"])
def test_another_spelling_of_a_name_is_nobody_else(desk: Desk, name: str) -> None:
    key = create_key(desk.home.records, name, "admin")
    case = desk.report()
    desk.decide(case, "reviewer", "verified")

    answer = desk.decide(case, key, "published")

    assert answer.json["error"]["code"] == "second_person_needed"


def test_who_is_left_alone_does_both(desk: Desk) -> None:
    for name in ("two", "boss"):
        revoke_keys(desk.home.records, name)
    create_key(desk.home.records, "ONE ", "admin")
    case = desk.report()

    for state in ("verified", "published"):
        assert desk.decide(case, "reviewer", state).status_code == 200
    corrected = desk.ask("PATCH", f"/cases/{case}", "reviewer", json={"place": "Turda"}).json

    assert (corrected["place"], corrected["waiting"]) == ("Turda", False)
    assert public(desk, case)["place"] == "Turda"


def test_a_partner_is_no_second_reviewer(desk: Desk) -> None:
    for name in ("two", "boss"):
        revoke_keys(desk.home.records, name)
    case = desk.report("partner")

    for state in ("verified", "published"):
        assert desk.decide(case, "reviewer", state).status_code == 200


def test_who_reported_it_does_not_count_as_the_other(desk: Desk) -> None:
    revoke_keys(desk.home.records, "boss")
    case = desk.report("reviewer-2")

    own = desk.decide(case, "reviewer-2", "verified")
    done = [desk.decide(case, "reviewer", state).status_code for state in ("verified", "published")]

    assert (own.status_code, own.json["error"]["code"]) == (403, "own_record")
    assert done == [200, 200]


def test_one_person_does_both_where_the_deployment_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIFR_TWO_PERSON_PUBLISHING", "false")
    settings.cache_clear()
    case, own = desk.report(), desk.report("reviewer")

    for state in ("verified", "published"):
        assert desk.decide(case, "reviewer", state).status_code == 200
    assert desk.decide(own, "reviewer", "verified").json["error"]["code"] == "own_record"


def test_what_a_reviewer_corrects_of_a_published_case_another_passes(desk: Desk, case: str) -> None:
    desk.ask("PATCH", f"/cases/{case}", "reviewer", json={"place": "Turda"})
    before = public(desk, case)["place"]

    own = desk.rule(case, "reviewer")
    other = desk.rule(case, "reviewer-2")

    assert (before, own.json["error"]["code"]) == ("Cluj-Napoca", "second_person_needed")
    assert (other.status_code, public(desk, case)["place"]) == (200, "Turda")


@pytest.mark.parametrize("role", ["public", "partner"])
def test_what_waits_is_told_to_staff_alone(desk: Desk, case: str, role: str) -> None:
    assert desk.ask("GET", "/cases?waiting=true", role).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 1), ("&country=RO", 1), ("&country=MD", 0), ("&state=published", 1)]
    + [("&state=verified", 0), ("&word=raincoat", 1), ("&sex=male", 0)],
)
def test_the_list_of_what_waits_is_narrowed(desk: Desk, case: str, query: str, found: int) -> None:
    desk.ask("PATCH", f"/cases/{case}", case, json={"place": "Turda"})

    answer = desk.ask("GET", f"/cases?waiting=true{query}", "reviewer").json

    assert len(answer["cases"]) == found


def test_the_list_of_what_waits_is_read_page_by_page(desk: Desk) -> None:
    cases = [desk.published(person) for person in (7, 8, 9)]
    for case in cases:
        desk.ask("PATCH", f"/cases/{case}", case, json={"place": "Turda"})

    first = desk.ask("GET", "/cases?waiting=true&limit=2", "reviewer").json
    path = f"/cases?waiting=true&limit=2&cursor={first['cursor']}"
    rest = desk.ask("GET", path, "reviewer").json

    assert [each["id"] for each in first["cases"] + rest["cases"]] == cases


@pytest.mark.parametrize(
    ("said", "param"),
    [
        ({"decision": "maybe"}, "decision"),
        ({"decision": "pass", "fields": ["contact"]}, "fields"),
        ({"decision": "pass", "fields": "place"}, "fields"),
        ({"decision": "pass", "photos": [7]}, "photos"),
        ({"decision": "pass", "photos": ["p"] * 301}, "photos"),
        ({"decision": "refuse", "whole": ["p"], "reason": "x"}, "whole"),
        ({"decision": "pass", "colour": "red"}, "colour"),
    ],
)
def test_a_ruling_that_does_not_fit_is_refused(
    desk: Desk, case: str, said: dict[str, Any], param: str
) -> None:
    said = {"revision": desk.revision(case), **said}

    answer = desk.ask("POST", f"/cases/{case}/changes", "reviewer", json=said)

    assert (answer.status_code, answer.json["error"]["param"]) == (400, param)


# Photos of several people.


@pytest.mark.parametrize("face", [0, 1])
def test_of_a_group_the_public_sees_the_one_who_is_meant(desk: Desk, face: int) -> None:
    case = desk.report()
    photo = in_a_group(desk, case, face)
    desk.publish(case)

    seen = picture(desk, case, photo)
    image = Image.open(io.BytesIO(seen.data)).convert("RGB")
    whole = Image.open(io.BytesIO(picture(desk, case, photo, "reviewer").data)).convert("RGB")

    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
    assert whole.size == (2 * SIZE, SIZE) and image.width < 2 * SIZE
    assert picture(desk, case, photo, case).data == picture(desk, case, photo, "reviewer").data


def test_reporters_and_reviewers_see_what_the_public_would(desk: Desk) -> None:
    case = desk.report()
    photo = in_a_group(desk, case, 1)

    before = [picture(desk, case, photo, who, "?view=public") for who in (case, "reviewer")]
    public_before = picture(desk, case, photo, query="?view=public").status_code
    desk.publish(case)

    assert [each.status_code for each in before] == [200, 200] and public_before == 404
    assert before[0].data == before[1].data == picture(desk, case, photo).data
    assert picture(desk, case, photo, query="?view=full").data == before[0].data
    assert picture(desk, case, photo, query="?view=all").status_code == 400


def test_a_reviewer_lets_the_public_see_the_whole_and_takes_it_back(desk: Desk) -> None:
    case = desk.report()
    photo = in_a_group(desk, case, 1)
    desk.publish(case)
    crop = picture(desk, case, photo).data

    passed = desk.rule(case, "reviewer", whole=[photo]).json
    whole = picture(desk, case, photo).data
    desk.rule(case, "reviewer", photos=[photo])

    (told,) = passed["photos"]
    assert (told["whole"], told["passed_by"]) == (True, "reviewer:one") and told["passed_at"]
    assert whole == picture(desk, case, photo, "reviewer").data != crop
    assert picture(desk, case, photo).data == crop


def test_the_whole_is_shown_when_it_is_said_in_publishing(desk: Desk) -> None:
    case = desk.report()
    photo = in_a_group(desk, case, 0)
    desk.decide(case, "reviewer", "verified")

    desk.decide(case, "reviewer-2", "published", whole=[photo])

    assert picture(desk, case, photo).data == picture(desk, case, photo, "reviewer").data


def test_a_group_in_which_nobody_was_pointed_at_is_neither_shown_nor_searched(desk: Desk) -> None:
    case = desk.report()
    photo = in_a_group(desk, case, None)
    desk.publish(case)
    sighting = desk.sight(photo_of(7, 3))

    assert public(desk, case)["photos"] == []
    assert picture(desk, case, photo).status_code == 404
    assert picture(desk, case, photo, case, "?view=public").status_code == 404
    assert picture(desk, case, photo, case).status_code == 200
    path = f"/search/sightings/{sighting}/candidates"
    assert desk.ask("GET", path, "reviewer").json["candidates"] == []
    refused = desk.rule(case, "reviewer", photos=[photo])
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "face_not_chosen")
    assert full(desk, case)["waiting"]


def test_a_single_face_is_shown_with_all_that_is_around_it(desk: Desk, case: str) -> None:
    photo = only_photo(desk, case)

    assert picture(desk, case, photo).data == picture(desk, case, photo, "reviewer").data


def test_the_sender_of_a_sighting_points_at_the_one_who_was_seen(desk: Desk) -> None:
    case = desk.published(7 + 450)
    sighting = desk.sight(group_photo_of(7))
    path = f"/search/sightings/{sighting}"
    (photo,) = desk.ask("GET", path, sighting).json["photos"]
    before = desk.ask("GET", "/search/matches/next", "reviewer").json["waiting"]

    told = desk.ask("PATCH", f"{path}/photos/{photo['id']}", sighting, json={"face": 1})
    desk.deliver()

    assert (photo["state"], photo["face"], before) == ("undecided", None, 0)
    assert (told.status_code, told.json["state"]) == (200, "pending")
    match = desk.ask("GET", "/search/matches/next", "reviewer").json["match"]
    assert match["case"]["id"] == case


def test_a_reviewer_points_at_somebody_in_a_sighting_too(desk: Desk) -> None:
    sighting = desk.sight(group_photo_of(7))
    (photo,) = desk.ask("GET", f"/search/sightings/{sighting}", "reviewer").json["photos"]
    path = f"/search/sightings/{sighting}/photos/{photo['id']}"

    none = desk.ask("PATCH", path, "reviewer", json={"face": 2})
    done = desk.ask("PATCH", path, "reviewer", json={"face": 0})
    desk.deliver()

    assert (none.status_code, done.status_code) == (409, 200)
    (told,) = desk.ask("GET", f"/search/sightings/{sighting}", sighting).json["photos"]
    assert (told["state"], told["face"]) == ("embedded", 0)


def test_erasing_leaves_nothing_of_what_waited(desk: Desk) -> None:
    case = desk.report()
    in_a_group(desk, case, 1)
    desk.publish(case)
    desk.ask("PATCH", f"/cases/{case}", case, json={"description": "Zanzibar"})
    desk.add_photo(case, photo_of(9))

    erased = desk.ask("DELETE", f"/cases/{case}", case).json

    assert erased["remaining"] == 0
    assert list(desk.home.photos.list()) == []
    assert desk.home.records.get("cases", case) is None
