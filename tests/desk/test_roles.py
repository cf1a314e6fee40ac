"""Every route x every role, as the table of docs/api.md says."""

import re
import runpy
from functools import cache
from typing import Any

import pytest

from aifr.casebook.keys import KEYS, revoke_keys
from aifr.casebook.photos import photos_of
from aifr.casebook.records.contract import Query
from aifr.settings import settings
from tests.casebook.made import photo_of
from tests.desk.conftest import CONTACT, PERSON, SEEN, Desk
from tests.photos import file
from tests.served import ROOT

ROLES = ("public", "reporter", "partner", "reviewer", "admin")
ROW = re.compile(r"^\| `(\w+) (/[^`]*)` \| (.*) \|$", re.MULTILINE)
TABLE = {
    (method, path): dict(zip(ROLES, cells.split(" | "), strict=True))
    for method, path, cells in ROW.findall((ROOT / "docs" / "api.md").read_text())
}
NOT_FOUND, NOT_AUTHENTICATED, NOT_ALLOWED = 404, 401, 403
# What is decided on a revision.
DECISIONS = ("/cases/{case}/state", "/cases/{case}/changes")
FOREIGN = "report_c00000000000000000000_" + "0" * 40


def bodies() -> dict[tuple[str, str], dict[str, Any]]:
    """What is sent where something has to be; a file is new for each request."""
    state = {"state": "closed", "reason": "over"}
    return {
        ("POST", "/cases"): {"json": {**PERSON, "contact": CONTACT, "consent": True}},
        ("PATCH", "/cases/{case}"): {"json": {"place": "Turda"}},
        ("POST", "/cases/{case}/state"): {"json": state},
        ("POST", "/cases/{case}/photos"): {"data": {"photo": file(photo_of(3, 9))}},
        ("POST", "/cases/{case}/uploads"): {"json": {}},
        ("PATCH", "/cases/{case}/photos/{photo}"): {"json": {"age": 7}},
        ("POST", "/cases/{case}/changes"): {"json": {"decision": "pass"}},
        ("PATCH", "/search/sightings/{sighting}/photos/{photo}"): {"json": {"age": 7}},
        ("POST", "/search/sightings"): {"data": {**SEEN, "photo": file(photo_of(3, 8))}},
        ("POST", "/search/sightings/{sighting}/state"): {"json": state},
        ("POST", "/search/probe"): {"data": {"photo": file(photo_of(3, 7))}},
        ("POST", "/search/matches/{match}/answer"): {"json": {"answer": "unsure", "reason": "hm"}},
    }


class Scene:
    """A draft with a photo and a sighting for each who reports, made when they are asked for."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @cache  # noqa: B019 - it lives for one test
    def names(self, owner: str) -> dict[str, str]:
        """What fills the path of a case's route."""
        case = self.desk.report("partner" if owner == "partner" else None)
        return {"case": case, "photo": self.desk.add_photo(case, photo_of(5), 20)}

    @cache  # noqa: B019
    def sighted(self, owner: str) -> dict[str, str]:
        """What fills the path of a sighting's route."""
        token = "partner" if owner == "partner" else None
        sighting = self.desk.sight(photo_of(5, 1), token)
        (photo,) = photos_of(self.desk.home.records, sighting)
        return {"sighting": sighting, "photo": photo.identity}

    def ask(self, method: str, path: str, token: str, owner: str = "reporter") -> int:
        """The status of a request on what `owner` reported; "reporter" shows its secret."""
        names = {"match": "m00000000000000000000"}
        if "{case}" in path:
            names |= self.names(owner)
        if "{sighting}" in path:
            names |= self.sighted(owner)
        if token == "reporter":
            token = names.get("case") or names.get("sighting") or self.names(owner)["case"]
        said = bodies().get((method, path), {})
        if token in ("reviewer", "admin") and path in DECISIONS:
            if path.endswith("/changes"):
                self.desk.publish(names["case"])
                said_of_it = {"place": "Turda"}
                self.desk.ask("PATCH", f"/cases/{names['case']}", names["case"], json=said_of_it)
            said["json"]["revision"] = self.desk.revision(names["case"])
        return self.desk.ask(method, path.format(**names), token, **said).status_code


@pytest.fixture
def scene(desk: Desk) -> Scene:
    return Scene(desk)


def routes_of_functions() -> set[tuple[str, str]]:
    found = set()
    for name in ("cases", "search"):
        routes = runpy.run_path(str(ROOT / "functions" / name / "main.py"))["ROUTES"]
        found |= {(route.method, f"/{name}/{route.path}".rstrip("/")) for route in routes}
    return found


def test_the_table_names_every_route() -> None:
    assert set(TABLE) == routes_of_functions()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path"), sorted(TABLE))
def test_a_route_is_denied_or_allowed_as_the_table_says(
    scene: Scene, method: str, path: str, role: str
) -> None:
    owner = "partner" if role == "partner" else "reporter"
    said = TABLE[method, path][role]

    status = scene.ask(method, path, role, owner)

    if said == "no":
        assert status == (NOT_AUTHENTICATED if role == "public" else NOT_ALLOWED)
    elif said == "published":
        assert status == NOT_FOUND, "a draft must not be known to the public"
        scene.desk.publish(scene.names(owner)["case"])
        assert scene.ask(method, path, role, owner) == 200
    elif "{match}" in path:
        # Let through to a match that is not there.
        assert status == NOT_FOUND
    else:
        assert status in (200, 201, 202)


@pytest.mark.parametrize("role", ["reporter", "partner"])
@pytest.mark.parametrize(
    ("method", "path"), sorted(place for place, row in TABLE.items() if row["reporter"] == "own")
)
def test_what_others_reported_is_not_ones_own(
    scene: Scene, method: str, path: str, role: str
) -> None:
    other = "partner" if role == "reporter" else "reporter"
    token = scene.names("reporter")["case"] if role == "reporter" else "partner"

    status = scene.ask(method, path, token, other)

    hidden = TABLE[method, path]["public"] == "published"
    assert status == (NOT_FOUND if hidden else NOT_ALLOWED)


@pytest.mark.parametrize(
    "token",
    [
        FOREIGN,
        "key_" + "0" * 48,
        "nonsense",
        "a.b.c",
        "report_",
    ],
)
def test_a_token_that_opens_nothing_is_refused_even_where_none_is_needed(
    desk: Desk, token: str
) -> None:
    answer = desk.ask("GET", "/cases", token)

    assert answer.status_code == NOT_AUTHENTICATED
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer a b", "key_1"])
def test_another_scheme_is_refused(desk: Desk, header: str) -> None:
    answer = desk.ask("GET", "/cases", headers={"Authorization": header})

    assert answer.status_code == NOT_AUTHENTICATED


def test_a_revoked_key_opens_nothing_any_more(desk: Desk) -> None:
    before = desk.ask("GET", "/cases/me", "partner").json
    revoke_keys(desk.home.records, "Salvati Copiii")

    assert before == {"role": "partner", "name": "Salvati Copiii", "record": None}
    assert desk.ask("GET", "/cases/me", "partner").status_code == NOT_AUTHENTICATED


def test_keys_of_staff_are_refused_where_staff_have_open_id(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIFR_STAFF_KEYS", "false")
    settings.cache_clear()

    assert desk.ask("GET", "/cases/me", "reviewer").status_code == NOT_AUTHENTICATED
    assert desk.ask("GET", "/cases/me", "partner").status_code == 200


def test_keys_are_not_kept(desk: Desk) -> None:
    kept = str(desk.home.records.find(Query(KEYS)))

    assert not any(key in kept for key in desk.keys.values())
