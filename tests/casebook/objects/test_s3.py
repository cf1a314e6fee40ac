"""aifr.casebook.objects.s3, beyond what all stores promise"""

import base64
import json
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from aifr.casebook.objects.contract import Objects
from aifr.casebook.objects.open import open_objects
from aifr.errors import FileTooLarge, StoreUnavailable
from tests.casebook.objects.conftest import use_s3_at
from tests.casebook.objects.stand_in import Answer, StandIn
from tests.emulators import BUCKET
from tests.served import multipart

JPEG = "image/jpeg"
KNOWN = {"ETag": '"17"', "Last-Modified": "Tue, 24 Nov 2026 06:00:00 GMT", "Content-Length": "5"}


def refusal(status: int, code: str) -> Answer:
    body = f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode()
    return Answer(status, body, {"Content-Type": "application/xml"})


@pytest.fixture
def store(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> Objects:
    use_s3_at(stand_in.address, monkeypatch)
    return open_objects("s3://bucket/cases")


def test_a_put_is_for_a_name_that_is_free(store: Objects, stand_in: StandIn) -> None:
    assert store.put("a", b"photo", JPEG) is True

    [asked] = stand_in.asked
    assert (asked.method, asked.path) == ("PUT", "/bucket/cases/a")
    assert (asked.headers["If-None-Match"], asked.headers["Content-Type"]) == ("*", JPEG)


def test_a_put_beside_another_may_be_tried_again(store: Objects, stand_in: StandIn) -> None:
    stand_in.answers = [refusal(409, "ConditionalRequestConflict")]

    with pytest.raises(StoreUnavailable):
        store.put("a", b"photo", JPEG)


def test_a_deletion_is_of_one_generation(store: Objects, stand_in: StandIn) -> None:
    stand_in.answers = [Answer(200, headers=KNOWN), refusal(412, "PreconditionFailed")]

    store.delete("a", "17")

    assert [asked.method for asked in stand_in.asked] == ["HEAD", "DELETE"]
    assert stand_in.asked[1].headers["If-Match"] == '"17"'


def test_another_generation_is_not_even_asked_to_be_deleted(
    store: Objects, stand_in: StandIn
) -> None:
    stand_in.answers = [Answer(200, headers=KNOWN)]

    store.delete("a", "16")

    assert [asked.method for asked in stand_in.asked] == ["HEAD"]


def test_a_store_without_conditional_deletion_deletes_what_was_looked_at(
    store: Objects, stand_in: StandIn
) -> None:
    stand_in.answers = [
        Answer(200, headers=KNOWN),
        refusal(501, "NotImplemented"),
        Answer(204),
    ]

    store.delete("a", "17")

    assert [asked.method for asked in stand_in.asked] == ["HEAD", "DELETE", "DELETE"]
    assert "If-Match" not in stand_in.asked[2].headers


def test_of_too_large_an_object_only_the_size_is_read(store: Objects, stand_in: StandIn) -> None:
    """More than the server ever sends: a store that read first would fail otherwise."""
    stand_in.answers = [Answer(200, b"start", {**KNOWN, "Content-Length": "1000000000"})]

    with pytest.raises(FileTooLarge):
        store.get("a", 999_999_999)


def test_an_object_that_breaks_off_is_unavailable(store: Objects, stand_in: StandIn) -> None:
    stand_in.answers = [Answer(200, b"start", {**KNOWN, "Content-Length": "1000"})]

    with pytest.raises(StoreUnavailable):
        store.get("a", 1000)


def test_folders_that_consoles_make_are_not_listed(s3_objects: Objects, s3_server: str) -> None:
    import boto3

    key = s3_objects.uri.removeprefix(f"s3://{BUCKET}/") + "/folder/"
    boto3.client("s3", endpoint_url=s3_server).put_object(Bucket=BUCKET, Key=key)
    s3_objects.put("folder/a", b"photo", JPEG)

    assert [each.name for each in s3_objects.list()] == ["folder/a"]


def test_a_missing_bucket_is_not_told_as_a_missing_object(
    s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_s3_at(s3_server, monkeypatch)
    store = open_objects("s3://no-such-bucket/cases")

    for call in (
        lambda: store.put("a", b"photo", JPEG),
        lambda: store.get("a", 100),
        lambda: list(store.list()),
    ):
        with pytest.raises(ClientError, match="NoSuchBucket"):
            call()


def test_a_server_that_is_no_s3_is_not_told_as_a_missing_object(
    store: Objects, stand_in: StandIn
) -> None:
    stand_in.answers = [Answer(404)]

    with pytest.raises(ClientError):
        store.put("a", b"photo", JPEG)
    with pytest.raises(ClientError):
        store.get("a", 100)


@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (501, "NotImplemented")])
def test_what_stays_refused_is_not_told_as_unavailable(
    store: Objects, stand_in: StandIn, status: int, code: str
) -> None:
    stand_in.answers = [refusal(status, code)]

    with pytest.raises(ClientError, match=code):
        store.put("a", b"photo", JPEG)


def test_an_upload_is_bound_to_name_type_size_and_time(store: Objects) -> None:
    """By its policy, which S3 holds uploads to and moto does not."""
    upload = store.signed_upload("photo.jpg", JPEG, 100, 60)

    assert upload is not None
    policy = json.loads(base64.b64decode(upload.fields["policy"]))
    for condition in (
        {"bucket": "bucket"},
        {"key": "cases/photo.jpg"},
        {"Content-Type": JPEG},
        ["content-length-range", 1, 100],
    ):
        assert condition in policy["conditions"]
    assert upload.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    left = datetime.fromisoformat(policy["expiration"]) - datetime.now(UTC)
    assert timedelta(seconds=50) < left <= timedelta(seconds=60)


def test_a_form_with_the_fields_of_an_upload_puts_the_object(s3_objects: Objects) -> None:
    upload = s3_objects.signed_upload("case/photo.jpg", JPEG, 100, 60)

    assert upload is not None
    body, kind = multipart({**upload.fields, "file": b"photo"})
    request = urllib.request.Request(upload.url, body, {"Content-Type": kind}, method="POST")
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.status == 204

    assert s3_objects.get("case/photo.jpg", 100) == b"photo"
