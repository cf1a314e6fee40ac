"""What a request tells and nobody understands is refused, on every route."""

import runpy
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest

from tests.casebook.made import photo_of
from tests.desk.conftest import CONTACT, PERSON, SEEN, Desk
from tests.photos import file
from tests.served import ROOT

NAMES = {kind: f"{kind[0]}{'0' * 20}" for kind in ("case", "photo", "sighting", "match")}
COMPARISONS = {
    "similarity": ("image1", "image2"),
    "batch_similarity": ("imageList1", "imageList2"),
}


def places() -> list[tuple[str, str, tuple[str, ...]]]:
    """Method, path and parameters of every route, health among them."""
    found: list[tuple[str, str, tuple[str, ...]]] = [
        ("GET", f"/{name}/health", ("warm",)) for name in ("cases", "search", *COMPARISONS)
    ]
    for name in ("cases", "search"):
        for route in runpy.run_path(str(ROOT / "functions" / name / "main.py"))["ROUTES"]:
            path = f"/{name}/{route.path}".rstrip("/").format(**NAMES)
            found.append((route.method, path, route.parameters))
    found.append(("POST", "/similarity", ("detail", "face", "age1", "age2")))
    return [*found, ("POST", "/batch_similarity", ("detail", "face"))]


PLACES = places()


def ask(desk: Desk, method: str, path: str, **said: Any) -> Any:
    """As an admin, where a function knows one; the comparisons answer at their root."""
    name, _, rest = path[1:].partition("/")
    name, mark, query = name.partition("?")
    if name not in COMPARISONS:
        return desk.ask(method, path, "admin", **said)
    return desk.clients[name].open(f"/{rest}{mark}{query}", method=method, **said)


def refusal(answer: Any) -> tuple[int, str, str]:
    error = answer.json["error"]
    return answer.status_code, error["code"], error["param"]


@pytest.mark.parametrize(("method", "path", "parameters"), PLACES)
def test_a_parameter_that_a_route_has_not_is_refused_by_its_name(
    desk: Desk, method: str, path: str, parameters: tuple[str, ...]
) -> None:
    answer = ask(desk, method, f"{path}?since=2001")

    assert refusal(answer) == (400, "parameter_invalid", "since")


@pytest.mark.parametrize(("method", "path", "parameters"), [each for each in PLACES if each[2]])
def test_a_parameter_told_twice_is_refused(
    desk: Desk, method: str, path: str, parameters: tuple[str, ...]
) -> None:
    for name in parameters:
        answer = ask(desk, method, f"{path}?{name}=1&{name}=1")

        assert refusal(answer) == (400, "parameter_invalid", name)


def forms() -> list[tuple[str, Mapping[str, Any], tuple[str, ...], tuple[str, ...]]]:
    """Path, fields, names of files and of texts of every route that takes a form."""
    photos = f"/cases/{NAMES['case']}/photos"
    return [
        (photos, {}, ("photo",), ("age", "face")),
        ("/search/sightings", SEEN, ("photo",), (*SEEN, "sex", "note", "contact_name")),
        ("/search/probe", {}, ("photo",), ("age",)),
        ("/similarity", {}, COMPARISONS["similarity"], ("age1", "age2")),
        ("/batch_similarity", {}, COMPARISONS["batch_similarity"], ()),
    ]


def files(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: file(photo_of(1)) for name in names}


@pytest.mark.parametrize(("path", "said", "photos", "texts"), forms())
@pytest.mark.parametrize("strange", ["text", "file"])
def test_a_form_field_that_a_route_has_not_is_refused_by_its_name(
    desk: Desk,
    path: str,
    said: Mapping[str, Any],
    photos: tuple[str, ...],
    texts: tuple[str, ...],
    strange: str,
) -> None:
    extra = "7" if strange == "text" else file(b"x")

    answer = ask(desk, "POST", path, data={**said, **files(photos), "agee": extra})

    assert refusal(answer) == (400, "parameter_invalid", "agee")


@pytest.mark.parametrize(("path", "said", "photos", "texts"), forms())
def test_a_text_told_twice_or_sent_as_a_file_is_refused(
    desk: Desk,
    path: str,
    said: Mapping[str, Any],
    photos: tuple[str, ...],
    texts: tuple[str, ...],
) -> None:
    for name in texts:
        for wrong in (["1", "2"], file(b"7")):
            answer = ask(desk, "POST", path, data={**said, **files(photos), name: wrong})

            assert refusal(answer) == (400, "parameter_invalid", name)


def test_a_json_field_told_twice_is_refused(desk: Desk) -> None:
    body = '{"name": "Ana", "name": "Eva", "consent": true}'

    answer = desk.ask("POST", "/cases", data=body, content_type="application/json")

    assert (answer.status_code, answer.json["error"]["code"]) == (400, "body_malformed")


HOSTILE = [
    *("", " ", "%", "%00", "\x00", "nan", "inf", "-inf", "Infinity", "1e999", "-1", "1.5", "01"),
    *("9" * 400, "٣", "\u202e", "\ufffe", "😀", "é" * 300, "x" * 20_000, "[]", "{}", "null"),
    *("true,false", "'; DROP TABLE cases; --", "__x__", "a/b", "..", "c" + "0" * 20),
]
# What no text holds, but the bytes of an address may.
RAW = ["%ed%a0%80", "%ff", "%c0%80", "%", "%zz", "%00", "%u0041", "%f4%90%80%80"]


@pytest.mark.parametrize("strange", ["values", "bytes"])
def test_no_value_of_any_parameter_of_any_route_is_a_fault_of_ours(
    either_desk: Desk, strange: str
) -> None:
    values = [quote(value) for value in HOSTILE] if strange == "values" else RAW

    statuses = {
        (method, path, name, value): ask(either_desk, method, f"{path}?{name}={value}").status_code
        for method, path, parameters in PLACES
        for name in (*parameters, quote("\ud800", errors="replace"), "%ff")
        for value in values
    }

    assert {key: status for key, status in statuses.items() if status >= 500} == {}


TEXTS = ["\ud800", "a\u0000b", "\u202eAna", "x" * 5000, "1e999", [], {}, 1e400, 10**300, True]


@pytest.mark.parametrize("name", [*PERSON, "contact", "full_name", "consent"])
def test_no_value_of_any_field_of_a_report_is_a_fault_of_ours(desk: Desk, name: str) -> None:
    whole = {**PERSON, "contact": CONTACT, "full_name": "Ana Pop", "consent": True}

    statuses = [
        desk.ask("POST", "/cases", json={**whole, name: value}).status_code for value in TEXTS
    ]

    assert max(statuses) < 500
