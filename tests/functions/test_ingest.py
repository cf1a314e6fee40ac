"""The function `ingest` as Eventarc calls it: a CloudEvent in binary mode."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import functions_framework
import pytest
from flask.testing import FlaskClient

import aifr.casebook.home
import aifr.casebook.ingestion
import aifr.casebook.recogniser
from aifr.casebook.home import Home
from aifr.casebook.marks import mark
from aifr.casebook.photos import get_photo
from aifr.casebook.publishing import change_state
from aifr.casebook.settling import unsettled
from aifr.errors import StoreUnavailable
from infra.local_events import event_data, event_headers
from tests.casebook.conftest import a_case, embedded, embedded_home, upload
from tests.casebook.made import made_card, made_recognise, photo_of
from tests.served import ROOT


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    made = embedded_home(tmp_path)
    monkeypatch.setattr(aifr.casebook.home, "_open", lambda: made)
    monkeypatch.setattr("aifr.serving.serving_card", made_card)
    monkeypatch.setattr(aifr.casebook.recogniser, "recogniser", lambda settings: made_recognise)
    yield made
    made.records.close()


@pytest.fixture
def ingest(home: Home) -> FlaskClient:
    source = ROOT / "functions" / "ingest" / "main.py"
    return functions_framework.create_app("ingest_photo", str(source), "cloudevent").test_client()


def failing(*_: Any) -> None:
    raise StoreUnavailable("Not just now.")


def send(ingest: FlaskClient, home: Home, **headers: str) -> int:
    """The status of the answer to the event of the one object that is incoming."""
    (found,) = home.incoming.list()
    told = {**event_headers(found), **headers}
    return ingest.post("/", json=event_data(found), headers=told).status_code


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines() if line]


def test_an_event_embeds_the_photo(
    home: Home, ingest: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    case = a_case(home)
    photo = upload(home, case, photo_of(1))

    status = send(ingest, home)

    assert status == 200
    assert get_photo(home.records, case, photo.identity).state == "embedded"
    (line,) = lines(capfd)
    assert (line["severity"], line["message"]) == ("INFO", "photo embedded")


def test_a_store_that_fails_makes_the_event_come_again(
    home: Home, ingest: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(home, a_case(home), photo_of(1))
    monkeypatch.setattr(home.photos.__class__, "put", failing)

    status = send(ingest, home)

    assert status == 500
    assert len(list(home.incoming.list())) == 1


def test_an_event_that_failed_for_too_long_is_given_up_and_the_photo_stays(
    home: Home,
    ingest: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    upload(home, a_case(home), photo_of(1))
    monkeypatch.setattr(home.photos.__class__, "put", failing)
    days_old = (datetime.now(UTC) - timedelta(days=2)).isoformat()

    status = send(ingest, home, **{"ce-time": days_old})

    assert status == 200
    assert len(list(home.incoming.list())) == 1
    (line,) = lines(capfd)
    assert (line["severity"], line["code"]) == ("ERROR", "store_unavailable")


def test_the_event_of_a_mark_has_its_subject_matched(
    home: Home, ingest: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    case = a_case(home)
    embedded(home, case, photo_of(1))
    change_state(home.records, case, "verified", "looks right", "reviewer:one")
    owed = unsettled(home.records)
    mark(home, case)

    status = send(ingest, home)

    assert (status, owed, unsettled(home.records)) == (200, {case}, set())
    assert list(home.incoming.list()) == []
    assert lines(capfd)[-1]["message"] == "matches settled"


def test_an_event_that_is_not_for_us_is_acknowledged(
    home: Home, ingest: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    upload(home, a_case(home), photo_of(1))

    status = send(ingest, home, **{"ce-type": "google.cloud.storage.object.v1.deleted"})

    assert status == 200
    assert lines(capfd)[0]["message"] == "event is not for us"
    assert len(list(home.incoming.list())) == 1


def test_a_request_that_is_no_event_is_refused(home: Home, ingest: FlaskClient) -> None:
    assert ingest.post("/", json={"name": "x"}).status_code == 400
