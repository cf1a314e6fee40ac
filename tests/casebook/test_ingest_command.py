"""`python -m aifr.casebook.ingest`: sweeps, manifests, and what was left."""

import csv
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import aifr.casebook.ingest
from aifr.casebook.cases import get_case, report_case
from aifr.casebook.erasure import erase
from aifr.casebook.home import Home
from aifr.casebook.matches import get_match, match_identity
from aifr.casebook.moment import days_ago
from aifr.casebook.objects.open import open_objects
from aifr.casebook.photos import get_photo, object_name, photos_of
from aifr.casebook.records.contract import Transaction
from aifr.casebook.unfinished import all_photos, embed_anew, finish_photos
from aifr.errors import InvalidRequest
from aifr.recognition.recognise import Recognition
from tests.casebook.conftest import SETTINGS, a_case, a_sighted, embedded, ingest_all, upload
from tests.casebook.made import (
    a_contact,
    a_report,
    made_card,
    made_recognise,
    photo_of,
    photo_of_nobody,
)

CONTACT = {"contact_name": "Maria", "contact_email": "maria@example.org"}
ROW = {
    "case": "A-1",
    "object": "a/1.jpg",
    "age": "6",
    "name": "Ana",
    "sex": "female",
    "country": "RO",
    "birth_year": "1998",
    "missing_since": "2004-05-17",
    "place": "Cluj-Napoca",
    **CONTACT,
}


@pytest.fixture
def home(embedded_home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An embedded home that the command opens too, with made people for a recogniser."""
    module = "aifr.casebook.ingest"
    monkeypatch.setattr(f"{module}.home", lambda: embedded_home)
    monkeypatch.setattr(f"{module}.recogniser", lambda settings: made_recognise)
    monkeypatch.setattr(f"{module}.read_card", lambda folder: made_card())
    return embedded_home


def run(monkeypatch: pytest.MonkeyPatch, report: Path, *arguments: str) -> list[dict[str, str]]:
    """The rows of the report."""
    words = ["ingest", *arguments, "--report", str(report)]
    monkeypatch.setattr(sys, "argv", words)
    aifr.casebook.ingest.main()
    with report.open(newline="") as file:
        return list(csv.DictReader(file))


def manifest(folder: Path, *rows: dict[str, str]) -> str:
    path = folder / "people.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(ROW))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def partner(folder: Path) -> str:
    """The address of a partner's store of three photos, one of nobody."""
    store = open_objects(f"file:{folder}/partner")
    for name, data in {
        "a/1.jpg": photo_of(1, 1),
        "a/2.jpg": photo_of(1, 2),
        "b/1.jpg": photo_of(2, 1),
        "b/nobody.jpg": photo_of_nobody(),
    }.items():
        store.put(name, data, "image/jpeg")
    return store.uri


def test_a_sweep_ingests_what_is_incoming(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_case(home)
    upload(home, case, photo_of(1))
    home.incoming.put(f"{case}/direct.jpg", photo_of_nobody(), "image/jpeg")

    rejected = run(monkeypatch, tmp_path / "report.csv")

    assert [(row["what"], row["code"]) for row in rejected] == [(f"{case}/direct.jpg", "no_face")]
    assert len(home.records.faces(case)) == 1
    assert list(home.incoming.list()) == []


def test_a_sweep_goes_through_partners_stores_too_and_a_broken_one_stops_no_other(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = report_case(home.records, a_report(), a_contact(), "Ana Pop", "partner:theirs")
    store = open_objects(f"file:{tmp_path}/theirs")
    store.put(f"{made.identity}/1.jpg", photo_of(1), "image/jpeg")
    buckets = ("nowhere:bucket=other", f"{store.uri}=theirs")
    chosen = replace(SETTINGS, partner_buckets=buckets)
    monkeypatch.setattr("aifr.casebook.ingest.settings", lambda: chosen)
    report = tmp_path / "report.csv"

    with pytest.raises(SystemExit):
        run(monkeypatch, report)

    with report.open(newline="") as file:
        assert [row["what"] for row in csv.DictReader(file)] == ["nowhere:bucket"]
    assert len(home.records.faces(made.identity)) == 1
    assert [found.name for found in store.list()] == [f"{made.identity}/1.jpg"]


def test_a_manifest_enrols_cases_and_reports_the_rows_that_cannot_be(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = manifest(
        tmp_path,
        ROW,
        {**ROW, "object": "a/2.jpg", "age": "9"},
        {**ROW, "case": "B-1", "object": "b/1.jpg", "name": "Ion", "sex": "male"},
        {**ROW, "case": "B-1", "object": "b/nobody.jpg"},
        {**ROW, "case": "C-1", "object": "c/missing.jpg"},
        {**ROW, "case": "D-1", "country": "Romania"},
    )
    words = [partner(tmp_path), "--manifest", rows, "--partner", "police", "--verified"]

    rejected = run(monkeypatch, tmp_path / "report.csv", *words)

    codes = [(row["what"], row["code"]) for row in rejected]
    assert codes == [
        ("b/nobody.jpg", "no_face"),
        ("c/missing.jpg", "not_found"),
        ("line 7", "parameter_invalid"),
    ]
    cases = [get_case(home.records, face) for face in subjects(home)]
    assert {(case.name, case.state, case.reporter) for case in cases} == {
        ("Ana", "verified", "partner:police"),
        ("Ion", "verified", "partner:police"),
    }
    ages = {photo.age for case in cases for photo in photos_of(home.records, case.identity)}
    assert {6, 9} <= ages


def subjects(home: Home) -> set[str]:
    """The cases and sightings with an embedded photo."""
    return {photo.subject for photo in all_photos(home.records, {"state": "embedded"})}


def test_a_manifest_followed_again_changes_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [partner(tmp_path), "--manifest", manifest(tmp_path, ROW)]
    run(monkeypatch, tmp_path / "report.csv", *words)
    before = home.records.count("photos", {}), home.records.count("cases", {})

    run(monkeypatch, tmp_path / "report.csv", *words)

    assert before == (1, 1)
    assert (home.records.count("photos", {}), home.records.count("cases", {})) == before


def test_an_erased_case_of_a_manifest_stays_erased(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [partner(tmp_path), "--manifest", manifest(tmp_path, ROW)]
    run(monkeypatch, tmp_path / "report.csv", *words)
    (case,) = subjects(home)
    erase(home, case, "reviewer:one")

    rejected = run(monkeypatch, tmp_path / "report.csv", *words)

    assert [row["code"] for row in rejected] == ["conflict"]
    assert home.records.count("photos", {}) == 0


def test_a_manifest_without_its_columns_is_refused(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,age\nAna,6\n")

    with pytest.raises(InvalidRequest, match="no column case, object"):
        run(monkeypatch, tmp_path / "report.csv", partner(tmp_path), "--manifest", str(path))


def make_old(home: Home, photo: str) -> None:
    document = {**(home.records.get("photos", photo) or {}), "created": days_ago(1)}
    home.records.transact(lambda transaction: transaction.put("photos", photo, document))


def test_a_photo_whose_bytes_never_arrived_is_rejected(home: Home) -> None:
    case = a_case(home)
    photo = upload(home, case, photo_of(1))
    home.incoming.delete(object_name(case, photo.identity))
    make_old(home, photo.identity)

    finish_photos(home, made_recognise, made_card(), SETTINGS)

    done = get_photo(home.records, case, photo.identity)
    assert (done.state, done.reason) == ("rejected", "object_missing")


def test_a_photo_on_its_way_is_left_alone(home: Home) -> None:
    case = a_case(home)
    photo = upload(home, case, photo_of(1))
    make_old(home, photo.identity)

    finish_photos(home, made_recognise, made_card(), SETTINGS)

    assert get_photo(home.records, case, photo.identity).state == "pending"


def test_a_photo_that_was_kept_and_not_settled_is_finished(home: Home) -> None:
    case = a_case(home)
    photo = upload(home, case, photo_of(1))
    name = object_name(case, photo.identity)
    home.photos.put(name, photo_of(1), "image/jpeg")
    home.incoming.delete(name)
    make_old(home, photo.identity)

    finish_photos(home, made_recognise, made_card(), SETTINGS)

    assert get_photo(home.records, case, photo.identity).state == "embedded"


def test_a_photo_that_was_not_matched_is_matched(home: Home) -> None:
    case, sighting = a_case(home, "published"), a_sighted(home)
    embedded(home, case, photo_of(1), age=20)
    later = embedded(home, sighting, photo_of(1, 1), age=20)
    document = {**(home.records.get("photos", later) or {}), "matched": False}
    match = match_identity(sighting, case)

    def undo(transaction: Transaction) -> None:
        transaction.delete("matches", match)
        transaction.put("photos", later, document)

    home.records.transact(undo)

    finish_photos(home, made_recognise, made_card(), SETTINGS)

    assert home.records.count("matches", {}) == 1


def test_after_a_change_of_model_every_photo_is_embedded_anew_and_matched(home: Home) -> None:
    case, sighting = a_case(home, "published"), a_sighted(home)
    for take in range(3):
        embedded(home, case, photo_of(1, take), age=20)
    embedded(home, sighting, photo_of(1, 9), age=20)
    newer = replace(made_card(), version="made-2")
    looked: list[int | None] = []

    def recognise(data: bytes, chosen: int | None) -> Recognition:
        looked.append(chosen)
        if len(looked) == 3:
            raise KeyboardInterrupt
        return made_recognise(data, chosen)

    with pytest.raises(KeyboardInterrupt):
        embed_anew(home, recognise, newer, SETTINGS)
    done = embed_anew(home, recognise, newer, SETTINGS)

    faces = [*home.records.faces(case), *home.records.faces(sighting)]
    galleries = {face.gallery for face in faces}
    assert (done, len(looked)) == (2, 5)
    assert galleries == {"cases:made-2", "sightings:made-2"}
    assert get_match(home.records, match_identity(sighting, case)).model == "made-2"
    assert embed_anew(home, recognise, newer, SETTINGS) == 0


def test_embeddings_of_another_model_are_not_compared(home: Home) -> None:
    case = a_case(home, "published")
    embedded(home, case, photo_of(1), age=20)
    sighting = a_sighted(home)
    upload(home, sighting, photo_of(1, 1), age=20)

    ingest_all(home, card=replace(made_card(), version="made-2"))

    assert home.records.count("matches", {}) == 0
