"""The local server, as a test client and as a process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from infra.local_server import create_app
from tests.served import ROOT, Served, free_port, wait_until_ready


@pytest.fixture(scope="session")
def site() -> FlaskClient:
    """A test client of everything the local server serves."""
    return create_app().test_client()


@pytest.fixture(scope="session")
def local_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the local server keeps its casebook."""
    return tmp_path_factory.mktemp("casebook")


@pytest.fixture(scope="session")
def local_admin(local_server: Served, local_folder: Path) -> str:
    """The key of the local server's admin."""
    lines = (local_folder / "keys.txt").read_text().splitlines()
    return dict(line.split(" ", 1) for line in lines)["admin"]


@pytest.fixture(scope="session")
def local_reviewer(local_server: Served, local_folder: Path) -> str:
    """The key of one of the local server's reviewers."""
    lines = (local_folder / "keys.txt").read_text().splitlines()
    return dict(line.split(" ", 1) for line in lines)["reviewer-1"]


@pytest.fixture(scope="session")
def local_server(local_folder: Path) -> Iterator[Served]:
    """`python -m infra.local_server` in a process of its own, with an empty casebook."""
    folder = local_folder
    places = {
        "AIFR_WRITES_AN_HOUR": "100000",
        "AIFR_SEARCHES_AN_HOUR": "100000",
        "AIFR_COMPARISONS_AN_HOUR": "100000",
        "AIFR_REFUSED_TOKENS_AN_HOUR": "100000",
        "AIFR_STAFF_REQUESTS_AN_HOUR": "100000",
        "AIFR_RECORDS": f"sqlite:{folder}/casebook.sqlite3",
        "AIFR_PHOTOS": f"file:{folder}/photos",
        "AIFR_INCOMING": f"file:{folder}/incoming",
    }
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local_server", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **places, "OMP_NUM_THREADS": "1"},
    )
    try:
        yield wait_until_ready(
            Served(port, process.pid), process, health="/images_similarity/health"
        )
    finally:
        process.terminate()
        process.wait(timeout=30)
