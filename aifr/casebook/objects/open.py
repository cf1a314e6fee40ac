"""An address of the settings -> the store of objects it names."""

import re
from pathlib import Path

from aifr.casebook.objects.contract import Objects
from aifr.casebook.objects.names import check_name
from aifr.errors import InvalidParameter

# "//" would begin an absolute path, where "file://data" is meant to be none.
FOLDER = re.compile(r"file:(?://(?=/))?(?!//)(?P<folder>.+)")
BUCKET = re.compile(
    r"(?P<kind>gs|s3)://(?P<bucket>[a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?P<prefix>/.*)?"
)


def open_objects(address: str) -> Objects:
    """The store at file:FOLDER, gs://BUCKET/PREFIX or s3://BUCKET/PREFIX.

    The prefix may be missing. Raises ValueError for anything else.
    """
    if found := FOLDER.fullmatch(address):
        from aifr.casebook.objects.folder import FolderObjects

        return FolderObjects(Path(found["folder"]))
    if found := BUCKET.fullmatch(address):
        return _open_bucket(found["kind"], found["bucket"], _prefix(address, found["prefix"]))
    raise _no_address(address)


def _open_bucket(kind: str, bucket: str, prefix: str) -> Objects:
    if kind == "gs":
        from aifr.casebook.objects.cloud_storage import open_cloud_storage

        return open_cloud_storage(bucket, prefix)
    from aifr.casebook.objects.s3 import open_s3

    return open_s3(bucket, prefix)


def _prefix(address: str, path: str | None) -> str:
    """What stands before every name of the store: "" or ending in "/"."""
    prefix = (path or "").strip("/")
    if not prefix:
        return ""
    try:
        check_name(prefix)
    except InvalidParameter:
        raise _no_address(address) from None
    return f"{prefix}/"


def _no_address(address: str) -> ValueError:
    return ValueError(f"{address!r} is not file:FOLDER, gs://BUCKET/PREFIX or s3://BUCKET/PREFIX.")
