"""Until a reviewer has answered a match, nothing that they may ask for tells its score."""

import base64
import re
from collections.abc import Iterator
from typing import Any

import pytest

from aifr.casebook.matches import get_match, match_identity
from aifr.settings import settings
from tests.casebook.made import photo_of
from tests.desk.conftest import Desk
from tests.photos import file

SCORES = {"similarity", "likelihood_ratio", "reliability", "reliability_reasons", "reading"}


def answer_to(desk: Desk, match: str, reviewer: str, word: str, **changes: Any) -> Any:
    """The response to an answer to what this reviewer is shown now."""
    shown = desk.ask("GET", f"/search/matches/{match}", reviewer).json["revision"]
    said = {"answer": word, "reason": "the scar", "revision": shown, **changes}
    said = {name: value for name, value in said.items() if value is not None}
    return desk.ask("POST", f"/search/matches/{match}/answer", reviewer, json=said)


@pytest.fixture
def scene(desk: Desk) -> tuple[str, str, str]:
    """A case, a sighting of the same person, and their match."""
    case, sighting = desk.published(7), desk.sight(photo_of(7, 2))
    return case, sighting, match_identity(sighting, case)


def texts_of(desk: Desk, reviewer: str, case: str, sighting: str, match: str) -> Iterator[str]:
    """All that a reviewer may ask for about a match."""
    states = ("new", "unsure", "disputed", "confirmed", "rejected", "unpaired")
    yield desk.ask("GET", f"/search/matches/{match}", reviewer).text
    yield desk.ask("GET", "/search/matches/next", reviewer).text
    for state in states:
        for where in ("", f"&case={case}", f"&sighting={sighting}"):
            yield desk.ask("GET", f"/search/matches?limit=1&state={state}{where}", reviewer).text
    for query in ("", "?limit=1", "?sex=female", "?country=RO", "?age_window=true"):
        yield desk.ask("GET", f"/search/sightings/{sighting}/candidates{query}", reviewer).text
        form = {"photo": file(photo_of(7, 2)), "age": "24"}
        yield desk.ask("POST", f"/search/probe{query}", reviewer, data=form).text
    for path in (f"/cases/{case}", f"/cases/{case}/history", f"/search/sightings/{sighting}"):
        yield desk.ask("GET", path, reviewer).text


def opened(text: str) -> str:
    """An answer, with what its cursors hold in clear."""
    cursors = re.findall(r'"cursor": ?"([^"]+)"', text)
    return text + "".join(str(base64.urlsafe_b64decode(each + "==")) for each in cursors)


def scores_in(desk: Desk, text: str, match: str) -> list[str]:
    kept = get_match(desk.home.records, match)
    numbers = {f"{kept.similarity:.4f}", str(kept.likelihood_ratio)[:6]}
    return [each for each in (*SCORES, *numbers) if each in text]


@pytest.mark.parametrize("others", [(), ("confirm",), ("reject",), ("confirm", "confirm")])
def test_no_answer_tells_the_score_of_what_one_has_not_answered(
    desk: Desk, scene: tuple[str, str, str], others: tuple[str, ...]
) -> None:
    for reviewer, word in zip(("reviewer-2", "admin"), others, strict=False):
        answer_to(desk, scene[2], reviewer, word)

    for text in texts_of(desk, "reviewer", *scene):
        assert scores_in(desk, opened(text), scene[2]) == []
        assert "the scar" not in text


def test_no_answer_tells_a_blind_reviewer_what_others_said(
    desk: Desk, scene: tuple[str, str, str]
) -> None:
    before = list(texts_of(desk, "reviewer", *scene))

    answer_to(desk, scene[2], "reviewer-2", "unsure")

    assert list(texts_of(desk, "reviewer", *scene)) == before


@pytest.mark.parametrize("word", ["confirm", "reject", "unsure"])
def test_after_an_answer_the_scores_are_told(
    desk: Desk, scene: tuple[str, str, str], word: str
) -> None:
    case, sighting, match = scene
    told = answer_to(desk, match, "reviewer", word).json

    ranking = desk.ask("GET", f"/search/sightings/{sighting}/candidates", "reviewer").json
    form = {"photo": file(photo_of(7, 2)), "age": "24"}
    probed = desk.ask("POST", "/search/probe", "reviewer", data=form).json

    assert told.keys() >= SCORES
    assert (ranking["sealed"], probed["sealed"]) == (0, 0)
    for found in (ranking, probed):
        assert [each["case"]["id"] for each in found["candidates"]] == [case]


def test_what_is_left_out_of_a_ranking_tells_nothing_of_its_place(desk: Desk) -> None:
    for take in range(4):
        desk.published(7) if take == 0 else desk.published(100 + take)
    sighting = desk.sight(photo_of(7, 2))

    answers = [
        desk.ask("GET", f"/search/sightings/{sighting}/candidates?limit={limit}", "reviewer").json
        for limit in (1, 2, 3)
    ]

    assert [len(answer["candidates"]) for answer in answers] == [1, 2, 3]
    assert [answer["sealed"] for answer in answers] == [1, 1, 1]


def test_the_same_photo_in_another_sighting_is_no_way_round(desk: Desk) -> None:
    case, first = desk.published(7), desk.sight(photo_of(7, 2))
    second = desk.sight(photo_of(7, 2))
    answer_to(desk, match_identity(second, case), "reviewer", "unsure")

    path = f"/search/sightings/{second}/candidates"
    while_first_waits = desk.ask("GET", path, "reviewer").json
    answer_to(desk, match_identity(first, case), "reviewer", "unsure")

    assert (while_first_waits["sealed"], while_first_waits["candidates"]) == (1, [])
    assert desk.ask("GET", path, "reviewer").json["sealed"] == 0


def test_where_review_is_not_blind_all_is_shown(
    desk: Desk, scene: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIFR_BLIND_REVIEW", "false")
    settings.cache_clear()
    case, sighting, match = scene

    told = desk.ask("GET", f"/search/matches/{match}", "reviewer").json
    ranking = desk.ask("GET", f"/search/sightings/{sighting}/candidates", "reviewer").json
    said = answer_to(desk, match, "reviewer", "confirm").json

    assert told.keys() >= SCORES
    assert [each["case"]["id"] for each in ranking["candidates"]] == [case]
    assert not said["answers"][0]["blind"]


# Answers over HTTP.


def test_an_answer_names_what_was_looked_at_by_field_or_header(
    desk: Desk, scene: tuple[str, str, str]
) -> None:
    match = scene[2]
    path = f"/search/matches/{match}/answer"
    said = {"answer": "unsure", "reason": "hm"}

    silent = desk.ask("POST", path, "reviewer", json=said)
    wrong = answer_to(desk, match, "reviewer", "unsure", revision="0" * 16)
    no_revision = answer_to(desk, match, "reviewer", "unsure", revision="latest")
    shown = desk.ask("GET", f"/search/matches/{match}", "reviewer").json["revision"]
    headers = {"If-Match": f'"{shown}"'}
    right = desk.ask("POST", path, "reviewer", json=said, headers=headers)

    told = [(each.status_code, each.json["error"]["code"]) for each in (silent, wrong, no_revision)]
    assert told == [
        (428, "revision_missing"),
        (409, "revision_moved"),
        (400, "parameter_invalid"),
    ]
    assert (right.status_code, right.json["answered"]) == (200, True)


def test_an_answer_is_taken_back_over_http(desk: Desk, scene: tuple[str, str, str]) -> None:
    for reviewer in ("reviewer", "reviewer-2"):
        confirmed = answer_to(desk, scene[2], reviewer, "confirm").json

    undone = answer_to(desk, scene[2], "reviewer", "withdraw").json

    assert (confirmed["state"], undone["state"]) == ("confirmed", "new")
    assert [(said["answer"], said["own"], said["stands"]) for said in undone["answers"]] == [
        ("confirm", True, False),
        ("confirm", False, True),
        ("withdraw", True, False),
    ]


@pytest.mark.parametrize("own", ["case", "sighting"])
def test_a_reviewer_does_not_decide_on_what_they_reported_or_sent(desk: Desk, own: str) -> None:
    case = desk.report("reviewer-2" if own == "case" else None)
    desk.add_photo(case, photo_of(7), 20)
    desk.publish(case, ("reviewer", "admin"))
    sighting = desk.sight(photo_of(7, 2), "reviewer-2" if own == "sighting" else None)
    match = match_identity(sighting, case)

    refused = answer_to(desk, match, "reviewer-2", "confirm")
    queue = desk.ask("GET", "/search/matches/next", "reviewer-2").json
    shown = desk.ask("GET", f"/search/matches/{match}", "reviewer-2").json

    assert (refused.status_code, refused.json["error"]["code"]) == (403, "own_record")
    assert (queue["match"], queue["waiting"]) == (None, 0)
    assert (shown["may_answer"], shown["refusal"]) == (False, "own")
    assert desk.ask("GET", "/search/matches/next", "reviewer").json["match"]["id"] == match


@pytest.mark.parametrize("side", ["case", "sighting"])
def test_what_is_closed_is_not_answered_over_http(
    desk: Desk, scene: tuple[str, str, str], side: str
) -> None:
    case, sighting, match = scene
    subject = {"case": f"/cases/{case}", "sighting": f"/search/sightings/{sighting}"}[side]
    said: dict[str, object] = {"state": "closed", "reason": "found"}
    said |= {"revision": desk.revision(case)} if side == "case" else {}
    closed = desk.ask("POST", f"{subject}/state", "admin", json=said)
    assert closed.status_code == 200, closed.text

    refused = answer_to(desk, match, "reviewer", "confirm")

    assert (refused.status_code, refused.json["error"]["code"]) == (409, "conflict")
    assert desk.ask("GET", "/search/matches/next", "reviewer").json["match"] is None


def test_a_decided_match_survives_that_a_reporter_sends_the_photo_again(
    desk: Desk, scene: tuple[str, str, str]
) -> None:
    case, _, match = scene
    for reviewer in ("reviewer", "reviewer-2"):
        confirmed = answer_to(desk, match, reviewer, "confirm").json

    photo = confirmed["case_photo"]
    desk.ask("DELETE", f"/cases/{case}/photos/{photo}", case)
    without = desk.ask("GET", f"/search/matches/{match}", "reviewer-2").json
    desk.add_photo(case, photo_of(7), 20)
    again = desk.ask("GET", f"/search/matches/{match}", "reviewer-2").json

    for kept in (without, again):
        assert (kept["state"], kept["withdrawn_photos"]) == ("confirmed", ["case_photo"])
        assert kept["answers"] == confirmed["answers"]


def test_six_copies_of_a_published_photo_put_one_row_into_the_queue(desk: Desk) -> None:
    for _ in range(6):
        desk.published(7)
    real = desk.sight(photo_of(7, 2))
    before = desk.ask("GET", "/search/matches/next", "reviewer").json

    for _ in range(6):
        desk.sight(photo_of(7))

    after = desk.ask("GET", "/search/matches/next", "reviewer").json
    assert after["waiting"] == before["waiting"] + 1
    assert after["match"]["sighting"]["id"] == real
    listed = desk.ask("GET", "/search/matches?limit=100", "reviewer").json["matches"]
    assert [match["copy"] for match in listed].count(True) == 1
    assert after["held"] == before.get("held", 0) + 35


def test_a_list_of_matches_goes_on_by_a_cursor_without_a_score(desk: Desk) -> None:
    for person in (7, 8, 9):
        desk.published(person)
        desk.sight(photo_of(person, 2))
    seen, cursor = [], ""

    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        page = desk.ask("GET", f"/search/matches?limit=1{more}", "reviewer").json
        seen += [match["id"] for match in page["matches"]]
        cursor = page["cursor"]

    created = [get_match(desk.home.records, match).created for match in seen]
    assert len(set(seen)) == 3 and created == sorted(created, reverse=True)
