"""Contact details, embeddings and secrets: in no public answer, and in no line of the log."""

import json

import numpy as np
import pytest

from aifr.casebook.matches import match_identity
from aifr.casebook.photos import photos_of
from tests.casebook.made import photo_of
from tests.desk.conftest import CONTACT, Desk

PRIVATE_TEXTS = [*CONTACT.values(), "Ana Pop"]


def numbers_of(desk: Desk, subject: str) -> set[str]:
    """The larger values of an embedding, as a text would show them to five decimals or more."""
    faces = desk.home.records.faces(subject)
    values = np.concatenate([np.abs(face.embedding) for face in faces])
    return {f"{value:.9f}"[:7] for value in values[values > 0.01]}


def everything_public(desk: Desk, case: str, sighting: str) -> str:
    """All that the public and the two reporters may get of a case and a sighting."""
    answers = [
        desk.ask("GET", "/cases").text,
        desk.ask("GET", f"/cases/{case}").text,
        desk.ask("GET", f"/search/sightings/{sighting}", sighting).text,
        desk.ask("GET", f"/cases/{case}/contact").text,
        desk.ask("GET", f"/search/sightings/{sighting}/contact").text,
        desk.ask("GET", "/search/matches/next").text,
    ]
    return "\n".join(answers)


@pytest.fixture
def scene(desk: Desk) -> tuple[str, str]:
    case = desk.published(7)
    sighting = desk.sight(
        photo_of(7, 2), contact_name="Ion Vasile", contact_phone="+40 711 111 111"
    )
    return case, sighting


def test_no_public_answer_holds_contact_details_or_names(
    desk: Desk, scene: tuple[str, str]
) -> None:
    public = everything_public(desk, *scene)

    for private in [*PRIVATE_TEXTS, "Ion Vasile", "711 111"]:
        assert private not in public


def test_staff_do_reach_who_reported(desk: Desk, scene: tuple[str, str]) -> None:
    case, sighting = scene

    of_case = desk.ask("GET", f"/cases/{case}/contact", "reviewer").json
    of_sighting = desk.ask("GET", f"/search/sightings/{sighting}/contact", "reviewer").json

    assert of_case["contact"]["email"] == CONTACT["email"]
    assert of_sighting["contact"]["name"] == "Ion Vasile"


def test_no_answer_to_anyone_holds_an_embedding(desk: Desk, scene: tuple[str, str]) -> None:
    case, sighting = scene
    match = match_identity(sighting, case)
    shown = desk.ask("GET", f"/search/matches/{match}", "admin").json["revision"]
    said = {"answer": "confirm", "reason": "the scar", "revision": shown}
    answers = [
        everything_public(desk, case, sighting),
        desk.ask("GET", f"/cases/{case}", "admin").text,
        desk.ask("GET", f"/cases/{case}/history", "admin").text,
        desk.ask("POST", f"/search/matches/{match}/answer", "admin", json=said).text,
        desk.ask("GET", f"/search/sightings/{sighting}/candidates", "admin").text,
    ]

    whole = "\n".join(answers)
    assert "embedding" not in whole
    assert not [number for number in numbers_of(desk, case) if number in whole]


def test_a_sighting_never_tells_its_sender_whom_it_may_show(
    desk: Desk, scene: tuple[str, str]
) -> None:
    case, sighting = scene
    desk.ask("GET", "/search/matches/next", "reviewer")

    told = desk.ask("GET", f"/search/sightings/{sighting}", sighting).text

    assert case not in told and "Ana" not in told and "match" not in told


def test_the_log_holds_none_of_it(
    desk: Desk, scene: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    case, sighting = scene
    everything_public(desk, case, sighting)
    desk.ask("GET", f"/cases/{case}/contact", "reviewer")
    desk.ask("DELETE", f"/cases/{case}", case)

    lines = capfd.readouterr().out

    assert '"severity"' in lines
    secrets = [*desk.secrets.values(), *desk.keys.values()]
    for private in [*PRIVATE_TEXTS, "Ion Vasile", *secrets, "raincoat"]:
        assert private not in lines
    assert not [number for number in numbers_of(desk, sighting) if number in lines]


def test_each_line_of_the_log_is_json(
    desk: Desk, scene: tuple[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    everything_public(desk, *scene)

    lines = [line for line in capfd.readouterr().out.splitlines() if line]

    assert lines and all(json.loads(line)["severity"] for line in lines)


def test_photos_are_kept_by_name_of_their_case_alone(desk: Desk, scene: tuple[str, str]) -> None:
    case, sighting = scene

    names = [found.name for found in desk.home.photos.list()]

    known = {
        f"{subject}/{photo.identity}.jpg"
        for subject in scene
        for photo in photos_of(desk.home.records, subject)
    }
    assert set(names) == known


def test_nobody_keeps_an_answer_or_a_photo(desk: Desk, scene: tuple[str, str]) -> None:
    case, _ = scene
    (photo,) = photos_of(desk.home.records, case)

    answers = [
        desk.ask("GET", f"/cases/{case}"),
        desk.ask("GET", f"/cases/{case}/contact", "reviewer"),
        desk.ask("GET", f"/cases/{case}/photos/{photo.identity}"),
        desk.ask("GET", f"/cases/{case}/contact"),
    ]

    for answer in answers:
        assert "no-store" in answer.headers["Cache-Control"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
