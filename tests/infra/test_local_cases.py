"""A case on the local server, with the real model: from report to erasure."""

import json
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from aifr.casebook.keys import find_key, revoke_keys
from aifr.casebook.records.open import open_records
from aifr.settings import settings
from infra.local_keys import local_keys
from infra.local_server import print_keys
from tests.photos import file
from tests.served import Served, multipart

PERSON = {
    "name": "Ana",
    "country": "RO",
    "birth_year": 1970,
    "missing_since": "1983-05-17",
    "place": "Cluj-Napoca",
    "consent": True,
    "contact": {"name": "Maria", "email": "maria@example.org"},
}
SEEN = {"seen_on": "1990-08-01", "place": "Turda", "country": "RO", "age": "18"}
WAIT_SECONDS = 60


class Api:
    """The local server as a caller of JSON and forms sees it."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        said: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
    ) -> Any:
        """The JSON of an answer, which must not be an error."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body, kind = multipart(form) if form else (json.dumps(said).encode(), "application/json")
        if form or said is not None:
            headers["Content-Type"] = kind
        sent = body if form or said is not None else None
        answered = self._served.ask(method, path, sent, headers)
        assert answered.status < 300, answered
        return answered.json

    def wait_for_photos(self, path: str, token: str) -> list[str]:
        """The states of a record's photos, once none is pending."""
        for _ in range(WAIT_SECONDS * 5):
            states = [photo["state"] for photo in self.ask("GET", path, token)["photos"]]
            if "pending" not in states:
                return states
            time.sleep(0.2)
        raise AssertionError("ingestion does not end")


@pytest.fixture
def photographs(shared_data: Path) -> dict[int, bytes]:
    """Age -> a photo of one person of FG-NET dev."""
    with zipfile.ZipFile(shared_data / "fgnet_dev.zip") as archive:
        return {age: archive.read(f"images/002A{age:02}.JPG") for age in (7, 12, 18)}


def test_a_sighting_at_another_age_reaches_the_reviewer_and_erasure_ends_it(
    local_server: Served, local_admin: str, local_reviewer: str, photographs: dict[int, bytes]
) -> None:
    api = Api(local_server)
    report = api.ask("POST", "/cases", said=PERSON)
    case, secret = report["case"], report["secret"]
    for age in (7, 12):
        form = {"photo": file(photographs[age]), "age": str(age)}
        api.ask("POST", f"/cases/{case}/photos", secret, form=form)
    looked_at = api.wait_for_photos(f"/cases/{case}", secret)
    for state, key in (("verified", local_reviewer), ("published", local_admin)):
        revision = api.ask("GET", f"/cases/{case}", key)["revision"]
        said = {"state": state, "reason": "looks right", "revision": revision}
        api.ask("POST", f"/cases/{case}/state", key, said=said)

    receipt = api.ask("POST", "/search/sightings", form={**SEEN, "photo": file(photographs[18])})
    sighting = receipt["sighting"]
    api.wait_for_photos(f"/search/sightings/{sighting}", receipt["secret"])
    matches = api.ask("GET", f"/search/matches?case={case}", local_admin)["matches"]
    probe = {"photo": file(photographs[18]), "age": "18"}
    sealed = api.ask("POST", "/search/probe", local_admin, form=probe)
    for match in matches:
        said = {"answer": "unsure", "reason": "hm", "revision": match["revision"]}
        api.ask("POST", f"/search/matches/{match['id']}/answer", local_admin, said=said)
    probe = {"photo": file(photographs[18]), "age": "18"}
    found = api.ask("POST", "/search/probe", local_admin, form=probe)["candidates"]
    erased = api.ask("DELETE", f"/cases/{case}", secret)
    probe = {"photo": file(photographs[18]), "age": "18"}
    left = api.ask("POST", "/search/probe", local_admin, form=probe)["candidates"]

    assert looked_at == ["embedded", "embedded"]
    assert receipt.keys() == {"sighting", "state", "secret"}
    assert [(match["case"]["id"], match["sighting"]["id"]) for match in matches] == [
        (case, sighting)
    ]
    assert sealed["sealed"] >= 1
    assert case not in [candidate["case"]["id"] for candidate in sealed["candidates"]]
    assert found[0]["case"]["id"] == case
    assert erased["remaining"] == 0
    assert case not in [candidate["case"]["id"] for candidate in left]
    assert api.ask("GET", f"/search/matches?case={case}", local_admin)["matches"] == []


def test_keys_are_made_once_and_again_where_they_open_nothing(tmp_path: Path) -> None:
    records = open_records(f"sqlite:{tmp_path}/casebook.sqlite3")
    first = local_keys(records, tmp_path / "keys.txt")
    again = local_keys(records, tmp_path / "keys.txt")
    revoke_keys(records, "reviewer-1")

    last = local_keys(records, tmp_path / "keys.txt")

    assert first == again
    assert {name for name in first if first[name] != last[name]} == {"reviewer-1"}
    assert [find_key(records, key).name for key in last.values()] == list(last)  # type: ignore[union-attr]
    assert (tmp_path / "keys.txt").stat().st_mode & 0o077 == 0
    records.close()


def test_keys_are_printed_by_the_start_that_makes_them_and_by_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIFR_RECORDS", f"sqlite:{tmp_path}/casebook.sqlite3")
    settings.cache_clear()
    print_keys()
    first = capsys.readouterr().out
    print_keys()
    second = capsys.readouterr().out
    settings.cache_clear()

    assert first.count("key_") == 3
    assert second == f"Keys of the local staff: {tmp_path}/keys.txt\n"
