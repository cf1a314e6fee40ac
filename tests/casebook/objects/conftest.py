"""Empty stores of objects: a folder, and buckets of servers on this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import pytest

from aifr.casebook.objects.contract import Objects
from aifr.casebook.objects.open import open_objects
from tests.casebook.objects.stand_in import StandIn, standing_in
from tests.served import free_port

BUCKET = "photos-of-tests"
AWS = {
    "AWS_ACCESS_KEY_ID": "tests",
    "AWS_SECRET_ACCESS_KEY": "tests",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def running(command: Sequence[str], port: int) -> Iterator[None]:
    """A server, from the moment it listens at the port until its process group is ended."""
    process = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for_port(port, process)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended early"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not become ready")


def need(module: str) -> None:
    """Skips by name, or fails where CI demands it, what needs a module that is not installed."""
    if find_spec(module) is not None:
        return
    message = f"{module} is not installed"
    if os.environ.get("AIFR_DEMAND_EMULATORS"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def cloud_storage_emulator() -> Iterator[str]:
    """The address of gcp-storage-emulator, with one bucket."""
    need("gcp_storage_emulator")
    port = free_port()
    command = [sys.executable, "-m", "gcp_storage_emulator", "start", "--in-memory", "--quiet"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--default-bucket", BUCKET]
    with running(command, port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of moto's server, with one bucket."""
    need("moto")
    import boto3

    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with running([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port):
        client = boto3.client(
            "s3",
            endpoint_url=address,
            region_name=AWS["AWS_DEFAULT_REGION"],
            aws_access_key_id="tests",
            aws_secret_access_key="tests",
        )
        region = {"LocationConstraint": AWS["AWS_DEFAULT_REGION"]}
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=region)
        yield address


@pytest.fixture
def apart() -> str:
    """A part of a bucket that no other test uses."""
    return f"tests/{uuid4().hex}"


@pytest.fixture
def folder_objects(tmp_path: Path) -> Objects:
    return open_objects(f"file:{tmp_path}/objects")


@pytest.fixture
def cloud_storage_objects(
    cloud_storage_emulator: str, apart: str, monkeypatch: pytest.MonkeyPatch
) -> Objects:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", cloud_storage_emulator)
    return open_objects(f"gs://{BUCKET}/{apart}")


@pytest.fixture
def s3_objects(s3_server: str, apart: str, monkeypatch: pytest.MonkeyPatch) -> Objects:
    use_s3_at(s3_server, monkeypatch)
    return open_objects(f"s3://{BUCKET}/{apart}")


def use_s3_at(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in {**AWS, "AWS_ENDPOINT_URL": address}.items():
        monkeypatch.setenv(variable, value)


@pytest.fixture(params=["folder", "cloud_storage", "s3"])
def objects(request: pytest.FixtureRequest) -> Objects:
    """An empty store of each kind."""
    store: Objects = request.getfixturevalue(f"{request.param}_objects")
    return store


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """A server that says what the test tells it to."""
    with standing_in() as server:
        yield server
