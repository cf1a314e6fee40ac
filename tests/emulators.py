"""Servers on this machine that stand in for those of a cloud, one each for all tests that use it.

Where a server's programs are missing its tests are skipped, and fail where CI demands them
(AIFR_DEMAND_EMULATORS).
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec

import pytest

from tests.served import free_port

START_SECONDS = 90
END_SECONDS = 20


def demand_programs(*programs: str) -> None:
    """Skips, or fails where CI demands emulators, unless these programs are on the PATH."""
    missing = [program for program in programs if shutil.which(program) is None]
    if not missing:
        return
    message = f"no {' and no '.join(missing)} on this machine"
    if os.environ.get("AIFR_DEMAND_EMULATORS"):
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def server(
    command: Sequence[str], port: int, environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """A server in a process group of its own, from when it listens at `port` of 127.0.0.1 until
    its last process has ended. What it prints is not kept.
    """
    process = subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_listening(process, port)
        yield
    finally:
        _end_group(process)


def _wait_until_listening(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"{process.args!r} ended early"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{process.args!r} does not listen at port {port}")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Asks the whole group to end, then ends it: a wrapper may be gone before what it started."""
    for how, patience in ((signal.SIGTERM, END_SECONDS), (signal.SIGKILL, END_SECONDS)):
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            try:
                os.killpg(process.pid, how if process.poll() is None else signal.SIGKILL)
            except ProcessLookupError:
                return
            time.sleep(0.1)
    raise AssertionError(f"{process.args!r} does not end")


# Firestore


@pytest.fixture(scope="session")
def firestore_emulator() -> Iterator[str]:
    """The emulator of the gcloud CLI, at HOST:PORT; every project and database in it is empty."""
    demand_programs("gcloud", "java")
    port = free_port()
    address = f"127.0.0.1:{port}"
    with server(["gcloud", "emulators", "firestore", "start", f"--host-port={address}"], port):
        yield address


# Cloud Storage and S3

BUCKET = "photos-of-tests"
AWS = {
    "AWS_ACCESS_KEY_ID": "tests",
    "AWS_SECRET_ACCESS_KEY": "tests",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def demand_module(name: str) -> None:
    """Skips, or fails where CI demands emulators, unless this module is installed."""
    if find_spec(name) is not None:
        return
    message = f"{name} is not installed"
    if os.environ.get("AIFR_DEMAND_EMULATORS"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def cloud_storage_emulator() -> Iterator[str]:
    """The URL of gcp-storage-emulator, for STORAGE_EMULATOR_HOST; it has BUCKET."""
    demand_module("gcp_storage_emulator")
    port = free_port()
    command = [sys.executable, "-m", "gcp_storage_emulator", "start", "--in-memory", "--quiet"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--default-bucket", BUCKET]
    with server(command, port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The URL of moto's server, for AWS_ENDPOINT_URL beside the variables of AWS; it has BUCKET."""
    demand_module("moto")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with server([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port):
        _make_bucket(address)
        yield address


def _make_bucket(address: str) -> None:
    import boto3

    region = AWS["AWS_DEFAULT_REGION"]
    client = boto3.client(
        "s3",
        endpoint_url=address,
        region_name=region,
        aws_access_key_id=AWS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=AWS["AWS_SECRET_ACCESS_KEY"],
    )
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region})
