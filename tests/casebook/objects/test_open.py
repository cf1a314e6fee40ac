"""aifr.casebook.objects.open"""

import subprocess
import sys
from pathlib import Path

import pytest

from aifr.casebook.objects.open import open_objects


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("gs://bucket/a/b", "gs://bucket/a/b"),
        ("gs://bucket/a/", "gs://bucket/a"),
        ("gs://my.bucket_of-1", "gs://my.bucket_of-1"),
        ("s3://bucket/a/b", "s3://bucket/a/b"),
        ("s3://bucket/", "s3://bucket"),
        ("file:data/photos", "file:data/photos"),
        ("file:/data/photos/", "file:/data/photos"),
        ("file:///data/photos", "file:/data/photos"),
    ],
)
def test_an_address_opens_its_store(
    address: str, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1")

    assert open_objects(address).uri == uri


@pytest.mark.parametrize(
    "address",
    ["", "data/photos", "file:", "file://data/photos", "gs://", "gs://a/b", "gs:bucket/a"]
    + ["s3://Bucket/a", "s3://bucket/../a", "s3://bucket/a b", "http://bucket/a", "gs://bucket?a"],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="file:FOLDER"):
        open_objects(address)


def test_a_relative_folder_stays_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_objects("file:photos")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    store.put("a", b"photo", "image/jpeg")

    assert (tmp_path / "photos" / "a").read_bytes() == b"photo"


def test_importing_the_stores_imports_no_client() -> None:
    code = """
import sys
import aifr.casebook.objects.open, aifr.casebook.objects.folder
import aifr.casebook.objects.cloud_storage, aifr.casebook.objects.s3
heavy = {"boto3", "botocore", "google.cloud.storage", "google.auth", "requests", "urllib3"}
print(heavy & set(sys.modules))
"""
    printed = subprocess.check_output([sys.executable, "-c", code], text=True)

    assert printed == "set()\n"
