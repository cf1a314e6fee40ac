"""What an erasure answers: to who reported, their own photos; to staff, all that went."""

import pytest

from tests.casebook.made import photo_of
from tests.desk.conftest import Desk


def matched(desk: Desk) -> dict[str, str]:
    """The paths of a published case and of a sighting of the same person, by whose they are."""
    case, sighting = desk.published(7), desk.sight(photo_of(7, 1))
    return {case: f"/cases/{case}", sighting: f"/search/sightings/{sighting}"}


@pytest.mark.parametrize("kind", ["c", "s"])
def test_who_reported_learns_of_their_own_photos_alone(desk: Desk, kind: str) -> None:
    ((subject, path),) = [(name, path) for name, path in matched(desk).items() if name[0] == kind]

    answer = desk.ask("DELETE", path, subject)

    assert answer.json == {"erased": {"photos": 1}, "remaining": 0}


def test_a_partner_learns_of_their_own_photos_alone(desk: Desk) -> None:
    case = desk.report("partner")
    desk.add_photo(case, photo_of(7))
    desk.publish(case)
    desk.sight(photo_of(7, 1))

    answer = desk.ask("DELETE", f"/cases/{case}", "partner")

    assert answer.json == {"erased": {"photos": 1}, "remaining": 0}


def test_staff_learn_how_many_of_each(desk: Desk) -> None:
    case = next(iter(matched(desk)))

    answer = desk.ask("DELETE", f"/cases/{case}", "reviewer")

    erased = {"records": 1, "photos": 1, "faces": 1, "objects": 1, "matches": 1}
    assert answer.json == {"erased": erased, "remaining": 0}


@pytest.mark.parametrize("kind", ["c", "s"])
def test_reviewers_see_no_match_of_what_is_erased_from_that_moment_on(
    desk: Desk, kind: str
) -> None:
    ((subject, path),) = [(name, path) for name, path in matched(desk).items() if name[0] == kind]
    match = desk.ask("GET", "/search/matches/next", "reviewer").json["match"]["id"]

    desk.ask("DELETE", path, subject)

    said = {"answer": "confirm", "reason": "the scar"}
    answers = [
        desk.ask("GET", f"/search/matches/{match}", "reviewer"),
        desk.ask("POST", f"/search/matches/{match}/answer", "reviewer", json=said),
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert desk.ask("GET", "/search/matches", "reviewer").json["matches"] == []
    assert desk.ask("GET", "/search/matches/next", "reviewer").json["match"] is None


@pytest.mark.parametrize("kind", ["c", "s"])
def test_a_moment_later_nothing_is_kept_of_the_match(desk: Desk, kind: str) -> None:
    ((subject, path),) = [(name, path) for name, path in matched(desk).items() if name[0] == kind]
    desk.ask("DELETE", path, subject)

    desk.deliver()

    assert desk.home.records.count("matches", {}) == 0
    assert desk.home.records.count("withdrawn", {}) == 0
    assert list(desk.home.incoming.list()) == []
    waiting = desk.ask("GET", "/search/matches/next", "reviewer").json
    assert waiting == {"match": None, "waiting": 0}


def test_a_photo_that_its_reporter_erases_takes_its_match_with_it_at_once(desk: Desk) -> None:
    case = desk.published(7)
    desk.sight(photo_of(7, 1))
    (photo,) = desk.ask("GET", f"/cases/{case}").json["photos"]

    answer = desk.ask("DELETE", f"/cases/{case}/photos/{photo['id']}", case)

    assert answer.json == {"erased": {"photos": 1}}
    assert desk.ask("GET", "/search/matches", "reviewer").json["matches"] == []
