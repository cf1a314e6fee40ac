"""What events say: of Cloud Storage, and of partners' S3 buckets."""

from typing import Any

import pytest

from aifr.casebook.events import CREATED, FINALIZED, arrival_of, name_below, partner_at
from aifr.casebook.objects.contract import Objects
from tests.emulators import AWS


class Bucket:
    """A store that is nothing but its address."""

    uri = "gs://incoming-of-tests/live"


INCOMING: Objects = Bucket()  # type: ignore[assignment]
PARTNERS = ("s3://partner/photos=police",)
DATA = {"bucket": "incoming-of-tests", "name": "live/c1/p1.jpg", "generation": "17"}
DETAIL = {"bucket": {"name": "partner"}, "object": {"key": "photos/c1/1.jpg", "etag": "e1"}}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AWS.items():
        monkeypatch.setenv(name, value)


def test_an_event_of_our_bucket_tells_name_and_generation() -> None:
    arrival = arrival_of(FINALIZED, DATA, INCOMING, PARTNERS)

    assert arrival is not None
    assert (arrival.name, arrival.generation, arrival.ours) == ("c1/p1.jpg", "17", True)


def test_an_event_of_a_partners_bucket_tells_where_nothing_is_removed() -> None:
    arrival = arrival_of(CREATED, DETAIL, INCOMING, PARTNERS)

    assert arrival is not None
    assert (arrival.name, arrival.generation, arrival.ours) == ("c1/1.jpg", "e1", False)
    assert arrival.store.uri == "s3://partner/photos"
    assert arrival.partner == "police"


@pytest.mark.parametrize(
    ("address", "partner"),
    [
        ("s3://partner/photos", "police"),
        ("s3://partner/photos/", "police"),
        ("s3://partner/photos/2026", "police"),
        ("s3://partner/photos-of-others", ""),
        ("s3://partner", ""),
        ("file:/photos", ""),
    ],
)
def test_a_store_is_that_of_the_partner_whose_bucket_holds_it(address: str, partner: str) -> None:
    assert partner_at(address, PARTNERS) == partner


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("google.cloud.storage.object.v1.deleted", DATA),
        (FINALIZED, {**DATA, "bucket": "another"}),
        (FINALIZED, {**DATA, "name": "lively/c1/p1.jpg"}),
        (FINALIZED, {**DATA, "name": "live/"}),
        (FINALIZED, {"bucket": "incoming-of-tests", "name": "live/c1/p1.jpg"}),
        (FINALIZED, {}),
        (FINALIZED, None),
        (FINALIZED, "text"),
        (FINALIZED, [DATA]),
        (CREATED, {**DETAIL, "bucket": {"name": "stranger"}}),
        (CREATED, {**DETAIL, "bucket": "partner"}),
        (CREATED, {**DETAIL, "object": {"key": "other/1.jpg"}}),
        (CREATED, {}),
    ],
)
def test_any_other_event_is_not_for_us(kind: str, data: Any) -> None:
    assert arrival_of(kind, data, INCOMING, PARTNERS) is None


@pytest.mark.parametrize(
    ("address", "place", "name"),
    [
        ("gs://a", "gs://a/x", "x"),
        ("gs://a/b", "gs://a/b/x/y", "x/y"),
        ("gs://a/b/", "gs://a/b/x", "x"),
        ("gs://a", "gs://ab/x", None),
    ],
)
def test_a_name_is_what_lies_below_the_address(address: str, place: str, name: str | None) -> None:
    assert name_below(address, place) == name
