"""Two worlds that differ in one thing: whether those whom callers ask about are in here.

In both worlds there are a published and a verified case of somebody whom the sender's sighting may
show, and sightings that may show those whom a reporter and a partner are looking for. Where they
are `known` they do show them: there are matches, and reviewers have answered them and closed the
sighting. Otherwise they show other people.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from aifr.casebook.matches import match_identity
from tests.casebook.conftest import embedded_home
from tests.casebook.made import photo_of
from tests.desk.conftest import Desk, desk_over
from tests.desk.test_workflow import answer_to
from tests.photos import file

SOUGHT, REPORTED, OF_PARTNER, STRANGER = 7, 20, 31, 444
# Names, secrets and moments; a revision is a hash of those.
SCRUBBED = (
    (re.compile(r"report_[cs][0-9a-f]{20}_[0-9a-f]{40}"), "secret"),
    (re.compile(r"\b([csmp])[0-9a-f]{20}\b"), r"\1..."),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"), "moment"),
    (re.compile(r'"revision": ?"[0-9a-f]+"'), '"revision": "..."'),
)
CHANGING_HEADERS = {"Date", "X-Request-Id", "ETag"}


@dataclass(frozen=True)
class Told:
    """What a caller can find out by one request. calls: to the stores, by name and how many."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    calls: Mapping[str, int]


class Counted:
    """A store or a transaction that counts what is asked of it, and what that brings."""

    def __init__(self, store: Any, calls: Counter[str], name: str) -> None:
        self._store, self._calls, self._name = store, calls, name

    def __getattr__(self, name: str) -> Any:
        whole = getattr(self._store, name)
        return self._counting(name, whole) if callable(whole) else whole

    def _counting(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        place = f"{self._name}.{name}"

        def counted(*arguments: Any, **named: Any) -> Any:
            self._calls[place] += 1
            if name == "transact":
                (work,) = arguments
                return call(lambda inner: work(Counted(inner, self._calls, "transaction")))
            answer = call(*arguments, **named)
            if isinstance(answer, list):
                self._calls[f"{place} found"] += len(answer)
            return answer

        return counted


@dataclass(frozen=True)
class World:
    """A desk whose stores are counted. names: caller -> what fills the paths of routes."""

    desk: Desk
    calls: Counter[str]
    names: Mapping[str, Mapping[str, str]]

    def told(self, method: str, path: str, caller: str, **said: Any) -> Told:
        """What a caller is told in answer to a request."""
        names = dict(self.names[caller])
        token = {"reporter": names["case"], "sender": names["sighting"]}.get(caller, caller)
        if "{sighting}" in path:
            names["photo"] = names["sighting_photo"]
        self.calls.clear()
        answer = self.desk.ask(method, path.format(**names), token, **said)
        if path.endswith("/secret") and answer.status_code < 300:
            self.desk.secrets[token] = answer.json["secret"]
        headers = {
            name: value for name, value in answer.headers.items() if name not in CHANGING_HEADERS
        }
        return Told(answer.status_code, headers, scrubbed(answer.data), dict(self.calls))


def scrubbed(body: bytes) -> bytes:
    """A body without names, secrets and moments; a photo as it is."""
    if body.startswith(b"\xff\xd8"):
        return body
    text = body.decode()
    for pattern, plain in SCRUBBED:
        text = pattern.sub(plain, text)
    return text.encode()


@contextmanager
def world(folder: Path, known: bool, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world in a folder of its own; only one is open at a time."""
    calls: Counter[str] = Counter()
    home = embedded_home(folder)
    counted = replace(
        home,
        records=Counted(home.records, calls, "records"),
        photos=Counted(home.photos, calls, "photos"),
        incoming=Counted(home.incoming, calls, "incoming"),
    )
    with contextmanager(desk_over)(counted, monkeypatch) as desk:
        yield World(desk, calls, names_in(desk, known))


def names_in(desk: Desk, known: bool) -> Mapping[str, Mapping[str, str]]:
    """Fills a world; what each caller's own records are called."""
    seen = SOUGHT if known else STRANGER
    gallery = desk.published(seen)
    hidden = desk.report()
    desk.add_photo(hidden, photo_of(seen, 3), 20)
    assert desk.decide(hidden, "reviewer", "verified").status_code == 200
    desk.deliver()
    sighting = desk.sight(photo_of(SOUGHT, 1))
    by_partner = desk.sight(photo_of(SOUGHT, 2), "partner")
    reported = desk.published(REPORTED)
    of_partner = published_by_partner(desk)
    others = [
        desk.sight(photo_of(person if known else STRANGER + number, 1))
        for number, person in enumerate((REPORTED, OF_PARTNER), 1)
    ]
    matches = [
        match_identity(sighting, gallery),
        match_identity(by_partner, gallery),
        match_identity(others[0], reported),
        match_identity(others[1], of_partner),
    ]
    if known:
        for match in matches:
            for reviewer in ("reviewer", "reviewer-2"):
                assert answer_to(desk, match, reviewer, "confirm")["answers"]
        close(desk, sighting)
        close(desk, by_partner)
    return {
        "public": names_of(desk, reported, others[0], matches[2]),
        "reporter": names_of(desk, reported, others[0], matches[2]),
        "partner": names_of(desk, of_partner, by_partner, matches[1]),
        "sender": names_of(desk, reported, sighting, matches[0]),
    }


def published_by_partner(desk: Desk) -> str:
    case = desk.report("partner")
    form = {"photo": file(photo_of(OF_PARTNER)), "age": "20"}
    answer = desk.ask("POST", f"/cases/{case}/photos", "partner", data=form)
    assert answer.status_code == 202, answer.text
    desk.deliver()
    desk.publish(case)
    return case


def close(desk: Desk, sighting: str) -> None:
    said = {"state": "closed", "reason": "she was found"}
    path = f"/search/sightings/{sighting}/state"
    assert desk.ask("POST", path, "reviewer", json=said).status_code == 200


def names_of(desk: Desk, case: str, sighting: str, match: str) -> dict[str, str]:
    return {
        "case": case,
        "photo": photo_in(desk, f"/cases/{case}"),
        "sighting": sighting,
        "sighting_photo": photo_in(desk, f"/search/sightings/{sighting}"),
        "match": match,
    }


def photo_in(desk: Desk, path: str) -> str:
    return str(desk.ask("GET", path, "reviewer").json["photos"][0]["id"])
