"""images_similarity: what it answers and refuses, with a recogniser that the tests control."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

import aifr.serving
from aifr.errors import (
    ImageTooSmall,
    ModelUnavailable,
    SeveralFaces,
    TooManyPixels,
    UndecodableImage,
    UnsupportedType,
)
from aifr.recognition.quality import Reason
from tests.functions.conftest import FakeCard, Photographs, client, seen
from tests.photos import file
from tests.served import content


def two(first: bytes = b"a", second: bytes = b"b") -> dict[str, Any]:
    return {"image1": file(first), "image2": file(second)}


@pytest.fixture(autouse=True)
def pair(photographs: Photographs) -> None:
    photographs[b"a"] = seen(1.0)
    photographs[b"b"] = seen(-0.6, 0.8, quality=(Reason("too_small", 31.51234, 40.0),))


def test_the_answer_is_the_cosine_and_nothing_else(similarity_client: FlaskClient) -> None:
    response = similarity_client.post("/", data=two())

    assert (response.status_code, content(response)) == (200, {"similarity": -0.6})


def test_detail_tells_what_was_seen_in_each_photo(similarity_client: FlaskClient) -> None:
    response = similarity_client.post("/?detail=true", data=two())

    answer = content(response)
    assert set(answer) == {"similarity", "model", "images"}
    assert answer["model"] == "fake-1"
    assert answer["images"]["image1"]["quality"] == []
    assert answer["images"]["image2"] == {
        "size": {"width": 640, "height": 480},
        "faces_found": 1,
        "box": {"left": 10.0, "top": 20.0, "right": 110.0, "bottom": 140.0},
        "probability": 0.9988,
        "quality": [{"reason": "too_small", "value": 31.5123, "limit": 40.0}],
        "age_group": {"young": 0.25, "adult": 0.7, "elderly": 0.05},
    }


# ln LR = 1 + 2 x similarity whatever the ages.
PARAMETERS = {
    "gaps": [0, 10],
    "younger_ages": [0, 20],
    "offsets": [[1.0, 1.0]] * 2,
    "slopes": [[2.0, 2.0]] * 2,
    "bounds": [0.01, 100],
}
FLAT = {"ages_given": PARAMETERS, "ages_expected": PARAMETERS}


@pytest.fixture
def calibrated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeCard, "calibration", FLAT)


@pytest.mark.usefixtures("calibrated")
def test_detail_weighs_the_likeness_by_the_ages(similarity_client: FlaskClient) -> None:
    response = similarity_client.post("/?detail=true&age1=6&age2=24", data=two())

    answer = content(response)
    assert answer["likelihood_ratio"] == pytest.approx(math.exp(1 - 2 * 0.6), rel=0.01)
    assert answer["age_gap"] == 18
    assert answer["reliability"] == "low"
    assert answer["reliability_reasons"] == ["poor_quality"]
    assert answer["reading"].endswith(".")


@pytest.mark.usefixtures("calibrated")
@pytest.mark.parametrize(
    ("query", "beside"),
    [
        ("", {"age1": "6", "age2": "24"}),
        ("&age1=6", {"age2": "24"}),
        ("&age1=6&age2=24", {"age1": "6", "age2": ""}),
    ],
)
def test_ages_may_be_told_in_the_query_or_beside_the_photos(
    similarity_client: FlaskClient, query: str, beside: dict[str, str]
) -> None:
    answer = content(similarity_client.post(f"/?detail=true{query}", data={**two(), **beside}))

    assert answer["age_gap"] == 18
    assert "unknown_age" not in answer["reliability_reasons"]


@pytest.mark.parametrize(
    ("query", "beside"),
    [("?age1=6", {"age1": "7"}), ("", {"age1": "121"}), ("", {"age1": "six"})],
)
def test_ages_that_contradict_or_are_none_are_refused(
    similarity_client: FlaskClient, query: str, beside: dict[str, str]
) -> None:
    response = similarity_client.post(f"/{query}", data={**two(), **beside})

    error = content(response)["error"]
    assert (response.status_code, error["code"], error["param"]) == (
        400,
        "parameter_invalid",
        "age1",
    )


@pytest.mark.usefixtures("calibrated")
def test_ages_that_nobody_told_make_it_less_reliable(similarity_client: FlaskClient) -> None:
    answer = content(similarity_client.post("/?detail=true&age1=6", data=two()))

    assert "unknown_age" in answer["reliability_reasons"]


@pytest.mark.usefixtures("calibrated")
def test_the_plain_answer_stays_one_key(similarity_client: FlaskClient) -> None:
    response = similarity_client.post("/?age1=6&age2=24", data=two())

    assert set(content(response)) == {"similarity"}


@pytest.mark.parametrize(("query", "choice"), [("", "largest"), ("?face=only", "only")])
def test_the_choice_of_face_reaches_the_recogniser(
    similarity_client: FlaskClient, monkeypatch: pytest.MonkeyPatch, query: str, choice: str
) -> None:
    choices = []

    def recognise(data: bytes, model: Any, settings: Any, choice: str) -> Any:
        choices.append(choice)
        return seen(1.0)

    monkeypatch.setattr(aifr.serving, "recognise", recognise)

    similarity_client.post("/" + query, data=two())

    assert choices == [choice, choice]


@pytest.mark.parametrize(
    ("query", "fields", "status", "code", "param"),
    [
        ("?detail=maybe", two(), 400, "parameter_invalid", "detail"),
        ("?face=smallest", two(), 400, "parameter_invalid", "face"),
        ("?age2=old", two(), 400, "parameter_invalid", "age2"),
        ("", {"image1": file(b"a")}, 400, "field_missing", "image2"),
        ("", {"image1": file(b"a"), "image2": "text"}, 400, "field_not_a_file", "image2"),
        ("", {"image1": [file(b"a")] * 2, "image2": file(b"b")}, 400, "too_many_files", "image1"),
        ("", two(second=b""), 400, "file_empty", "image2"),
        ("", two(first=b"x" * (10 * 1024 * 1024 + 1)), 413, "file_too_large", "image1"),
        ("", two(second=b"blank"), 422, "no_face", "image2"),
    ],
)
def test_refusals(
    similarity_client: FlaskClient,
    query: str,
    fields: dict[str, Any],
    status: int,
    code: str,
    param: str,
) -> None:
    response = similarity_client.post("/" + query, data=fields)

    assert response.status_code == status
    error = content(response)["error"]
    assert set(error) == {"type", "code", "message", "param"}
    assert (error["code"], error["param"]) == (code, param)


@pytest.mark.parametrize(
    ("problem", "status", "code"),
    [
        (UndecodableImage("Damaged."), 400, "image_undecodable"),
        (ImageTooSmall("Small."), 400, "image_too_small"),
        (TooManyPixels("Large."), 400, "image_too_many_pixels"),
        (SeveralFaces("Two."), 400, "several_faces"),
        (UnsupportedType("GIF."), 415, "unsupported_type"),
    ],
)
def test_refusals_of_the_recogniser_name_the_photo(
    similarity_client: FlaskClient,
    photographs: Photographs,
    problem: Any,
    status: int,
    code: str,
) -> None:
    photographs[b"bad"] = problem

    response = similarity_client.post("/", data=two(second=b"bad"))

    assert response.status_code == status
    assert content(response)["error"] == {
        "type": "invalid_request_error",
        "code": code,
        "message": problem.message,
        "param": "image2",
    }


def test_another_content_type_is_refused(similarity_client: FlaskClient) -> None:
    response = similarity_client.post("/", json={"image1": "a"})

    assert (response.status_code, content(response)["error"]["code"]) == (415, "unsupported_type")


def test_a_malformed_body_is_refused(similarity_client: FlaskClient) -> None:
    response = similarity_client.post(
        "/", data=b"--x\r\nrubbish", content_type="multipart/form-data; boundary=x"
    )

    assert (response.status_code, content(response)["error"]["code"]) == (400, "body_malformed")


def test_a_missing_model_is_told_and_blamed_on_no_photo(
    similarity_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(folder: Any, threads: int) -> Any:
        raise ModelUnavailable("The model has no card.json.")

    monkeypatch.setattr(aifr.serving, "load_model", missing)

    response = similarity_client.post("/", data=two())

    assert response.status_code == 503
    assert content(response)["error"]["code"] == "model_unavailable"
    assert content(response)["error"]["param"] is None


def test_an_unforeseen_failure_gives_away_nothing(
    similarity_client: FlaskClient, photographs: Photographs
) -> None:
    del photographs[b"a"]

    response = similarity_client.post("/", data=two())

    assert (response.status_code, content(response)["error"]["code"]) == (500, "internal")
    assert "KeyError" not in response.text


def test_comparisons_are_counted_by_address(
    configure: Callable[..., None],
) -> None:
    configure(AIFR_COMPARISONS_AN_HOUR="2")
    fresh = client("similarity")

    answers = [fresh.post("/", data=two()) for _ in range(3)]
    other = fresh.post("/", data=two(), environ_base={"REMOTE_ADDR": "10.0.0.9"})

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert content(answers[-1])["error"]["code"] == "too_many_requests"
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert other.status_code == 200
