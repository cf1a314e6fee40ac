"""Objects in a bucket of S3, or of a store that speaks like it (AWS_ENDPOINT_URL).

The bucket must keep no old versions, or what is deleted lives on as one.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
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

ATTEMPTS = 2
MOST_BYTES = 1024
NOT_FOUND, PRECONDITION_FAILED, NOT_IMPLEMENTED = 404, 412, 501
# 408: the upload was too slow. 409: another upload of this name is under way.
TRANSIENT = {408, 409, 429}


def open_s3(bucket: str, prefix: str) -> "S3Objects":
    """prefix: "" or ending in "/". Region, endpoint and keys come from where boto3 looks."""
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        # Otherwise some regions get the old signature, which others refuse.
        signature_version="s3v4",
    )
    return S3Objects(_session().client("s3", config=config), bucket, prefix)


@cache
def _session() -> Any:
    """A session reads what it knows of S3 from files, in a tenth of a second: one for all."""
    import boto3

    return boto3.session.Session()


class S3Objects:
    """s3://BUCKET/PREFIX. A generation is an ETag, so the same content has the same one again."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self.uri = f"s3://{bucket}/{prefix}".rstrip("/")
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def put(self, name: str, data: bytes, content_type: str) -> bool:
        """As the contract says; False as well where it did but the answer was lost on the way."""
        check_name(name)
        return self._write(name, data, content_type, IfNoneMatch="*")

    def replace(self, name: str, data: bytes, content_type: str, generation: str) -> bool:
        """As the contract says; False as well where it did but the answer was lost on the way."""
        with suppress(ObjectMissing):
            # Looked at first: a store may not know the condition, and not say so.
            return self.stat(name).generation == generation and self._write(
                name, data, content_type, IfMatch=f'"{generation}"'
            )
        return False

    def get(self, name: str, most_bytes: int) -> bytes:
        """As the contract says."""
        with _asking(name):
            answer = self._client.get_object(**self._place(name))
            with closing(answer["Body"]) as body:
                check_size(answer["ContentLength"], most_bytes)
                return bytes(body.read())

    def stat(self, name: str) -> StoredObject:
        """As the contract says."""
        with _asking(name):
            answer = self._client.head_object(**self._place(name))
        return _stored(name, answer["ContentLength"], answer)

    def delete(self, name: str, generation: str | None = None) -> None:
        """As the contract says."""
        with suppress(ObjectMissing, ConditionFailed), _asking(name):
            place = self._place(name)
            if generation is None:
                self._client.delete_object(**place)
            # Looked at first: a store may not know the condition, and not say so.
            elif self.stat(name).generation == generation:
                self._delete_unchanged(place, generation)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """As the contract says."""
        return self._found(prefix)

    def signed_upload(
        self, name: str, content_type: str, most_bytes: int, seconds: int
    ) -> SignedUpload | None:
        """As the contract says; an upload replaces what is there."""
        check_name(name)
        place = self._place(name)
        policy = self._client.generate_presigned_post(
            **place,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, most_bytes]],
            ExpiresIn=seconds,
        )
        return SignedUpload(policy["url"], policy["fields"])

    def _write(self, name: str, data: bytes, content_type: str, **condition: str) -> bool:
        try:
            with _asking(name):
                self._client.put_object(
                    **self._place(name), Body=data, ContentType=content_type, **condition
                )
        except ConditionFailed:
            return False
        return True

    def _place(self, name: str) -> dict[str, str]:
        key = self._prefix + name
        if not name or not is_utf8(key) or len(key.encode()) > MOST_BYTES:
            raise missing(name)
        return {"Bucket": self._bucket, "Key": key}

    def _delete_unchanged(self, place: dict[str, str], generation: str) -> None:
        try:
            self._client.delete_object(**place, IfMatch=f'"{generation}"')
        except self._client.exceptions.ClientError as error:
            if _status(error) != NOT_IMPLEMENTED:
                raise
            self._client.delete_object(**place)

    def _found(self, prefix: str) -> Iterator[StoredObject]:
        pages = self._client.get_paginator("list_objects_v2")
        with _asking(prefix):
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix):
                for found in page.get("Contents", []):
                    name = found["Key"].removeprefix(self._prefix)
                    if not is_folder(name, found["Size"]):
                        yield _stored(name, found["Size"], found)


def _stored(name: str, size: int, answer: dict[str, Any]) -> StoredObject:
    return StoredObject(name, size, answer["ETag"].strip('"'), answer["LastModified"].timestamp())


@contextmanager
def _asking(name: str) -> Iterator[None]:
    """Puts what boto3 raises into the contract's words, where it has some."""
    from botocore import exceptions

    try:
        yield
    except exceptions.ClientError as error:
        meaning = _meaning(error, name)
        if meaning is None:
            raise
        raise meaning from error
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise unavailable() from error


def _meaning(error: Any, name: str) -> Exception | None:
    status, code = _status(error), error.response["Error"]["Code"]
    # Not where the bucket or all of S3 is missing; the answer to a HEAD does not say which.
    if code == "NoSuchKey" or (status == NOT_FOUND and error.operation_name == "HeadObject"):
        return missing(name)
    if status == PRECONDITION_FAILED:
        return ConditionFailed()
    if status == NOT_IMPLEMENTED:
        return None
    if status >= 500 or status in TRANSIENT or code == "RequestTimeout":
        return unavailable()
    return None


def _status(error: Any) -> int:
    return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
