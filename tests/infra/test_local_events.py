"""What the local server does in place of Eventarc."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, request

from aifr.casebook.marks import subject_marked
from aifr.casebook.objects.contract import Objects
from aifr.casebook.objects.open import open_objects
from aifr.casebook.publishing import change_state
from infra import local_events
from infra.local_events import deliver, mark_unsettled
from tests.casebook.conftest import a_case, embedded, embedded_home
from tests.casebook.made import photo_of

NAME = "c00000000000000000000/p00000000000000000000.jpg"


@pytest.fixture
def incoming(tmp_path: Path) -> Objects:
    return open_objects(f"file:{tmp_path}/incoming")


class Ingest:
    """A function that fails or is done with an object, and remembers what it was told."""

    def __init__(self, incoming: Objects) -> None:
        self.told: list[tuple[str, str]] = []
        self.status = 200
        self.app = Flask(__name__)

        @self.app.post("/")
        def ingest() -> tuple[str, int]:
            self.told.append((request.json["name"], request.headers["ce-type"]))  # type: ignore[index]
            if self.status == 200:
                incoming.delete(request.json["name"], request.json["generation"])  # type: ignore[index]
            return "", self.status


@pytest.fixture
def ingest(incoming: Objects) -> Iterator[Ingest]:
    yield Ingest(incoming)


def test_each_object_becomes_one_event(incoming: Objects, ingest: Ingest) -> None:
    incoming.put(NAME, b"photo", "image/jpeg")
    tried: dict[tuple[str, str], float] = {}

    for _ in range(3):
        deliver(ingest.app, incoming, tried)

    assert ingest.told == [(NAME, "google.cloud.storage.object.v1.finalized")]
    assert tried == {}


def test_an_event_that_failed_comes_again_after_a_while(
    incoming: Objects, ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    incoming.put(NAME, b"photo", "image/jpeg")
    ingest.status = 500
    tried: dict[tuple[str, str], float] = {}
    for _ in range(3):
        deliver(ingest.app, incoming, tried)
    failed = len(ingest.told)
    ingest.status = 200
    monkeypatch.setattr(local_events, "RETRY_SECONDS", 0.0)

    deliver(ingest.app, incoming, tried)

    assert (failed, len(ingest.told)) == (1, 2)
    assert list(incoming.list()) == []


def test_what_a_dead_server_left_is_delivered_by_the_next(
    incoming: Objects, ingest: Ingest
) -> None:
    incoming.put(NAME, b"photo", "image/jpeg")

    deliver(ingest.app, incoming, {})

    assert len(ingest.told) == 1


def test_what_a_dead_server_left_to_be_matched_is_marked_by_the_next(tmp_path: Path) -> None:
    home = embedded_home(tmp_path)
    case = a_case(home)
    embedded(home, case, photo_of(1))
    change_state(home.records, case, "verified", "looks right", "reviewer:one")

    mark_unsettled(home)

    assert [subject_marked(found.name) for found in home.incoming.list()] == [case]
    home.records.close()
