"""Input that cannot be used: one clear error, which names what is at fault."""

from typing import Any

import pytest

from aifr.casebook.records.contract import Query
from aifr.settings import settings
from tests.casebook.made import photo_of
from tests.desk.conftest import CONTACT, PERSON, SEEN, Desk
from tests.photos import file

WHOLE: dict[str, Any] = {**PERSON, "contact": CONTACT, "consent": True}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in WHOLE.items() if key != name}


@pytest.mark.parametrize(
    ("said", "code", "param"),
    [
        (without("name"), "field_missing", "name"),
        (without("contact"), "field_missing", "contact"),
        (without("consent"), "parameter_invalid", "consent"),
        (without("birth_year"), "field_missing", "birth_year"),
        (without("missing_since"), "field_missing", "missing_since"),
        ({**WHOLE, "consent": "false"}, "parameter_invalid", "consent"),
        ({**WHOLE, "name": "x" * 81}, "parameter_invalid", "name"),
        ({**WHOLE, "name": "a\u0000b"}, "parameter_invalid", "name"),
        ({**WHOLE, "name": "\ud800"}, "parameter_invalid", "name"),
        ({**WHOLE, "name": "\u202eanA"}, "parameter_invalid", "name"),
        ({**WHOLE, "name": "\u200b" * 80}, "parameter_invalid", "name"),
        ({**WHOLE, "name": "\ufffe"}, "parameter_invalid", "name"),
        ({**WHOLE, "name": "?"}, "parameter_invalid", "name"),
        ({**WHOLE, "place": "\u2066Cluj"}, "parameter_invalid", "place"),
        ({**WHOLE, "place": "12"}, "parameter_invalid", "place"),
        ({**WHOLE, "full_name": "..."}, "parameter_invalid", "full_name"),
        ({**WHOLE, "description": "a\u202eb"}, "parameter_invalid", "description"),
        ({**WHOLE, "contact": {**CONTACT, "name": "7"}}, "parameter_invalid", "name"),
        ({**WHOLE, "name": 7}, "parameter_invalid", "name"),
        ({**WHOLE, "sex": "F"}, "parameter_invalid", "sex"),
        ({**WHOLE, "country": "Romania"}, "parameter_invalid", "country"),
        ({**WHOLE, "birth_year": 1700}, "parameter_invalid", "birth_year"),
        ({**WHOLE, "birth_year": True}, "parameter_invalid", "birth_year"),
        ({**WHOLE, "birth_year": 2020}, "parameter_invalid", "birth_year"),
        ({**WHOLE, "missing_since": "17.05.2004"}, "parameter_invalid", "missing_since"),
        ({**WHOLE, "missing_since": "2004-02-30"}, "parameter_invalid", "missing_since"),
        ({**WHOLE, "missing_since": "2999-01-01"}, "parameter_invalid", "missing_since"),
        ({**WHOLE, "brith_year": 1998}, "parameter_invalid", "brith_year"),
        ({**WHOLE, "contact": {"name": "Maria"}}, "field_missing", "email"),
        ({**WHOLE, "contact": {**CONTACT, "email": "maria"}}, "parameter_invalid", "email"),
        ({**WHOLE, "contact": {**CONTACT, "phone": "call me"}}, "parameter_invalid", "phone"),
    ],
)
def test_a_report_that_does_not_fit_is_refused(
    desk: Desk, said: dict[str, Any], code: str, param: str
) -> None:
    answer = desk.ask("POST", "/cases", json=said)

    error = answer.json["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, code, param)
    assert desk.home.records.count("cases", {}) == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b'{"name": "' + b"x" * 600_000 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(
    desk: Desk, body: bytes, kind: str, status: int
) -> None:
    answer = desk.ask("POST", "/cases", data=body, content_type=kind)

    assert answer.status_code == status


GUESSED = [
    "short",
    "x" * 65,
    "spaces are not allowed in here, no no no",
    "a" * 32,
    "ab" * 16,
    "0" * 31 + "1",
    "abcdefgh" * 4,
    "abcdefghijklmnopqrstuvwxyz012345",
    "0123456789abcdef" * 2,
    "12345678-1234-1234-1234-123456789012",
    "00000000-0000-0000-0000-000000000001",
    "deadbeef-dead-beef-dead-beefdeadbeef",
    "-" * 40,
]


@pytest.mark.parametrize("key", GUESSED)
def test_an_idempotency_key_that_could_be_guessed_is_refused(desk: Desk, key: str) -> None:
    answer = desk.ask("POST", "/cases", json=WHOLE, headers={"Idempotency-Key": key})

    assert answer.json["error"]["param"] == "Idempotency-Key"


@pytest.mark.parametrize("cursor", ["x", "W10=", "WzEsMl0=", "eyJhIjoxfQ==", "%00"])
def test_a_cursor_that_no_list_gave_is_refused(desk: Desk, cursor: str) -> None:
    answer = desk.ask("GET", f"/cases?cursor={cursor}")

    assert (answer.status_code, answer.json["error"]["param"]) == (400, "cursor")


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"seen_on": ""}, "seen_on"),
        ({"age": "old"}, "age"),
        ({"age": "121"}, "age"),
        ({"country": "ro"}, "country"),
        ({"contact_name": "Ion"}, "contact_email"),
        ({"colour": "red"}, "colour"),
        ({"place": "\u3164"}, "place"),
        ({"note": "\u2067x"}, "note"),
        ({"contact_name": "\u00ad", "contact_email": "a@b.c"}, "contact_name"),
    ],
)
def test_a_sighting_that_does_not_fit_is_refused(
    desk: Desk, changes: dict[str, str], param: str
) -> None:
    form = {**SEEN, **changes, "photo": file(photo_of(1))}

    answer = desk.ask("POST", "/search/sightings", data=form)

    assert (answer.status_code, answer.json["error"]["param"]) == (400, param)


def test_a_sighting_has_five_photos_at_most(desk: Desk) -> None:
    form = {**SEEN, "photo": [file(photo_of(1, take)) for take in range(6)]}

    answer = desk.ask("POST", "/search/sightings", data=form)

    assert answer.json["error"]["code"] == "too_many_files"


def test_a_case_has_thirty_photos_at_most(desk: Desk) -> None:
    case = desk.report()
    for take in range(30):
        desk.ask("POST", f"/cases/{case}/photos", case, data={"photo": file(photo_of(1, take))})

    answer = desk.ask("POST", f"/cases/{case}/photos", case, data={"photo": file(photo_of(2))})

    assert answer.json["error"]["code"] == "too_many_files"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/cases", "GET, POST, HEAD, OPTIONS"),
        ("DELETE", "/cases", "GET, POST, HEAD, OPTIONS"),
        ("POST", "/cases/me", "GET, HEAD, OPTIONS"),
        ("POST", "/search/matches/next", "GET, HEAD, OPTIONS"),
    ],
)
def test_another_method_is_refused_with_those_that_are_not(
    desk: Desk, method: str, path: str, allowed: str
) -> None:
    answer = desk.ask(method, path)

    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/cases/a/b", "/search", "/search/x", "/cases/me/photos/x/y"])
def test_a_path_that_is_none_of_ours_is_not_found(desk: Desk, path: str) -> None:
    assert desk.ask("GET", path).status_code == 404


def test_the_last_request_of_the_hour_is_answered_and_the_next_one_is_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIFR_WRITES_AN_HOUR", "2")
    settings.cache_clear()

    answers = [desk.ask("POST", "/cases", json=WHOLE) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600


def test_callers_are_counted_each_for_themselves(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIFR_WRITES_AN_HOUR", "1")
    monkeypatch.setenv("AIFR_TRUSTED_PROXIES", "1")
    settings.cache_clear()

    def report(address: str, token: str | None = None) -> int:
        headers = {"X-Forwarded-For": address}
        return desk.ask("POST", "/cases", token, json=WHOLE, headers=headers).status_code

    # What lies further left was written by the caller.
    statuses = [report("10.0.0.1"), report("10.9.9.9, 10.0.0.1"), report("10.0.0.2")]
    partner = [report("10.0.0.1", "partner"), report("10.0.0.3", "partner")]
    staff = [report("10.0.0.1", "reviewer"), report("10.0.0.1", "reviewer")]

    assert statuses == [201, 429, 201]
    assert partner == [201, 429]
    assert staff == [201, 201]


def test_the_count_holds_no_address(desk: Desk) -> None:
    desk.ask("POST", "/cases", json=WHOLE, environ_base={"REMOTE_ADDR": "10.1.2.3"})

    kept = desk.home.records.find(Query("limits", order="expires"))
    assert len(kept) == 1 and "10.1.2.3" not in str(kept)


def test_a_number_copied_from_an_address_book_is_taken(desk: Desk) -> None:
    copied = {**CONTACT, "phone": "\u202a+40\u00a0700\u2011000 000\u202c"}

    case = desk.report(contact=copied)

    contact = desk.ask("GET", f"/cases/{case}/contact", case).json["contact"]
    assert contact["phone"] == "+40 700-000 000"
