"""What is asked of the issuer of reviewers' tokens: little, and its silence is no refusal."""

import base64
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

import aifr.casebook.certificates
import aifr.casebook.openid
from aifr.casebook.staff import add_staff
from aifr.settings import settings
from tests.desk.conftest import Desk
from tests.desk.tokens import AUDIENCE, certificate, private_key, signed
from tests.served import free_port


@dataclass
class Issuer:
    """A server of certificates. asked: how often it was; status, body: what it answers."""

    key: rsa.RSAPrivateKey
    certificates: dict[str, str]
    headers: dict[str, str] = field(default_factory=lambda: {"Cache-Control": "max-age=600"})
    asked: int = 0
    status: int = 200
    body: bytes | None = None

    @property
    def answer(self) -> bytes:
        return json.dumps(self.certificates).encode() if self.body is None else self.body


@pytest.fixture
def issuer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """An issuer on this machine; Ana is a reviewer."""
    key = private_key()
    issuer = Issuer(key, {"one": certificate(key).decode()})

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked += 1
            self.send_response(issuer.status)
            for name, value in issuer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(issuer.answer)

        def log_message(self, *said: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ask_at(monkeypatch, f"http://127.0.0.1:{server.server_port}/certs")
    add_staff(desk.home.records, "ana@example.org", "reviewer")
    yield issuer
    server.shutdown()
    server.server_close()


def ask_at(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(aifr.casebook.openid, "CERTIFICATES", url)
    monkeypatch.setenv("AIFR_STAFF_AUDIENCE", AUDIENCE)
    monkeypatch.setenv("AIFR_REFUSED_TOKENS_AN_HOUR", "1000")
    settings.cache_clear()


def status(desk: Desk, token: str) -> int:
    return desk.ask("GET", "/cases/me", token).status_code


def test_certificates_are_fetched_once_for_all_requests(desk: Desk, issuer: Issuer) -> None:
    statuses = {status(desk, signed(issuer.key)) for _ in range(20)}

    assert (statuses, issuer.asked) == ({200}, 1)


def part(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def junk() -> list[str]:
    """Tokens that nobody signed for us, from noise to what looks good at first sight."""
    key = private_key()
    whole = signed(key)
    header, claims, signature = whole.split(".")
    strange: list[Any] = [[], 7, None, "x"]
    headers: list[dict[str, Any]] = [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": ["RS256"]},
        {"kid": None},
        {"kid": 7},
        {"kid": ["one"]},
        {"kid": {}},
        {"crit": ["b64"]},
    ]
    usual = {"typ": "JWT", "alg": "RS256", "kid": "one"}
    return [
        *("a.b.c", "..", "[].[].[]", f"{header}..{signature}", f".{claims}.{signature}"),
        *(f"{part(each)}.{claims}.{signature}" for each in strange),
        *(f"{header}.{part(each)}.{signature}" for each in strange),
        *(f"{part({**usual, **each})}.{claims}.{signature}" for each in headers),
        *(f"{header}.{claims}.{noise}" for noise in ("", "AAAA", "*", "A" * 3000)),
        *(signed(key, kid=f"kid-{number}") for number in range(40)),
    ]


def test_fifty_junk_tokens_have_the_issuer_asked_once_at_most(desk: Desk, issuer: Issuer) -> None:
    tokens = junk()

    statuses = {status(desk, token) for token in tokens}

    assert len(tokens) >= 50
    assert (statuses, issuer.asked) == ({401}, 1)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": None},
        {"iss": ["https://accounts.google.com"]},
        {"iss": "https://example.org"},
        {"aud": None},
        {"aud": [AUDIENCE]},
        {"aud": "another"},
        {"exp": None},
        {"exp": 1},
        {"exp": "soon"},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"exp": True},
        {"iat": None},
        {"iat": 4e9},
        {"iat": []},
        {"nbf": 4e9},
        {"email": None},
        {"email": ["ana@example.org"]},
        {"email": {"ana@example.org": 1}},
        {"email": ""},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email_verified": 1},
        {"email_verified": False},
    ],
)
def test_a_token_whose_claims_are_not_ours_is_refused_before_anyone_is_asked(
    desk: Desk, issuer: Issuer, claims: dict[str, Any]
) -> None:
    assert status(desk, signed(issuer.key, **claims)) == 401
    assert issuer.asked == 0


def test_an_issuer_that_is_down_is_told_as_such_and_not_as_a_bad_token(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_at(monkeypatch, f"http://127.0.0.1:{free_port()}/certs")

    answer = desk.ask("GET", "/cases/me", signed(private_key()))

    assert (answer.status_code, answer.json["error"]["code"]) == (503, "issuer_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("status_of_issuer", "body"),
    [(500, None), (404, None), (200, b"<html>"), (200, b"[]"), (200, b"\xff")],
)
def test_an_issuer_that_answers_nonsense_is_unavailable(
    desk: Desk, issuer: Issuer, status_of_issuer: int, body: bytes | None
) -> None:
    issuer.status, issuer.body = status_of_issuer, body

    assert status(desk, signed(issuer.key)) == 503


def test_an_issuer_that_is_down_is_not_asked_by_every_request_and_soon_again(
    desk: Desk, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.status = 500
    down = [status(desk, signed(issuer.key)) for _ in range(10)]
    asked, issuer.status = issuer.asked, 200
    monkeypatch.setattr(aifr.casebook.openid._certificates(url()), "_again", 0.0)

    assert (down, asked) == ([503] * 10, 1)
    assert status(desk, signed(issuer.key)) == 200


def url() -> str:
    return aifr.casebook.openid.CERTIFICATES


def test_while_certificates_last_a_silent_issuer_keeps_nobody_out(
    desk: Desk, issuer: Issuer
) -> None:
    before = status(desk, signed(issuer.key))
    issuer.status = 500

    assert (before, status(desk, signed(issuer.key))) == (200, 200)


def test_a_new_key_of_the_issuers_is_taken_a_minute_later_at_the_latest(
    desk: Desk, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    status(desk, signed(issuer.key))
    new = private_key()
    issuer.certificates["two"] = certificate(new).decode()
    token = signed(new, kid="two")
    at_once = status(desk, token)
    monkeypatch.setattr(aifr.casebook.certificates, "UNKNOWN_SECONDS", 0.0)

    later = [status(desk, token) for _ in range(3)]

    assert (at_once, later, issuer.asked) == (401, [200] * 3, 2)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=600"}, 600),
        ({"cache-control": "max-age=600", "Age": "500"}, 100),
        ({"Cache-Control": "max-age=0"}, 60),
        ({"Cache-Control": "max-age=999999999"}, 86_400),
        ({"Cache-Control": "no-cache"}, 300),
        ({}, 300),
    ],
)
def test_certificates_are_kept_for_as_long_as_the_issuer_says_within_bounds(
    headers: dict[str, str], seconds: int
) -> None:
    assert aifr.casebook.certificates._max_age(headers) == seconds


def test_many_requests_at_once_have_the_issuer_asked_once(desk: Desk, issuer: Issuer) -> None:
    tokens, statuses = [signed(issuer.key) for _ in range(8)], []
    threads = [
        threading.Thread(target=lambda token=token: statuses.append(status(desk, token)))
        for token in tokens
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (statuses, issuer.asked) == ([200] * 8, 1)


def test_who_guessed_too_often_has_the_issuer_asked_no_more(
    desk: Desk, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIFR_REFUSED_TOKENS_AN_HOUR", "2")
    settings.cache_clear()
    guesses = [status(desk, f"guess{n}") for n in range(3)]

    assert guesses == [401, 401, 429]
    assert status(desk, signed(private_key())) == 429
    assert issuer.asked == 0
