"""Nobody but staff can tell by any answer, or by what it costs, who is in here.

Every route of docs/api.md is asked as the public, a reporter, a sender and a partner, in a world
where those they ask about are known and in one where they are not (`worlds`).
"""

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import pytest

from infra.catalogue import HTTP_TARGETS
from tests.casebook.made import photo_of
from tests.desk.conftest import SEEN, Desk
from tests.desk.test_roles import TABLE, bodies
from tests.photos import file
from tests.privacy.worlds import SOUGHT, STRANGER, Told, world
from tests.served import ROOT

CALLERS = {"public": "public", "reporter": "reporter", "sender": "reporter", "partner": "partner"}
Asked = tuple[str, str, str]
ROUNDS, MATCHES = 15, 5


def order(place: tuple[str, str]) -> tuple[int, str]:
    """Reads first; then what can be done to a record, until it is closed and at last erased."""
    method, path = place
    ranks = {"GET": 0, "POST": 1, "PATCH": 2, "DELETE": 3}
    rank = ranks[method]
    if path.endswith("/state"):
        rank = 4
    elif method == "DELETE" and not path.endswith("{photo}"):
        rank = 5
    return rank, path


def said_to(place: tuple[str, str]) -> dict[str, Any]:
    if place == ("POST", "/search/sightings"):
        return {"data": {**SEEN, "photo": file(photo_of(SOUGHT, 8))}}
    return bodies().get(place, {})


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, dict[Asked, Told]]:
    """What every caller is told by every route, by whether those asked about are known."""
    found: dict[bool, dict[Asked, Told]] = {}
    with pytest.MonkeyPatch.context() as patch:
        for known in (True, False):
            with world(tmp_path_factory.mktemp("world"), known, patch) as here:
                if known:
                    assert here.desk.home.records.count("matches", {}) >= 3
                else:
                    assert here.desk.home.records.count("matches", {}) == 0
                found[known] = {
                    (method, path, caller): here.told(
                        method, path, caller, **said_to((method, path))
                    )
                    for method, path in sorted(TABLE, key=order)
                    for caller in CALLERS
                }
    return found


def asked() -> list[Asked]:
    return [(*place, caller) for place in sorted(TABLE) for caller in CALLERS]


@pytest.mark.parametrize(("method", "path", "caller"), asked())
def test_an_answer_is_the_same_whoever_is_in_here(
    told: Mapping[bool, Mapping[Asked, Told]], method: str, path: str, caller: str
) -> None:
    known, unknown = (told[each][method, path, caller] for each in (True, False))

    assert (known.status, known.headers) == (unknown.status, unknown.headers)
    assert known.body == unknown.body


@pytest.mark.parametrize(("method", "path", "caller"), asked())
def test_an_answer_costs_the_same_whoever_is_in_here(
    told: Mapping[bool, Mapping[Asked, Told]], method: str, path: str, caller: str
) -> None:
    known, unknown = (told[each][method, path, caller] for each in (True, False))

    assert known.calls == unknown.calls


@pytest.mark.parametrize(("method", "path"), sorted(TABLE))
@pytest.mark.parametrize("role", ["public", "reporter", "partner"])
def test_a_route_that_a_role_may_call_was_answered(
    told: Mapping[bool, Mapping[Asked, Told]], method: str, path: str, role: str
) -> None:
    """A refusal alone would show nothing: a new route needs a body in `bodies`."""
    if TABLE[method, path][role] == "no":
        return
    callers = [caller for caller, its in CALLERS.items() if its == role]

    answers = [told[True][method, path, caller].status for caller in callers]

    assert any(status < 300 for status in answers), answers


@pytest.mark.parametrize("name", sorted(set(HTTP_TARGETS) - {"cases", "search"}))
def test_what_is_not_in_the_table_knows_nothing_of_the_records(name: str) -> None:
    source = (ROOT / "functions" / name / "main.py").read_text()

    assert "home()" not in source and "aifr.casebook.home" not in source


def seconds(work: Callable[[int], Any], turn: int) -> float:
    began = time.perf_counter()
    answer = work(turn)
    took = time.perf_counter() - began
    assert answer.status_code == 200, answer.text
    return took


def compared(one: Callable[[int], Any], other: Callable[[int], Any]) -> tuple[float, float]:
    """The median seconds of each, taken in turns, so that a busy machine slows both."""
    gc.collect()
    pairs = [(seconds(one, turn), seconds(other, turn)) for turn in range(ROUNDS)]
    return median(first for first, _ in pairs), median(last for _, last in pairs)


def alike(one: float, other: float) -> bool:
    """Whether two medians are so near that nobody tells them apart; a search in the request made
    one of them four times the other.
    """
    return abs(one - other) < max(0.004, 0.6 * min(one, other))


def test_erasing_a_sighting_takes_as_long_with_matches_as_without(desk: Desk) -> None:
    for _ in range(MATCHES):
        desk.published(SOUGHT)
    sightings = {
        person: [desk.sight(photo_of(person, turn)) for turn in range(ROUNDS)]
        for person in (SOUGHT, STRANGER)
    }
    found = desk.home.records.count("matches", {})

    def erase(person: int) -> Callable[[int], Any]:
        def one(turn: int) -> Any:
            name = sightings[person][turn]
            return desk.ask("DELETE", f"/search/sightings/{name}", name)

        return one

    took = compared(erase(SOUGHT), erase(STRANGER))

    assert found >= MATCHES * ROUNDS
    assert alike(*took), took


def test_correcting_an_age_takes_as_long_with_matches_as_without(desk: Desk) -> None:
    cases = {person: desk.published(person) for person in (SOUGHT, STRANGER)}
    photos = {
        person: desk.ask("GET", f"/cases/{case}").json["photos"][0]["id"]
        for person, case in cases.items()
    }
    for take in range(1, 9):
        desk.sight(photo_of(SOUGHT, take))
    found = desk.home.records.count("matches", {})

    def correct(person: int) -> Callable[[int], Any]:
        def one(turn: int) -> Any:
            path = f"/cases/{cases[person]}/photos/{photos[person]}"
            return desk.ask("PATCH", path, cases[person], json={"age": 3 + turn})

        return one

    took = compared(correct(SOUGHT), correct(STRANGER))

    assert found == 8
    assert alike(*took), took
