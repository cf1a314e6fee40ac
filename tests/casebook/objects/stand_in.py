"""A server that notes what it is asked and answers what it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

# google-cloud-storage asks this in a thread of its own, now and then, to trace its calls.
ASIDE = "/storage/v1/b/bucket"


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What to send. A Content-Length among the headers stands, whatever the body's length."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class StandIn:
    """answers: one a request, the last one for all that follow."""

    address: str
    answers: list[Answer] = field(default_factory=lambda: [Answer()])
    asked: list[Asked] = field(default_factory=list)

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def standing_in() -> Iterator[StandIn]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in = StandIn(f"http://127.0.0.1:{server.server_address[1]}")
    server.stand_in = stand_in  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    # So that it says to go on to clients that ask before they send a body.
    protocol_version = "HTTP/1.1"

    def handle_any(self) -> None:
        stand_in: StandIn = self.server.stand_in  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        if parts.path == ASIDE:
            self.answer(Answer(403))
            return
        stand_in.asked.append(
            Asked(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers))
        )
        self.answer(stand_in.next())

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any

    def answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in {
            "Content-Length": len(answer.body),
            "Connection": "close",
            **answer.headers,
        }.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *arguments: Any) -> None:
        """Nothing on stderr."""
