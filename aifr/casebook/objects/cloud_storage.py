"""Objects in a bucket of Cloud Storage, or of its emulator (STORAGE_EMULATOR_HOST).

The bucket must keep no old versions and none of what was deleted, or that lives on there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from aifr.casebook.objects.contract import SignedUpload, StoredObject
from aifr.casebook.objects.failures import (
    ConditionFailed,
    check_size,
    is_folder,
    missing,
    unavailable,
)
from aifr.casebook.objects.names import check_name, is_utf8
from aifr.casebook.objects.waiting import CONNECT_SECONDS, READ_SECONDS
from aifr.errors import ObjectMissing

# Of storage and of signing.
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
RETRY_SECONDS = 6
MOST_BYTES = 1024
TRANSIENT = {408, 429}


def open_cloud_storage(bucket: str, prefix: str) -> "CloudStorageObjects":
    """prefix: "" or ending in "/". Credentials come from where google.auth.default looks; the
    emulator needs none.
    """
    import google.auth
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.storage import Client

    credentials: Any = AnonymousCredentials()
    project = None
    if not os.environ.get("STORAGE_EMULATOR_HOST"):
        credentials, project = google.auth.default(scopes=[SCOPE])
    client = Client(project, credentials)
    return CloudStorageObjects(client, credentials, bucket, prefix)


class CloudStorageObjects:
    """gs://BUCKET/PREFIX; client and credentials are google-cloud-storage's and google-auth's."""

    def __init__(self, client: Any, credentials: Any, bucket: str, prefix: str) -> None:
        self.uri = f"gs://{bucket}/{prefix}".rstrip("/")
        self._client = client
        self._credentials = credentials
        self._bucket = client.bucket(bucket)
        self._prefix = prefix
        self._patience = _patience()

    def put(self, name: str, data: bytes, content_type: str) -> bool:
        """As the contract says; False as well where it did but the answer was lost on the way."""
        check_name(name)
        return self._write(name, data, content_type, 0)

    def replace(self, name: str, data: bytes, content_type: str, generation: str) -> bool:
        """As the contract says; False as well where it did but the answer was lost on the way."""
        with suppress(ObjectMissing):
            return self._write(name, data, content_type, int(generation))
        return False

    def get(self, name: str, most_bytes: int) -> bytes:
        """As the contract says."""
        blob = self._known(name)
        check_size(blob.size, most_bytes)
        with _expecting(name):
            # Of the generation whose size is known, and as it is stored: what unpacking makes of
            # a gzipped object has no bound.
            return bytes(blob.download_as_bytes(raw_download=True, **self._patience))

    def stat(self, name: str) -> StoredObject:
        """As the contract says."""
        return _stored(name, self._known(name))

    def delete(self, name: str, generation: str | None = None) -> None:
        """As the contract says."""
        expected = None if generation is None else int(generation)
        with suppress(ObjectMissing, ConditionFailed), _expecting(name):
            self._blob(name).delete(if_generation_match=expected, **self._patience)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """As the contract says."""
        return self._found(prefix)

    def signed_upload(
        self, name: str, content_type: str, most_bytes: int, seconds: int
    ) -> SignedUpload | None:
        """As the contract says; None where there is no service account to sign with, as for the
        emulator or a person's own login. An upload replaces what is there.
        """
        check_name(name)
        blob = self._blob(name)
        with _asking():
            signer = _signer(self._credentials)
            if signer is None:
                return None
            policy = self._client.generate_signed_post_policy_v4(
                self._bucket.name,
                blob.name,
                timedelta(seconds=seconds),
                conditions=[["content-length-range", 1, most_bytes]],
                fields={"Content-Type": content_type},
                **signer,
            )
        return SignedUpload(policy["url"], policy["fields"])

    def _write(self, name: str, data: bytes, content_type: str, expected: int) -> bool:
        """Whether the object was of the expected generation (0: not there) and now is this."""
        blob = self._blob(name)
        try:
            with _asking():
                blob.upload_from_string(
                    data, content_type, if_generation_match=expected, **self._patience
                )
        except ConditionFailed:
            return False
        return True

    def _blob(self, name: str) -> Any:
        whole = self._prefix + name
        if not name or not is_utf8(whole) or len(whole.encode()) > MOST_BYTES:
            raise missing(name)
        return self._bucket.blob(whole)

    def _known(self, name: str) -> Any:
        blob = self._blob(name)
        with _expecting(name):
            blob.reload(**self._patience)
        return blob

    def _found(self, prefix: str) -> Iterator[StoredObject]:
        with _asking():
            for blob in self._client.list_blobs(
                self._bucket, prefix=self._prefix + prefix, **self._patience
            ):
                name = blob.name.removeprefix(self._prefix)
                if not is_folder(name, blob.size):
                    yield _stored(name, blob)


def _stored(name: str, blob: Any) -> StoredObject:
    return StoredObject(name, blob.size, str(blob.generation), blob.updated.timestamp())


def _signer(credentials: Any) -> dict[str, Any] | None:
    """Who signs, as arguments of the client's: credentials with a key do so themselves, those of a
    service account on Google's machines let IAM.
    """
    from google.auth.credentials import Signing
    from google.auth.transport.requests import Request

    if isinstance(credentials, Signing):
        return {"credentials": credentials}
    if not hasattr(credentials, "service_account_email"):
        return None
    if not credentials.valid:
        # Learns the account's name as well.
        credentials.refresh(Request())
    return {
        "service_account_email": credentials.service_account_email,
        "access_token": credentials.token,
    }


def _patience() -> dict[str, Any]:
    """How long each call waits and tries again, as arguments of the client's."""
    from google.cloud.storage.retry import DEFAULT_RETRY

    return {
        "timeout": (CONNECT_SECONDS, READ_SECONDS),
        "retry": DEFAULT_RETRY.with_delay(initial=0.2, maximum=2).with_timeout(RETRY_SECONDS),
    }


@contextmanager
def _expecting(name: str) -> Iterator[None]:
    """As `_asking`, of an object that should be there."""
    from google.api_core.exceptions import NotFound

    with _asking():
        try:
            yield
        except NotFound:
            raise missing(name) from None


@contextmanager
def _asking() -> Iterator[None]:
    """Puts what the client raises into the contract's words, where it has some."""
    from google.api_core.exceptions import PreconditionFailed

    try:
        yield
    except PreconditionFailed as error:
        raise ConditionFailed from error
    except Exception as error:
        if not _is_transient(error):
            raise
        raise unavailable() from error


def _is_transient(error: Exception) -> bool:
    import requests
    import urllib3
    from google.api_core.exceptions import GoogleAPICallError, RetryError
    from google.auth.exceptions import GoogleAuthError, TransportError
    from google.cloud.storage.exceptions import DataCorruption

    if isinstance(error, GoogleAPICallError):
        return error.code is not None and (error.code >= 500 or error.code in TRANSIENT)
    if isinstance(error, GoogleAuthError):
        return isinstance(error, TransportError) or error.retryable
    return isinstance(
        error,
        RetryError
        | DataCorruption
        | requests.ConnectionError
        | requests.Timeout
        | requests.exceptions.ChunkedEncodingError
        | urllib3.exceptions.HTTPError
        | ConnectionError,
    )
