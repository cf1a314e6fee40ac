"""Cursors: noise to whoever holds one, and good for the list that gave it alone."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from aifr.casebook.own_keys import own_key
from tests.casebook.made import photo_of
from tests.desk.conftest import Desk

Matched = Callable[[], None]


@pytest.fixture
def matched(desk: Desk) -> Matched:
    """Two published cases, each matched by a sighting."""

    def make() -> None:
        for person in (1, 2):
            desk.published(person)
            desk.sight(photo_of(person, 3))

    return make


def cursor(desk: Desk, path: str, token: str | None = None) -> str:
    """The cursor that a list gives behind its first item."""
    return desk.ask("GET", path, token).json["cursor"]


def status(desk: Desk, path: str, given: str, token: str | None = None) -> int:
    """Of a list that is asked to go on from a cursor."""
    joint = "&" if "?" in path else "?"
    return desk.ask("GET", f"{path}{joint}cursor={quote(given)}", token).status_code


@pytest.mark.parametrize(
    ("path", "token", "what"),
    [
        ("/cases?limit=1", None, "cases"),
        ("/search/sightings?limit=1", "reviewer", "sightings"),
        ("/search/matches?limit=1", "reviewer", "matches"),
    ],
)
def test_page_by_page_a_list_gives_everything_once(
    desk: Desk, matched: Matched, path: str, token: str | None, what: str
) -> None:
    matched()

    first = desk.ask("GET", path, token).json
    second = desk.ask("GET", f"{path}&cursor={quote(first['cursor'])}", token).json

    whole = desk.ask("GET", path.replace("limit=1", "limit=100"), token).json[what]
    assert [item["id"] for item in first[what] + second[what]] == [item["id"] for item in whole]
    assert len(whole) == 2


def test_a_cursor_tells_nothing_of_the_place_it_stands_at(desk: Desk, matched: Matched) -> None:
    matched()

    given = cursor(desk, "/search/matches?limit=1", "reviewer")

    (match,) = desk.ask("GET", "/search/matches?limit=1", "reviewer").json["matches"]
    kept = desk.home.records.get("matches", match["id"])
    assert kept is not None
    noise = base64.urlsafe_b64decode(given)
    for told in (match["id"], f"{kept['likelihood_ratio']:.4f}"[:4]):
        assert told.encode() not in noise
    with pytest.raises(ValueError):
        json.loads(noise)


def test_the_length_of_a_cursor_tells_nothing_of_a_score(desk: Desk, matched: Matched) -> None:
    matched()

    lengths = {
        len(cursor(desk, "/search/matches?limit=1", "reviewer")),
        len(cursor(desk, "/search/matches?limit=2", "reviewer")),
        len(cursor(desk, "/search/sightings?limit=1", "reviewer")),
    }

    assert len(lengths) == 1


def test_the_same_page_gives_the_same_cursor(desk: Desk, matched: Matched) -> None:
    matched()

    assert cursor(desk, "/cases?limit=1") == cursor(desk, "/cases?limit=1")


@pytest.mark.parametrize(
    ("path", "token"),
    [
        ("/cases?country=RO", None),
        ("/cases?sex=female", None),
        ("/cases?word=cluj", None),
        ("/cases?state=draft", "reviewer"),
        ("/cases", "reviewer"),
        ("/search/sightings", "reviewer"),
        ("/search/matches", "reviewer"),
    ],
)
def test_a_cursor_of_another_list_of_other_filters_or_of_another_role_is_refused(
    desk: Desk, matched: Matched, path: str, token: str | None
) -> None:
    matched()

    given = cursor(desk, "/cases?limit=1")

    assert status(desk, "/cases", given) == 200
    assert status(desk, path, given, token) == 400


def made_up() -> list[Any]:
    """Places as cursors wrote them in clear once, and other texts."""
    places: list[Any] = [
        ["\ud800", "x"],
        ["x", "\ud800"],
        [float("nan"), "x"],
        [float("inf"), "x"],
        [float("-inf"), "m" + "0" * 20],
        [10**400, "x"],
        ["2020", "a/b"],
        ["2020", ""],
        ["2020", "__x__"],
        [None, None],
    ]
    clear = [json.dumps(place).encode() for place in places] + [b"[1e999, 1]", b"[" * 5000]
    sealed = [base64.urlsafe_b64encode(data).decode() for data in clear]
    return [*sealed, "", "x", "%", "\x00", "\u0131", "é" * 9, "A" * 100_000, "A" * 196, "=" * 44]


@pytest.mark.parametrize(
    ("path", "token"),
    [
        ("/cases", None),
        ("/cases?state=draft", "reviewer"),
        ("/search/sightings", "reviewer"),
        ("/search/matches", "reviewer"),
    ],
)
def test_a_cursor_that_somebody_made_up_is_refused(
    either_desk: Desk, path: str, token: str | None
) -> None:
    assert {status(either_desk, path, given, token) for given in made_up()} == {400}


def test_a_cursor_with_one_bit_changed_is_refused(desk: Desk, matched: Matched) -> None:
    matched()
    whole = bytearray(base64.urlsafe_b64decode(cursor(desk, "/cases?limit=1")))

    for place in range(0, len(whole), 7):
        whole[place] ^= 1
        changed = base64.urlsafe_b64encode(whole).decode()
        whole[place] ^= 1
        assert status(desk, "/cases", changed) == 400


def test_another_instance_goes_on_where_the_first_one_stopped(desk: Desk, matched: Matched) -> None:
    matched()
    given = cursor(desk, "/cases?limit=1")

    # As a new process, which remembers no key.
    own_key.cache_clear()

    assert status(desk, "/cases", given) == 200
