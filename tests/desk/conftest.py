"""The functions with a casebook over an empty embedded home, and callers of each role."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import functions_framework
import pytest
from flask.testing import FlaskClient

import aifr.casebook.home
import aifr.casebook.recogniser
from aifr.casebook.home import Home
from aifr.casebook.keys import create_key
from aifr.endpoint.uploads import Upload
from aifr.recognition.recognise import Recognition
from aifr.settings import settings
from infra.catalogue import HTTP_TARGETS
from infra.local_events import deliver
from tests.casebook.conftest import cloud_home, embedded_home
from tests.casebook.made import made_card, made_recognise, photo_of
from tests.photos import file
from tests.served import ROOT

__all__ = ["cloud_home"]

PERSON: dict[str, Any] = {
    "name": "Ana",
    "sex": "female",
    "country": "RO",
    "birth_year": 1998,
    "missing_since": "2004-05-17",
    "place": "Cluj-Napoca",
    "description": "A green raincoat.",
}
CONTACT = {"name": "Maria Pop", "email": "maria@example.org", "phone": "+40 700 000 000"}
SEEN = {"seen_on": "2022-08-01", "place": "Turda", "country": "RO", "age": "24"}


@dataclass
class Desk:
    """Everything that serves, in this process."""

    home: Home
    clients: Mapping[str, FlaskClient]
    keys: Mapping[str, str]
    deliver: Callable[[], None]
    secrets: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, token: str | None = None, **said: Any) -> Any:
        """The response to a request, by a role or with a token; the path names the function."""
        name = path.split("/")[1].partition("?")[0]
        headers = dict(said.pop("headers", {}))
        if token and token != "public":
            shown = self.keys.get(token) or self.secrets.get(token, token)
            headers["Authorization"] = f"Bearer {shown}"
        return self.clients[name].open(path, method=method, headers=headers, **said)

    def report(self, token: str | None = None, **changes: Any) -> str:
        """The name of a new case; what opens it to who reported it is kept under that name."""
        said = {**PERSON, "contact": CONTACT, "full_name": "Ana Pop", "consent": True, **changes}
        answer = self.ask("POST", "/cases", token, json=said)
        assert answer.status_code == 201, answer.text
        self.secrets[answer.json["case"]] = answer.json["secret"] or self.keys[str(token)]
        return answer.json["case"]

    def add_photo(self, case: str, data: bytes, age: int | None = None) -> str:
        """The name of a photo of a case, looked at already."""
        form = {"photo": file(data)} | ({} if age is None else {"age": str(age)})
        answer = self.ask("POST", f"/cases/{case}/photos", case, data=form)
        assert answer.status_code == 202, answer.text
        self.deliver()
        return answer.json["photo"]

    def publish(self, case: str, reviewers: Sequence[str] = ("reviewer", "reviewer-2")) -> None:
        """Has one reviewer verify a case and another publish it, which is then matched."""
        for state, reviewer in zip(("verified", "published"), reviewers, strict=True):
            answer = self.decide(case, reviewer, state)
            assert answer.status_code == 200, answer.text
        self.deliver()

    def revision(self, case: str) -> int:
        """The revision that a reviewer sees now."""
        return self.ask("GET", f"/cases/{case}", "reviewer").json["revision"]

    def decide(self, case: str, token: str, state: str, **said: Any) -> Any:
        """The response to a new state, said of what there is now."""
        said = {"state": state, "reason": "looks right", "revision": self.revision(case), **said}
        return self.ask("POST", f"/cases/{case}/state", token, json=said)

    def rule(self, case: str, token: str, decision: str = "pass", **said: Any) -> Any:
        """The response to changes being passed or refused, said of what there is now."""
        said = {"decision": decision, "revision": self.revision(case), **said}
        answer = self.ask("POST", f"/cases/{case}/changes", token, json=said)
        self.deliver()
        return answer

    def sight(self, data: bytes, token: str | None = None, **changes: str) -> str:
        """The name of a new sighting, looked at already; what opens it is kept under that name."""
        answer = self.ask(
            "POST", "/search/sightings", token, data={**SEEN, **changes, "photo": file(data)}
        )
        assert answer.status_code == 201, answer.text
        self.secrets[answer.json["sighting"]] = answer.json["secret"] or self.keys[str(token)]
        self.deliver()
        return answer.json["sighting"]

    def published(self, person: int, age: int = 20) -> str:
        """The name of a published case with one photo of a made person."""
        case = self.report()
        self.add_photo(case, photo_of(person), age)
        self.publish(case)
        return case


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The functions as functions-framework builds them, with made people for a recogniser."""
    yield from desk_over(embedded_home(tmp_path), monkeypatch)


@pytest.fixture(params=["embedded", "cloud"])
def either_desk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """The same over a home of each kind."""
    if request.param == "cloud":
        yield from desk_over(request.getfixturevalue("cloud_home"), monkeypatch)
    else:
        yield from desk_over(embedded_home(tmp_path), monkeypatch)


def desk_over(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk of a home, which it closes in the end."""
    monkeypatch.setattr(aifr.casebook.home, "_open", lambda: home)
    monkeypatch.setenv("AIFR_STAFF_KEYS", "true")
    monkeypatch.setenv("AIFR_WRITES_AN_HOUR", "1000")
    settings.cache_clear()
    # Each main.py is loaded anew for each app, and so takes what stands in these modules now.
    for module in ("aifr.serving", "aifr.desk.search"):
        monkeypatch.setattr(f"{module}.serving_card", made_card)
    monkeypatch.setattr(aifr.casebook.recogniser, "recogniser", lambda settings: made_recognise)
    monkeypatch.setattr(
        "aifr.desk.search.recognise_upload",
        lambda upload, choice: made_recognise(upload.data, None),
    )
    clients = {name: _app(name, target, "http") for name, target in HTTP_TARGETS.items()}
    ingest = functions_framework.create_app(
        "ingest_photo", str(ROOT / "functions" / "ingest" / "main.py"), "cloudevent"
    )
    keys = {
        "partner": create_key(home.records, "Salvati Copiii", "partner"),
        "reviewer": create_key(home.records, "one", "reviewer"),
        "reviewer-2": create_key(home.records, "two", "reviewer"),
        "admin": create_key(home.records, "boss", "admin"),
    }
    yield Desk(home, clients, keys, lambda: deliver(ingest, home.incoming, {}))
    home.records.close()
    settings.cache_clear()


def _recognise_upload(upload: Upload, choice: str) -> Recognition:
    return made_recognise(upload.data, None)


def _app(name: str, target: str, kind: str) -> FlaskClient:
    source = ROOT / "functions" / name / "main.py"
    return functions_framework.create_app(target, str(source), kind).test_client()
