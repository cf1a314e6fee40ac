"""A function in a process of its own, as functions-framework serves it, over loopback HTTP."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.test import EnvironBuilder, TestResponse

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Answered:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    json: Any


@dataclass(frozen=True)
class Served:
    """A process that serves at a port of 127.0.0.1; pid is the supervisor's, not the worker's."""

    port: int
    pid: int

    @property
    def worker(self) -> int:
        """The process id of gunicorn's one worker."""
        return int(Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()[0])

    def ask(
        self,
        method: str,
        path: str = "/",
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> Answered:
        """One request; a body that is not bytes goes out chunked."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            content = response.read()
            return Answered(
                response.status, dict(response.getheaders()), json.loads(content or b"null")
            )
        finally:
            connection.close()

    def post(self, fields: Mapping[str, Any], path: str = "/") -> Answered:
        """POST of a multipart form; a file is (stream, name)."""
        body, content_type = multipart(fields)
        return self.ask("POST", path, body, {"Content-Type": content_type})


def multipart(fields: Mapping[str, Any]) -> tuple[bytes, str]:
    """The body and content type of a multipart form."""
    environ = EnvironBuilder(method="POST", data=dict(fields)).get_environ()
    return environ["wsgi.input"].read(), environ["CONTENT_TYPE"]


def content(response: TestResponse) -> Any:
    """The JSON of a test client's response, whatever it holds."""
    return response.json


@contextmanager
def serve(
    source: Path,
    target: str,
    python: str = sys.executable,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Served]:
    """functions-framework on `source`, from ready to ended."""
    port = free_port()
    command = [python, "-m", "functions_framework", "--source", str(source)]
    command += ["--target", target, "--host", "127.0.0.1", "--port", str(port)]
    variables = {"PYTHONPATH": str(ROOT), "THREADS": "4", **os.environ, **(environment or {})}
    process = subprocess.Popen(command, env=variables, cwd=source.parent)
    try:
        yield wait_until_ready(Served(port, process.pid), process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_until_ready(
    served: Served, process: subprocess.Popen[bytes], health: str = "/health"
) -> Served:
    """Waits until the health path answers."""
    for _ in range(300):
        assert process.poll() is None, "the server ended early"
        try:
            if served.ask("GET", health, timeout=5).status == 200:
                return served
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not become ready")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
