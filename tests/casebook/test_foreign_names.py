"""Files of any name are ingested or rejected with a reason, and always removed."""

import csv
import sys
from pathlib import Path

import pytest

import aifr.casebook.ingest
from aifr.casebook.erasure import count_remaining, erase
from aifr.casebook.home import Home
from aifr.casebook.ingest import Workshop, sweep
from aifr.casebook.objects.contract import Objects
from aifr.casebook.objects.open import open_objects
from aifr.casebook.photos import photos_of
from aifr.casebook.retention import retain
from aifr.errors import StoreUnavailable
from infra.local_events import deliver, event_headers
from tests.casebook.conftest import SETTINGS, a_case, a_partners_case, ingest_all
from tests.casebook.foreign import MISREAD, foreign_names, names_of_a_folder, put_foreign
from tests.casebook.made import made_card, made_recognise, photo_of

NOBODY = "c00000000000000000000"


def workshop(home: Home) -> Workshop:
    return Workshop(home, made_recognise, made_card(), SETTINGS)


def names_for(store: Objects) -> list[str]:
    if store.uri.startswith("file:"):
        return names_of_a_folder()
    names = foreign_names()
    misread = MISREAD if store.uri.startswith("gs:") else ""
    return [name for name in names if not any(sign in name for sign in misread)]


def names_in(store: Objects) -> list[str]:
    return [found.name for found in store.list()]


def fill(home: Home, store: Objects, case: str) -> list[str]:
    """One file of each foreign name in a case; all show one person, so that they are one photo."""
    names = [f"{case}/{name}" for name in names_for(store)]
    for name in names:
        put_foreign(store, name, photo_of(1))
    assert len(names) >= 200 and sorted(names) == sorted(names_in(store))
    return names


def test_a_sweep_ingests_and_removes_what_has_any_name(home: Home) -> None:
    case = a_case(home)
    fill(home, home.incoming, case)

    rejected = list(sweep(workshop(home), home.incoming, ours=True))

    assert rejected == []
    (photo,) = photos_of(home.records, case)
    assert photo.state == "embedded"
    assert names_in(home.incoming) == []


def test_erasure_removes_what_has_any_name(home: Home) -> None:
    case, other = a_case(home), a_case(home)
    put_foreign(home.incoming, f"{other}/my photo.jpg", photo_of(2))
    names = fill(home, home.photos, case)
    for name in names[:5]:
        put_foreign(home.incoming, name, photo_of(1))

    erasure = erase(home, case, "reporter")

    assert erasure.remaining == count_remaining(home, case) == 0
    assert names_in(home.photos) == []
    assert names_in(home.incoming) == [f"{other}/my photo.jpg"]


def test_retention_removes_what_has_any_name(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(home, home.photos, NOBODY)
    names = ["my photo.jpg", "no folder", "s1/ș.jpg", "a/b/c", " /x", "__x__/y", ". /z"]
    for name in names:
        put_foreign(home.incoming, name, photo_of(1))
    monkeypatch.setattr("aifr.casebook.retention.ORPHAN_SECONDS", -1)

    retain(home, SETTINGS)

    assert names_in(home.photos) == names_in(home.incoming) == []


@pytest.fixture(params=["folder", "cloud_storage", "s3"])
def partners_store(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    """A partner's store of each kind."""
    if request.param == "folder":
        return open_objects(f"file:{tmp_path}/partner")
    from tests.casebook.objects import conftest as stores

    apart = f"partner-{tmp_path.name}"
    monkeypatch = request.getfixturevalue("monkeypatch")
    if request.param == "s3":
        stores.use_s3_at(request.getfixturevalue("s3_server"), monkeypatch)
        return open_objects(f"s3://{stores.BUCKET}/{apart}")
    address = request.getfixturevalue("cloud_storage_emulator")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
    return open_objects(f"gs://{stores.BUCKET}/{apart}")


def test_a_partners_store_of_any_names_is_swept_to_its_end(
    embedded_home: Home, partners_store: Objects
) -> None:
    home, own, foreign = embedded_home, a_partners_case(embedded_home), a_case(embedded_home)
    names = fill(home, partners_store, own)
    put_foreign(partners_store, f"{foreign}/my photo.jpg", photo_of(2))
    put_foreign(partners_store, f"{own}/~ last.jpg", photo_of(3))

    rejected = list(sweep(workshop(home), partners_store, ours=False, partner="police"))

    assert [(row.what, row.code) for row in rejected] == [
        (f"{foreign}/my photo.jpg", "not_allowed")
    ]
    assert len(home.records.faces(own)) == 2
    assert len(names_in(partners_store)) == len(names) + 2
    assert erase(home, own, "reporter").remaining == 0
    assert names_in(home.photos) == []


def test_one_that_fails_does_not_end_a_sweep(
    embedded_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, case = embedded_home, a_case(embedded_home)
    for number, name in enumerate(["a.jpg", "broken 1.jpg", "broken 2.jpg", "z.jpg"]):
        put_foreign(home.incoming, f"{case}/{name}", photo_of(number))
    get = home.incoming.__class__.get

    def failing(store: Objects, name: str, most_bytes: int) -> bytes:
        if "broken 1" in name:
            raise StoreUnavailable("Not just now.")
        if "broken 2" in name:
            raise KeyError(name)
        return get(store, name, most_bytes)  # type: ignore[arg-type]

    monkeypatch.setattr(home.incoming.__class__, "get", failing)

    rejected = list(sweep(workshop(home), home.incoming, ours=True))

    assert [(row.code, row.again) for row in rejected] == [
        ("store_unavailable", True),
        ("internal", True),
    ]
    assert len(home.records.faces(case)) == 2


def test_a_store_that_fails_throughout_ends_it(
    embedded_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_case(embedded_home)
    for number in range(20):
        put_foreign(embedded_home.incoming, f"{case}/{number}.jpg", photo_of(number))
    asked = []

    def failing(store: Objects, name: str, most_bytes: int) -> bytes:
        asked.append(name)
        raise StoreUnavailable("Not just now.")

    monkeypatch.setattr(embedded_home.incoming.__class__, "get", failing)

    with pytest.raises(StoreUnavailable):
        list(sweep(workshop(embedded_home), embedded_home.incoming, ours=True))
    assert len(asked) == 10


def test_a_report_holds_no_formula(
    embedded_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = open_objects(f"file:{tmp_path}/partner")
    names = ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "\rx", "'x", "x=1", "M\udcfcller"]
    for name in names:
        put_foreign(partner, name, photo_of(1))
    module = "aifr.casebook.ingest"
    monkeypatch.setattr(f"{module}.home", lambda: embedded_home)
    monkeypatch.setattr(f"{module}.recogniser", lambda settings: made_recognise)
    monkeypatch.setattr(f"{module}.read_card", lambda folder: made_card())
    words = ["ingest", partner.uri, "--partner", "police", "--report", f"{tmp_path}/bad.csv"]
    monkeypatch.setattr(sys, "argv", words)

    aifr.casebook.ingest.main()

    with (tmp_path / "bad.csv").open(newline="", encoding="utf-8") as file:
        told = {row["what"] for row in csv.DictReader(file)}
    plain = {"'x", "x=1", "M\\udcfcller"}
    assert told == plain | {f"'{name}" for name in names[:6]}


class Listener:
    """A function that takes events, and fails at some."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def test_client(self) -> "Listener":
        return self

    def post(self, path: str, json: dict[str, str], headers: dict[str, str]) -> None:
        self.heard.append(json["name"])
        if "photo" in json["name"]:
            raise RuntimeError("this one only")


def test_the_local_events_go_on_whatever_a_name_and_whatever_fails(embedded_home: Home) -> None:
    listener = Listener()
    names = fill(embedded_home, embedded_home.incoming, a_case(embedded_home))

    deliver(listener, embedded_home.incoming, {})  # type: ignore[arg-type]

    assert sorted(listener.heard) == sorted(names)


@pytest.mark.parametrize("name", names_of_a_folder())
def test_the_headers_of_a_local_event_are_plain_and_its_id_tells_no_name(
    embedded_home: Home, name: str
) -> None:
    case = a_case(embedded_home)
    put_foreign(embedded_home.incoming, f"{case}/{name}", photo_of(1))
    (found,) = embedded_home.incoming.list()

    headers = event_headers(found)

    assert all(value.isascii() and value.isprintable() for value in headers.values())
    assert name not in headers["ce-id"]


def test_an_arrival_of_any_name_makes_no_second_photo(embedded_home: Home) -> None:
    case = a_case(embedded_home)
    fill(embedded_home, embedded_home.incoming, case)

    outcomes = ingest_all(embedded_home)

    assert {outcome.photo.identity for outcome in outcomes if outcome.photo} == {
        photo.identity for photo in photos_of(embedded_home.records, case)
    }
