"""Each staged function in an environment that holds its requirements alone, with the variables that
deploy.sh gives it: they deploy with what they bring, and together take a photo from its report to
its embedding.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks import cold_start
from benchmarks.cold_start import asked_for, rows
from infra.catalogue import HTTP_TARGETS, ROOT, TARGETS
from infra.install import install as install_lock
from infra.stage import stage
from tests.emulators import cloud_storage_emulator as cloud_storage_emulator
from tests.emulators import firestore_emulator as firestore_emulator
from tests.infra.cloud import deployed_cloud
from tests.photos import face_photo, file
from tests.served import Served, free_port, multipart, serve

CASE = {
    "name": "Ana",
    "sex": "female",
    "country": "RO",
    "birth_year": 1998,
    "missing_since": "2004-05-17",
    "place": "Cluj-Napoca",
    "consent": True,
    "contact": {"name": "Maria Pop", "email": "maria@example.org"},
}

pytestmark = pytest.mark.slow


def requirements(name: str) -> set[str]:
    return set((ROOT / "functions" / name / "requirements.txt").read_text().split())


def environment(folder: Path, *names: str) -> str:
    """The Python of a new virtual environment with what these functions need, and nothing else."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    for name in names:
        install(python, name)
    return python


def install(python: str, name: str) -> None:
    # What is imported is compiled then; compiling all of torch takes longer than the tests.
    os.environ["PIP_NO_COMPILE"] = "1"
    install_lock(ROOT / "functions" / name / "requirements.lock", python)


@pytest.fixture(scope="module")
def comparing(tmp_path_factory: pytest.TempPathFactory) -> str:
    """For similarity and batch_similarity, which need the same."""
    assert requirements("similarity") == requirements("batch_similarity")
    return environment(tmp_path_factory.mktemp("comparing"), "similarity")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> str:
    """For cases, which does without torch."""
    return environment(tmp_path_factory.mktemp("registry"), "cases")


@pytest.fixture(scope="module")
def searching(comparing: str) -> str:
    """For search and ingest: what comparing needs, and more. After the tests of comparing."""
    assert requirements("similarity") <= requirements("search") & requirements("ingest")
    install(comparing, "search")
    install(comparing, "ingest")
    return comparing


@dataclass(frozen=True)
class Cloud:
    """The emulators, and how a function reaches them."""

    firestore: str
    storage: str

    def variables(self, name: str) -> dict[str, str]:
        """What deploy.sh sets for a function, and the two that name the emulators."""
        options = deployed_cloud().state["made"][f"functions {name.replace('_', '-')}-staging"]
        pairs = options["set-env-vars"].removeprefix("^;^").split(";")
        told = dict(pair.split("=", 1) for pair in pairs)
        return {
            **told,
            "PYTHONPATH": "",
            "FIRESTORE_EMULATOR_HOST": self.firestore,
            "STORAGE_EMULATOR_HOST": self.storage,
        }

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """A request to the API of Cloud Storage."""
        request = urllib.request.Request(
            f"{self.storage}/storage/v1{path}",
            json.dumps(body).encode() if body else None,
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def cloud(firestore_emulator: str, cloud_storage_emulator: str) -> Cloud:
    """A project with the buckets of deploy.sh."""
    cloud = Cloud(firestore_emulator, cloud_storage_emulator)
    for name in ("incoming", "photos"):
        cloud.ask("/b?project=p", {"name": f"p-staging-{name}"})
    return cloud


@contextmanager
def serving(name: str, python: str, folder: Path, variables: Mapping[str, str]) -> Iterator[Served]:
    """A staged function, from ready to ended."""
    stage(name, folder / name)
    main = folder / name / "main.py"
    if name in HTTP_TARGETS:
        with serve(main, TARGETS[name], python=python, environment=variables) as served:
            yield served
        return
    port = free_port()
    command = [python, "-m", "functions_framework", "--target", TARGETS[name]]
    command += ["--signature-type", "cloudevent", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, cwd=main.parent, env={**os.environ, **variables})
    try:
        yield listening(Served(port, process.pid), process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def listening(served: Served, process: subprocess.Popen[bytes]) -> Served:
    """Waits until something answers; a function of events has no health to ask for."""
    for _ in range(600):
        assert process.poll() is None, "the function ended early"
        try:
            socket.create_connection(("127.0.0.1", served.port), timeout=1).close()
            return served
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the function did not become ready")


@pytest.mark.parametrize("name", ["similarity", "batch_similarity"])
def test_a_comparison_serves_from_an_empty_environment(
    name: str, comparing: str, tmp_path: Path
) -> None:
    fields = {
        "similarity": ("image1", "image2"),
        "batch_similarity": ("imageList1", "imageList2"),
    }[name]
    variables = Cloud("", "").variables(name)

    with serving(name, comparing, tmp_path, variables) as served:
        answered = served.post({field: file(face_photo()) for field in fields})
        memory = peak_memory(served)

    assert answered.status == 200
    assert answered.json["similarity"] > 0.99
    assert memory < asked_for(rows()[name])


def peak_memory(served: Served) -> float:
    """MiB of gunicorn's two processes at their peak."""
    return cold_start.peak_memory(served.pid) + cold_start.peak_memory(served.worker)


def finalized(cloud: Cloud, name: str, bucket: str) -> tuple[dict[str, str], dict[str, Any]]:
    """The event that Eventarc sends of an object, in binary mode: headers and body."""
    there = cloud.ask(f"/b/{bucket}/o/{name.replace('/', '%2F')}")
    headers = {
        "ce-id": "11223344556677",
        "ce-source": f"//storage.googleapis.com/projects/_/buckets/{bucket}",
        "ce-specversion": "1.0",
        "ce-type": "google.cloud.storage.object.v1.finalized",
        "ce-subject": f"objects/{name}",
        "ce-time": there["timeCreated"],
        "ce-bucket": bucket,
        "Content-Type": "application/json",
    }
    body = {
        "kind": "storage#object",
        "id": f"{bucket}/{name}/{there['generation']}",
        "selfLink": f"https://www.googleapis.com/storage/v1/b/{bucket}/o/{name}",
        "name": name,
        "bucket": bucket,
        "generation": str(there["generation"]),
        "metageneration": "1",
        "contentType": "image/jpeg",
        "timeCreated": there["timeCreated"],
        "updated": there["timeCreated"],
        "storageClass": "STANDARD",
        "size": str(there["size"]),
        "md5Hash": there.get("md5Hash", ""),
        "etag": there.get("etag", ""),
    }
    return headers, body


def test_together_they_take_a_photo_from_report_to_embedding(
    registry: str, searching: str, cloud: Cloud, tmp_path: Path
) -> None:
    with serving("cases", registry, tmp_path, cloud.variables("cases")) as cases:
        json_type = {"Content-Type": "application/json"}
        reported = cases.ask("POST", "/cases", json.dumps(CASE).encode(), json_type).json
        place, bearer = f"/cases/{reported['case']}", f"Bearer {reported['secret']}"
        sent = send_photo(cases, f"{place}/photos", bearer)
        name = f"{reported['case']}/{sent['photo']}.jpg"
        headers, body = finalized(cloud, name, "p-staging-incoming")

        with serving("ingest", searching, tmp_path, cloud.variables("ingest")) as ingest:
            told = raw(ingest, json.dumps(body).encode(), headers)

        case = cases.ask("GET", place, headers={"Authorization": bearer}).json
        listed = cases.ask("GET", "/cases?limit=1")

    assert told in (200, 204)
    assert [(photo["id"], photo["state"]) for photo in case["photos"]] == [
        (sent["photo"], "embedded")
    ]
    assert (listed.status, listed.json["cases"]) == (200, [])


def send_photo(served: Served, path: str, bearer: str) -> Any:
    form, content_type = multipart({"photo": file(face_photo())})
    headers = {"Content-Type": content_type, "Authorization": bearer}
    return served.ask("POST", path, form, headers).json


def raw(served: Served, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of a POST whose answer is no JSON."""
    request = urllib.request.Request(f"http://127.0.0.1:{served.port}/", body, dict(headers))
    with urllib.request.urlopen(request, timeout=120) as answer:
        status: int = answer.status
        return status


def test_search_serves_from_its_requirements(searching: str, cloud: Cloud, tmp_path: Path) -> None:
    with serving("search", searching, tmp_path, cloud.variables("search")) as search:
        warm = search.ask("GET", "/health?warm=true", timeout=120)
        queue = search.ask("GET", "/search/matches/next")

    assert (warm.status, warm.json["status"]) == (200, "ok")
    assert queue.json["error"]["code"] == "not_authenticated"
