"""Both functions on a real photo through the real model."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageOps

from tests.photos import encoded, face_photo, faceless_photo, file, portrait
from tests.served import content


def test_a_photo_is_its_own_likeness(similarity_client: FlaskClient) -> None:
    response = similarity_client.post(
        "/", data={"image1": file(face_photo()), "image2": file(face_photo())}
    )

    assert response.status_code == 200
    assert content(response) == {"similarity": pytest.approx(1.0, abs=1e-3)}


def test_mirror_image_of_another_format_and_size_is_alike(similarity_client: FlaskClient) -> None:
    other = encoded(ImageOps.mirror(portrait()).resize((700, 700)), "WEBP", quality=90)

    response = similarity_client.post(
        "/", data={"image1": file(face_photo()), "image2": file(other, "b.webp")}
    )

    assert content(response)["similarity"] > 0.8


def test_the_box_lies_on_the_face_of_a_photo_turned_by_its_exif(
    similarity_client: FlaskClient,
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encoded(portrait().rotate(90, expand=True), exif=exif)

    response = similarity_client.post(
        "/?detail=true", data={"image1": file(face_photo()), "image2": file(turned)}
    )

    first, second = content(response)["images"]["image1"], content(response)["images"]["image2"]
    # The face of the portrait, marked by hand.
    expected = {"left": 180, "top": 65, "right": 265, "bottom": 175}
    assert first["box"] == pytest.approx(expected, abs=20)
    assert second["box"] == pytest.approx(first["box"], abs=5)
    assert content(response)["similarity"] > 0.95


def test_detail_shares_add_up(similarity_client: FlaskClient) -> None:
    response = similarity_client.post(
        "/?detail=true", data={"image1": file(face_photo()), "image2": file(face_photo())}
    )

    image: dict[str, Any] = content(response)["images"]["image1"]
    assert sum(image["age_group"].values()) == pytest.approx(1.0, abs=1e-3)
    assert image["faces_found"] == 1
    assert 0.9 < image["probability"] <= 1
    assert "embedding" not in response.text


def test_a_photo_without_a_face_is_named(similarity_client: FlaskClient) -> None:
    response = similarity_client.post(
        "/", data={"image1": file(face_photo()), "image2": file(faceless_photo())}
    )

    assert response.status_code == 422
    assert content(response)["error"]["param"] == "image2"


def test_one_of_two_faces_is_an_error_only_where_one_was_asked_for(
    similarity_client: FlaskClient,
) -> None:
    both = Image.new("RGB", (1024, 512))
    both.paste(portrait(), (0, 0))
    both.paste(portrait().resize((400, 400)), (512, 0))
    fields = lambda: {"image1": file(encoded(both)), "image2": file(face_photo())}  # noqa: E731

    largest = similarity_client.post("/", data=fields())
    only = similarity_client.post("/?face=only", data=fields())

    assert (largest.status_code, only.status_code) == (200, 400)
    assert content(largest)["similarity"] > 0.95
    assert content(only)["error"]["code"] == "several_faces"
    assert content(only)["error"]["param"] == "image1"


def test_lists_leave_out_what_shows_no_face(batch_client: FlaskClient) -> None:
    response = batch_client.post(
        "/?detail=true",
        data={
            "imageList1": [file(faceless_photo()), file(face_photo())],
            "imageList2": [file(face_photo()), file(encoded(ImageOps.mirror(portrait())))],
        },
    )

    answer = content(response)
    assert answer["similarity"] > 0.8
    assert [len(row) for row in answer["pairs"]] == [2]
    assert answer["images"]["imageList1"][0]["error"]["param"] == "imageList1[0]"


def test_a_damaged_photo_of_a_list_is_named(batch_client: FlaskClient) -> None:
    response = batch_client.post(
        "/",
        data={
            "imageList1": [file(face_photo())],
            "imageList2": [file(face_photo()), file(face_photo()[:3000])],
        },
    )

    assert response.status_code == 400
    assert content(response)["error"]["code"] == "image_undecodable"
    assert content(response)["error"]["param"] == "imageList2[1]"
