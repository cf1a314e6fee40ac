"""A home of each kind, empty, and the steps that tests of the casebook share."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest

from aifr.casebook.answering import answer_match, reviewer_of, revision_of
from aifr.casebook.arrivals import Arrival
from aifr.casebook.cases import get_case, report_case
from aifr.casebook.decisions import AnswerWord, Match
from aifr.casebook.home import Home
from aifr.casebook.identity import is_case
from aifr.casebook.ingestion import Outcome, Recognise, ingest
from aifr.casebook.keys import partner_called
from aifr.casebook.matches import get_match
from aifr.casebook.objects.contract import StoredObject
from aifr.casebook.objects.open import open_objects
from aifr.casebook.photo_changes import ingest_again
from aifr.casebook.photos import Photo, add_photo, photo_identity, photos_of
from aifr.casebook.publishing import Ruling, change_state, decide_changes
from aifr.casebook.records.open import open_records
from aifr.casebook.settling import settle
from aifr.casebook.sides import sides_of
from aifr.casebook.sightings import report_sighting
from aifr.errors import StoreUnavailable
from aifr.recognition.card import Card
from aifr.settings import Settings
from tests.casebook.made import a_contact, a_report, a_sighting, made_card, made_recognise
from tests.emulators import BUCKET

SETTINGS = Settings(match_bar=10.0)
Done = TypeVar("Done")


@pytest.fixture(params=["embedded", "cloud"])
def home(request: pytest.FixtureRequest) -> Iterator[Home]:
    """A home of each kind, empty."""
    made: Home = request.getfixturevalue(f"{request.param}_home")
    yield made
    made.records.close()


@pytest.fixture(name="embedded_home")
def an_embedded_home(tmp_path: Path) -> Home:
    return embedded_home(tmp_path)


@pytest.fixture
def cloud_home(
    firestore_emulator: str, cloud_storage_emulator: str, monkeypatch: pytest.MonkeyPatch
) -> Home:
    """Firestore and Cloud Storage, by their emulators; each test has a project of its own."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", cloud_storage_emulator)
    apart = f"tests-{uuid4().hex[:12]}"
    return Home(
        open_records(f"firestore://{apart}"),
        open_objects(f"gs://{BUCKET}/{apart}/photos"),
        open_objects(f"gs://{BUCKET}/{apart}/incoming"),
    )


def embedded_home(folder: Path) -> Home:
    return Home(
        open_records(f"sqlite:{folder}/casebook.sqlite3"),
        open_objects(f"file:{folder}/photos"),
        open_objects(f"file:{folder}/incoming"),
    )


def a_case(home: Home, state: str = "draft", **changes: object) -> str:
    """The name of a new case in a state."""
    case, _ = report_case(home.records, a_report(**changes), a_contact(), "Ana Pop", "reporter")
    for step in {"verified": ["verified"], "published": ["verified", "published"]}.get(state, []):
        change_state(home.records, case.identity, step, "looks right", "reviewer:one")  # type: ignore[arg-type]
    return case.identity


def a_partners_case(home: Home, partner: str = "police") -> str:
    """The name of a new draft that a partner reported."""
    case = a_case(home)
    document = {
        **(home.records.get("cases", case) or {}),
        "reporter": f"partner:{partner}",
        "owner": partner_called(home.records, partner).identity,
    }
    home.records.transact(lambda transaction: transaction.put("cases", case, document))
    return case


def a_sighted(home: Home, **changes: object) -> str:
    """The name of a new sighting."""
    sighting, _ = report_sighting(home.records, a_sighting(**changes), None, "public")
    return sighting.identity


def upload(
    home: Home, subject: str, data: bytes, age: int | None = None, chosen: int | None = None
) -> Photo:
    """A photo that waits for ingestion."""
    identity = photo_identity(subject, data)
    return add_photo(home, subject, identity, data, age, chosen, "reporter")


def ingest_all(
    home: Home,
    recognise: Recognise = made_recognise,
    settings: Settings = SETTINGS,
    card: Card | None = None,
) -> list[Outcome]:
    """Ingests everything that is incoming."""
    return [
        ingest(home, arrival_of(home, found), recognise, card or made_card(), settings)
        for found in list(home.incoming.list())
    ]


def arrival_of(home: Home, found: StoredObject) -> Arrival:
    return Arrival(home.incoming, found.name, found.generation)


def embedded(home: Home, subject: str, data: bytes, age: int | None = None) -> str:
    """The name of a photo that was uploaded, ingested, and passed where its case is searched."""
    photo = upload(home, subject, data, age)
    ingest_all(home)
    pass_all(home, subject)
    return photo.identity


def in_a_group(home: Home, subject: str, data: bytes, age: int | None = None) -> str:
    """The name of a photo of two people, of whom the left one is meant, embedded as well."""
    photo = upload(home, subject, data, age, chosen=0)
    ingest_all(home)
    pass_all(home, subject)
    return photo.identity


def pass_all(home: Home, subject: str) -> None:
    """Has a reviewer pass what waits of a case, which is then matched."""
    if is_case(subject) and get_case(home.records, subject).waiting:
        decide_changes(home.records, subject, Ruling("pass"), "reviewer:ten")
        for photo in photos_of(home.records, subject):
            if photo.state == "pending" and photo.faces:
                ingest_again(home, photo, 10_000_000)
        ingest_all(home)
        settle(home.records, subject, made_card(), SETTINGS.match_bar)


def revision(home: Home, match: str, reviewer: str) -> str:
    """What this reviewer is shown of a match just now."""
    return revision_of(
        sides_of(home.records, get_match(home.records, match)), reviewer_of(reviewer)
    )


def say(home: Home, match: str, reviewer: str, word: AnswerWord, shown: str | None = None) -> Match:
    """The match after a reviewer's answer to what they are shown now, or were `shown` before."""
    named = shown or revision(home, match, reviewer)
    return answer_match(home.records, match, reviewer_of(reviewer), word, "the scar", named)


def patiently(act: Callable[[], Done], tries: int = 5) -> Done:
    """What an act does, asked for again where the store gave up waiting for others: as anyone would
    who is answered 503, after which nothing has been done.
    """
    for _ in range(tries):
        with suppress(StoreUnavailable):
            return act()
    return act()
