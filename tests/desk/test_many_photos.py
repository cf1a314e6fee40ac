"""A case that older data left with more photos than it may have can still be worked with."""

import pytest

from aifr.casebook.photos import MOST_PHOTOS, photos_of
from tests.casebook.made import photo_of
from tests.desk.conftest import Desk
from tests.photos import file

BEYOND = MOST_PHOTOS + 3


@pytest.fixture
def case(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    name = desk.report()
    with monkeypatch.context() as older:
        older.setattr("aifr.casebook.photos.MOST_PHOTOS", 1000)
        for take in range(BEYOND):
            form = {"photo": file(photo_of(7 + take))}
            assert desk.ask("POST", f"/cases/{name}/photos", name, data=form).status_code == 202
    desk.deliver()
    return name


def galleries(desk: Desk, case: str) -> list[str]:
    return [face.gallery for face in desk.home.records.faces(case)]


def test_reviewers_see_all_that_is_searched(desk: Desk, case: str) -> None:
    shown = desk.ask("GET", f"/cases/{case}", "reviewer").json["photos"]

    faces = {face.photo for face in desk.home.records.faces(case)}
    assert {photo["id"] for photo in shown} == faces
    assert len(faces) == BEYOND


@pytest.mark.parametrize("last", ["closed", "draft"])
def test_it_goes_through_all_states(desk: Desk, case: str, last: str) -> None:
    desk.publish(case)
    assert desk.decide(case, "reviewer", last).status_code == 200

    assert set(galleries(desk, case)) == {""}
    assert len(galleries(desk, case)) == BEYOND


def test_it_and_its_last_photo_are_corrected(desk: Desk, case: str) -> None:
    last = photos_of(desk.home.records, case)[-1].identity

    words = desk.ask("PATCH", f"/cases/{case}", case, json={"place": "Turda"})
    photo = desk.ask("PATCH", f"/cases/{case}/photos/{last}", case, json={"age": 7})

    assert (words.status_code, photo.status_code) == (200, 200)


def test_its_photos_are_erased_one_by_one_until_there_is_room(desk: Desk, case: str) -> None:
    for photo in photos_of(desk.home.records, case)[-4:]:
        answer = desk.ask("DELETE", f"/cases/{case}/photos/{photo.identity}", case)
        assert answer.status_code == 200

    form = {"photo": file(photo_of(500))}
    assert desk.ask("POST", f"/cases/{case}/photos", case, data=form).status_code == 202


def test_it_is_erased(desk: Desk, case: str) -> None:
    answer = desk.ask("DELETE", f"/cases/{case}", case)

    assert answer.json["remaining"] == 0
    assert desk.home.records.faces(case) == []
    assert list(desk.home.photos.list()) == []


@pytest.mark.parametrize("route", ["photos", "uploads"])
def test_no_way_in_takes_one_more(desk: Desk, case: str, route: str) -> None:
    said = {"data": {"photo": file(photo_of(500))}} if route == "photos" else {"json": {}}

    answer = desk.ask("POST", f"/cases/{case}/{route}", case, **said)

    assert (answer.status_code, answer.json["error"]["code"]) == (400, "too_many_files")
