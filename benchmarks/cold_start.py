"""From the start of a process to its first answer, for each function as it is staged:

    python -m benchmarks.cold_start [--rounds 3]

Prints a table of stages in seconds, and memory beside what infra/functions.txt asks for. One thread
each. CPU seconds tell more than seconds on a machine that does other things as well. "heavy" is the
peak after as many requests at once as the function takes, of photos as large as it takes.
"""

import argparse
import http.client
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image
from skimage.data import astronaut
from tqdm import tqdm
from werkzeug.test import EnvironBuilder

from aifr.casebook.events import FINALIZED
from infra.catalogue import EVENT_TARGETS, ROOT, TARGETS
from infra.stage import stage

TICKS = os.sysconf("SC_CLK_TCK")
MEBI = 1024 * 1024
# Just below the limit of pixels.
LARGE = (7000, 7000)
UNITS = {"Mi": 1, "Gi": 1024}
PERSON = {
    "name": "Ana",
    "sex": "female",
    "country": "RO",
    "birth_year": 1998,
    "missing_since": "2004-05-17",
    "place": "Cluj-Napoca",
    "consent": True,
    "contact": {"name": "Maria Pop", "email": "maria@example.org"},
}
SEEN = {"seen_on": "2022-08-01", "place": "Turda", "country": "RO"}


@dataclass(frozen=True)
class Asked:
    """What a function is asked, and how long its stages took."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Start:
    """Seconds and CPU seconds until it listens and until it has answered; stages of the answer in
    seconds, as its log line tells them; MiB at the first answer.
    """

    listens: float
    listens_cpu: float
    answers: float
    answers_cpu: float
    stages: Mapping[str, float]
    memory: float


def encoded(image: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, quality=90)
    return buffer.getvalue()


def multipart(
    photos: Mapping[str, bytes], bearer: str = "", said: Mapping[str, str] | None = None
) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a form of photos and text."""
    files = {name: (io.BytesIO(data), "photo") for name, data in photos.items()}
    environ = EnvironBuilder(method="POST", data={**files, **(said or {})}).get_environ()
    headers = {"Content-Type": environ["CONTENT_TYPE"]}
    return environ["wsgi.input"].read(), headers | (
        {"Authorization": f"Bearer {bearer}"} if bearer else {}
    )


class Process:
    """A staged function, served by functions-framework at a port of its own."""

    def __init__(self, folder: Path, name: str, home: Path, log: Path) -> None:
        self.port, self.log, self.began = free_port(), log, time.perf_counter()
        kind = "cloudevent" if name in EVENT_TARGETS else "http"
        command = [sys.executable, "-m", "functions_framework", "--target", TARGETS[name]]
        command += ["--signature-type", kind, "--host", "127.0.0.1", "--port", str(self.port)]
        variables = {"OMP_NUM_THREADS": "1", "THREADS": rows()[name][5], "PYTHONPATH": ""}
        places = {
            "AIFR_RECORDS": f"sqlite:{home}/casebook.sqlite3",
            "AIFR_PHOTOS": f"file:{home}/photos",
            "AIFR_INCOMING": f"file:{home}/incoming",
        }
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **variables, **places},
            stdout=log.open("w"),
            stderr=subprocess.DEVNULL,
        )

    def wait(self) -> None:
        """Until it listens."""
        while self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.005)
        raise RuntimeError("the function ended early")

    def ask(self, asked: Asked) -> Any:
        """The answer's JSON; raises RuntimeError for an error."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request(asked.method, asked.path, asked.body, dict(asked.headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{answer.status}: {content[:300]!r}")
        return json.loads(content) if content.startswith(b"{") else None

    @property
    def members(self) -> list[int]:
        """gunicorn's arbiter and its worker."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    @property
    def cpu(self) -> float:
        """CPU seconds so far."""
        return sum(map(cpu_seconds, self.members))

    @property
    def peak(self) -> float:
        """MiB of the arbiter and the worker at their peak."""
        return sum(map(peak_memory, self.members))

    @property
    def stages(self) -> dict[str, float]:
        """Of the last answer, in seconds."""
        for line in reversed(self.log.read_text().splitlines()):
            if '"milliseconds"' in line:
                told = json.loads(line)["milliseconds"]
                return {name: value / 1000 for name, value in told.items()}
        return {}

    def end(self) -> None:
        self.process.terminate()
        self.process.wait()


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Workplace:
    """Staged functions, and a casebook that each start finds as the others left it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.photo = encoded(Image.fromarray(astronaut()), "JPEG")
        # PNG cannot be decoded smaller, as JPEG can.
        large = Image.new("RGB", LARGE, "white")
        large.paste(Image.fromarray(astronaut()).resize((1024, 1024)), (2000, 2000))
        self.large = encoded(large, "PNG")
        for name in TARGETS:
            stage(name, folder / name)

    @contextmanager
    def process(self, name: str) -> Iterator[Process]:
        process = Process(self.folder / name, name, self.folder / "home", self.folder / "log")
        try:
            yield process
        finally:
            process.end()

    def request(self, name: str, photo: bytes) -> Asked:
        """What a function is asked first."""
        if name == "similarity":
            body, headers = multipart({"image1": photo, "image2": photo})
            return Asked("POST", "/", body, headers)
        if name == "batch_similarity":
            body, headers = multipart({"imageList1": photo, "imageList2": photo})
            return Asked("POST", "/", body, headers)
        if name == "search":
            return Asked("GET", "/health?warm=true")
        if name == "cases":
            return Asked("POST", "/cases", json.dumps(PERSON).encode(), JSON)
        return self.event(photo)

    def heavy_request(self, name: str) -> Asked:
        """What costs a function the most memory."""
        if name == "search":
            body, headers = multipart({"photo": self.large}, said=SEEN)
            return Asked("POST", "/search/sightings", body, headers)
        if name != "cases":
            return self.request(name, self.large)
        with self.process("cases") as cases:
            return self.upload(cases, self.large)

    def upload(self, cases: Process, photo: bytes) -> Asked:
        """A photo of a new case."""
        cases.wait()
        case = cases.ask(self.request("cases", photo))
        body, headers = multipart({"photo": photo}, case["secret"])
        return Asked("POST", f"/cases/{case['case']}/photos", body, headers)

    def event(self, photo: bytes) -> Asked:
        """The event of a photo that has just been uploaded to a new case."""
        with self.process("cases") as cases:
            asked = self.upload(cases, photo)
            sent = {**cases.ask(asked), "case": asked.path.split("/")[2]}
        place = self.folder / "home" / "incoming" / sent["case"] / f"{sent['photo']}.jpg"
        name = f"{sent['case']}/{sent['photo']}.jpg"
        data = {"bucket": "incoming", "name": name, "generation": str(place.stat().st_mtime_ns)}
        headers = {
            **JSON,
            "ce-id": name,
            "ce-source": "//storage.googleapis.com/projects/_/buckets/incoming",
            "ce-specversion": "1.0",
            "ce-type": FINALIZED,
            "ce-time": "2026-01-01T00:00:00Z",
        }
        return Asked("POST", "/", json.dumps(data).encode(), headers)


JSON = {"Content-Type": "application/json"}


def start(work: Workplace, name: str) -> Start:
    """One cold start."""
    asked = work.request(name, work.photo)
    with work.process(name) as process:
        process.wait()
        listens, listens_cpu = time.perf_counter() - process.began, process.cpu
        process.ask(asked)
        answers, answers_cpu = time.perf_counter() - process.began, process.cpu
        return Start(listens, listens_cpu, answers, answers_cpu, process.stages, process.peak)


def heavy(work: Workplace, name: str, at_once: int) -> float:
    """MiB at the peak of as many large requests at once as an instance takes."""
    requests = [work.heavy_request(name) for _ in range(at_once)]
    with work.process(name) as process, ThreadPoolExecutor(at_once) as pool:
        process.wait()
        list(pool.map(process.ask, requests))
        return process.peak


def import_torch() -> float:
    """CPU seconds of a process that imports torch and ends."""
    script = "import torch, time; print(time.process_time())"
    variables = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", script]
    return float(subprocess.check_output(command, env=variables, text=True))


def rows() -> dict[str, list[str]]:
    """infra/functions.txt by function."""
    lines = (ROOT / "infra" / "functions.txt").read_text().splitlines()
    words = [line.split() for line in lines if line and not line.startswith("#")]
    return {line[0]: line for line in words}


def asked_for(row: list[str]) -> int:
    """MiB that deploy.sh asks for."""
    return int(row[3][:-2]) * UNITS[row[3][-2:]]


def middle(starts: list[Start], name: str) -> float:
    return median(getattr(each, name) for each in starts)


def print_stages(measured: Mapping[str, list[Start]]) -> None:
    print("\n| | listens | its CPU | first answer | its CPU | of the answer |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    for name, starts in measured.items():
        figures = [f"{middle(starts, key):.2f}" for key in FIGURES]
        stages = ", ".join(f"{key} {value:.2f}" for key, value in starts[-1].stages.items())
        print(f"| {name} | {' | '.join(figures)} | {stages} |")


FIGURES = ("listens", "listens_cpu", "answers", "answers_cpu")


def print_memory(work: Workplace, measured: Mapping[str, list[Start]]) -> None:
    print("\n| MiB | first answer | at once | heavy | deploy.sh asks for |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, starts in measured.items():
        row = rows()[name]
        peak = heavy(work, name, int(row[5]))
        first = middle(starts, "memory")
        print(f"| {name} | {first:.0f} | {row[5]} | {peak:.0f} | {asked_for(row)} |")


def print_budget(measured: list[Start], torch: float) -> None:
    """The bound of the project: 1.5 times `import torch`, and 2 s."""
    budget = 1.5 * torch + 2
    first = middle(measured, "answers_cpu")
    print(
        f"\nimport torch alone: {torch:.2f} s of CPU; similarity to its first answer: {first:.2f}"
    )
    print(f"Within 1.5 times that and 2 s ({budget:.2f}): {'yes' if first <= budget else 'NO'}")


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description="Cold starts, as tables of stages.")
    parser.add_argument("--rounds", type=int, default=3)
    rounds = range(parser.parse_args().rounds)
    with tempfile.TemporaryDirectory() as folder:
        work = Workplace(Path(folder))
        measured: dict[str, list[Start]] = {name: [] for name in TARGETS}
        torch = []
        for _ in tqdm(rounds, "rounds"):
            torch.append(import_torch())
            for name in TARGETS:
                measured[name].append(start(work, name))
        print_stages(measured)
        print_memory(work, measured)
        print_budget(measured["similarity"], median(torch))


if __name__ == "__main__":
    main()
