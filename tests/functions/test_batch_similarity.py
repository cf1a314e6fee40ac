"""batch_images_similarity: its answers and refusals, with a recogniser that tests control."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from aifr.errors import SeveralFaces, UndecodableImage
from tests.functions.conftest import Photographs, client, seen
from tests.photos import file
from tests.served import content


def lists(first: list[bytes], second: list[bytes]) -> dict[str, Any]:
    return {
        "imageList1": [file(content) for content in first],
        "imageList2": [file(content) for content in second],
    }


@pytest.fixture(autouse=True)
def people(photographs: Photographs) -> None:
    photographs[b"east"] = seen(1.0, 0.0)
    photographs[b"north"] = seen(0.0, 1.0)
    photographs[b"faint north"] = seen(0.0, 1.0, weight=0.5)


def test_one_photo_on_each_side_is_compared_as_it_is(batch_client: FlaskClient) -> None:
    response = batch_client.post("/", data=lists([b"east"], [b"north"]))

    assert (response.status_code, content(response)) == (200, {"similarity": 0.0})


def test_lists_are_compared_by_their_templates(batch_client: FlaskClient) -> None:
    response = batch_client.post("/", data=lists([b"east", b"north"], [b"east"]))

    assert content(response) == {"similarity": 0.7071}


def test_a_photo_of_less_quality_weighs_less(batch_client: FlaskClient) -> None:
    response = batch_client.post("/", data=lists([b"east", b"faint north"], [b"east"]))

    # The template is (1, 0.5) / sqrt(1.25).
    assert content(response) == {"similarity": 0.8944}


def test_a_photo_without_a_face_is_left_out(batch_client: FlaskClient) -> None:
    response = batch_client.post("/", data=lists([b"blank", b"east"], [b"east"]))

    assert (response.status_code, content(response)) == (200, {"similarity": 1.0})


def test_detail_reports_the_photo_left_out_by_its_index(batch_client: FlaskClient) -> None:
    response = batch_client.post(
        "/?detail=1", data=lists([b"blank", b"east", b"north"], [b"north"])
    )

    answer = content(response)
    assert set(answer) == {"similarity", "model", "images", "pairs"}
    assert answer["pairs"] == [[0.0], [1.0]]
    first, second = answer["images"]["imageList1"], answer["images"]["imageList2"]
    assert first[0] == {
        "index": 0,
        "error": {
            "type": "request_error",
            "code": "no_face",
            "message": "No face was found in the photo.",
            "param": "imageList1[0]",
        },
    }
    assert [entry["index"] for entry in first] == [0, 1, 2]
    assert first[1]["size"] == {"width": 640, "height": 480}
    assert [entry["index"] for entry in second] == [0]


def test_a_list_without_any_face_is_refused_by_its_name(batch_client: FlaskClient) -> None:
    response = batch_client.post("/", data=lists([b"east"], [b"blank", b"blank"]))

    assert response.status_code == 422
    assert content(response)["error"]["code"] == "no_face"
    assert content(response)["error"]["param"] == "imageList2"


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (UndecodableImage("Damaged."), "image_undecodable"),
        (SeveralFaces("Two."), "several_faces"),
    ],
)
def test_any_other_fault_of_one_photo_refuses_the_request(
    batch_client: FlaskClient, photographs: Photographs, problem: Any, code: str
) -> None:
    photographs[b"bad"] = problem

    response = batch_client.post("/", data=lists([b"east"], [b"east", b"bad"]))

    assert response.status_code == 400
    error = content(response)["error"]
    assert (error["code"], error["param"]) == (code, "imageList2[1]")


@pytest.mark.parametrize(
    ("fields", "status", "code", "param"),
    [
        (lists([b"east"], []), 400, "field_missing", "imageList2"),
        (lists([b"east"] * 21, [b"east"]), 400, "too_many_files", "imageList1"),
        (lists([b"east", b""], [b"east"]), 400, "file_empty", "imageList1[1]"),
        ({**lists([b"east"], []), "imageList2": "text"}, 400, "field_not_a_file", "imageList2"),
    ],
)
def test_refusals(
    batch_client: FlaskClient, fields: dict[str, Any], status: int, code: str, param: str
) -> None:
    response = batch_client.post("/", data=fields)

    assert response.status_code == status
    assert (content(response)["error"]["code"], content(response)["error"]["param"]) == (
        code,
        param,
    )


def test_twenty_photos_on_each_side_are_welcome(batch_client: FlaskClient) -> None:
    response = batch_client.post("/?detail=true", data=lists([b"east"] * 20, [b"north"] * 20))

    answer = content(response)
    assert (response.status_code, answer["similarity"]) == (200, 0.0)
    assert [len(photos) for photos in answer["images"].values()] == [20, 20]


@pytest.mark.parametrize(
    ("first", "second", "told"), [(5, 5, True), (13, 2, False), (20, 20, False)]
)
def test_no_more_than_twenty_five_pairs_are_told(
    batch_client: FlaskClient, first: int, second: int, told: bool
) -> None:
    photos = lists([b"east"] * first, [b"north"] * second)

    pairs = content(batch_client.post("/?detail=true", data=photos))["pairs"]

    assert pairs == ([[0.0] * second] * first if told else None)


def test_each_pair_that_is_told_is_counted(configure: Callable[..., None]) -> None:
    configure(AIFR_COMPARISONS_AN_HOUR="9")
    fresh = client("batch_similarity")
    four = [b"east", b"north"], [b"east", b"north"]

    answers = [fresh.post("/?detail=true", data=lists(*four)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
