"""aifr.casebook.objects.cloud_storage, where the emulator heeds nothing: conditions, signatures"""

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import google.auth.transport.requests
import google_crc32c
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from google.api_core.exceptions import Forbidden, NotFound
from google.cloud.storage import Client
from google.oauth2 import service_account

from aifr.casebook.objects.cloud_storage import CloudStorageObjects
from aifr.casebook.objects.contract import Objects, SignedUpload
from aifr.casebook.objects.open import open_objects
from aifr.errors import FileTooLarge
from tests.casebook.objects.stand_in import Answer, StandIn

JPEG = "image/jpeg"
MEBI = 1024 * 1024
ACCOUNT = "photos@project.iam.gserviceaccount.com"
REFUSED = Answer(412)


def known(size: int, content: bytes = b"") -> Answer:
    """What Cloud Storage says of an object of generation 17."""
    checksum = base64.b64encode(google_crc32c.Checksum(content).digest()).decode()
    fields = {"name": "cases/a", "size": str(size), "generation": "17", "crc32c": checksum}
    body = json.dumps({**fields, "updated": "2026-11-24T06:00:00.5Z"}).encode()
    return Answer(200, body, {"Content-Type": "application/json"})


@pytest.fixture
def store(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> Objects:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", stand_in.address)
    return open_objects("gs://bucket/cases")


def test_a_put_is_for_a_name_that_is_free(store: Objects, stand_in: StandIn) -> None:
    stand_in.answers = [known(5)]

    assert store.put("a", b"photo", JPEG) is True

    [asked] = stand_in.asked
    assert (asked.method, asked.path) == ("POST", "/upload/storage/v1/b/bucket/o")
    assert asked.query["ifGenerationMatch"] == "0"


def test_a_large_put_is_for_a_name_that_is_free(store: Objects, stand_in: StandIn) -> None:
    session = Answer(200, headers={"Location": f"{stand_in.address}/session"})
    large = bytes(9 * MEBI)
    stand_in.answers = [session, known(len(large), large)]

    assert store.put("a", large, JPEG) is True

    first = stand_in.asked[0].query
    assert (first["uploadType"], first["ifGenerationMatch"]) == ("resumable", "0")


@pytest.mark.parametrize("size", [5, 9 * MEBI])
def test_a_put_that_is_refused_was_for_a_taken_name(
    store: Objects, stand_in: StandIn, size: int
) -> None:
    stand_in.answers = [REFUSED]

    assert store.put("a", bytes(size), JPEG) is False


def test_a_deletion_is_of_one_generation(store: Objects, stand_in: StandIn) -> None:
    stand_in.answers = [REFUSED]

    store.delete("a", "17")

    [asked] = stand_in.asked
    assert (asked.method, asked.path) == ("DELETE", "/storage/v1/b/bucket/o/cases%2Fa")
    assert asked.query["ifGenerationMatch"] == "17"


def test_a_replacement_is_of_one_generation(store: Objects, stand_in: StandIn) -> None:
    stand_in.answers = [REFUSED]

    assert store.replace("a", b"photo", JPEG, "17") is False

    assert stand_in.asked[0].query["ifGenerationMatch"] == "17"


def test_a_deletion_of_any_generation_makes_no_condition(store: Objects, stand_in: StandIn) -> None:
    stand_in.answers = [Answer(204)]

    store.delete("a")

    assert "ifGenerationMatch" not in stand_in.asked[0].query


def test_too_large_an_object_is_not_asked_for(store: Objects, stand_in: StandIn) -> None:
    stand_in.answers = [known(101)]

    with pytest.raises(FileTooLarge):
        store.get("a", 100)

    assert len(stand_in.asked) == 1


def test_what_is_got_is_of_the_generation_whose_size_was_checked(
    store: Objects, stand_in: StandIn
) -> None:
    stand_in.answers = [known(5), Answer(200, b"photo")]

    assert store.get("a", 100) == b"photo"

    assert stand_in.asked[1].query["generation"] == "17"


def test_a_packed_object_is_not_unpacked(store: Objects, stand_in: StandIn) -> None:
    packed = gzip.compress(bytes(MEBI))
    stand_in.answers = [known(len(packed)), Answer(200, packed, {"Content-Encoding": "gzip"})]

    assert store.get("a", len(packed)) == packed


def test_a_listing_goes_on_to_the_last_page(store: Objects, stand_in: StandIn) -> None:
    item = {"size": "5", "generation": "17", "updated": "2026-11-24T06:00:00Z"}
    pages = [
        {
            "items": [{**item, "name": "cases/a"}, {**item, "name": "cases/b/", "size": "0"}],
            "nextPageToken": "x",
        },
        {"items": [{**item, "name": "cases/c"}]},
    ]
    json_type = {"Content-Type": "application/json"}
    stand_in.answers = [Answer(200, json.dumps(page).encode(), json_type) for page in pages]

    found = list(store.list())

    assert [each.name for each in found] == ["a", "c"]
    assert found[0].generation == "17"
    assert found[0].updated == datetime(2026, 11, 24, 6, tzinfo=UTC).timestamp()


def test_what_is_not_allowed_is_not_told_as_unavailable(store: Objects, stand_in: StandIn) -> None:
    stand_in.answers = [Answer(403)]

    with pytest.raises(Forbidden):
        store.put("a", b"photo", JPEG)


def test_a_missing_bucket_is_not_told_as_a_missing_object(
    cloud_storage_emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", cloud_storage_emulator)
    store = open_objects("gs://no-such-bucket/cases")

    with pytest.raises(NotFound):
        store.put("a", b"photo", JPEG)
    with pytest.raises(NotFound):
        list(store.list())


def test_the_emulator_has_nobody_who_signs(store: Objects) -> None:
    assert store.signed_upload("a", JPEG, 100, 60) is None


def test_a_person_who_is_logged_in_does_not_sign() -> None:
    store = signing_store(SimpleNamespace(valid=True, token="token"))

    assert store.signed_upload("a", JPEG, 100, 60) is None


def test_a_key_signs_name_type_size_and_time() -> None:
    key = rsa.generate_private_key(65537, 2048)
    store = signing_store(service_account.Credentials.from_service_account_info(account(key)))

    upload = store.signed_upload("photo.jpg", JPEG, 100, 60)

    assert upload is not None
    signature = bytes.fromhex(upload.fields["x-goog-signature"])
    policy = upload.fields["policy"].encode()
    key.public_key().verify(signature, policy, padding.PKCS1v15(), hashes.SHA256())
    check_policy(upload)


def test_without_a_key_iam_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def answer(_: object, **request: Any) -> SimpleNamespace:
        asked.append(request)
        signed = {"signedBlob": base64.b64encode(b"signature").decode()}
        return SimpleNamespace(status=200, data=json.dumps(signed).encode())

    monkeypatch.setattr(google.auth.transport.requests.Request, "__call__", answer)
    store = signing_store(OfAFunction())

    upload = store.signed_upload("photo.jpg", JPEG, 100, 60)

    assert upload is not None
    [request] = asked
    assert request["url"].startswith("https://iamcredentials.googleapis.com/")
    assert f"/{ACCOUNT}:signBlob" in request["url"]
    assert request["headers"]["Authorization"] == "Bearer fresh"
    assert bytes.fromhex(upload.fields["x-goog-signature"]) == b"signature"
    check_policy(upload)


class OfAFunction:
    """Credentials as Google's machines lend them: they know their name once they were refreshed."""

    valid = False
    service_account_email = "default"
    token = "stale"

    def refresh(self, _: object) -> None:
        self.valid, self.service_account_email, self.token = True, ACCOUNT, "fresh"


def signing_store(credentials: Any) -> CloudStorageObjects:
    client = Client.create_anonymous_client()
    return CloudStorageObjects(client, credentials, "bucket", "cases/")


def account(key: rsa.RSAPrivateKey) -> dict[str, str]:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "client_email": ACCOUNT,
        "token_uri": "http://127.0.0.1:1/token",
        "private_key": pem.decode(),
    }


def check_policy(upload: SignedUpload) -> None:
    """For cases/photo.jpg, JPEG of 1 to 100 bytes, within the coming 60 seconds."""
    policy = json.loads(base64.b64decode(upload.fields["policy"]))
    for condition in (
        {"bucket": "bucket"},
        {"key": "cases/photo.jpg"},
        {"Content-Type": JPEG},
        ["content-length-range", 1, 100],
    ):
        assert condition in policy["conditions"]
    assert upload.url == "https://storage.googleapis.com/bucket/"
    assert upload.fields["key"] == "cases/photo.jpg"
    assert upload.fields["Content-Type"] == JPEG
    left = datetime.fromisoformat(policy["expiration"]) - datetime.now(UTC)
    assert timedelta(seconds=50) < left <= timedelta(seconds=60)
