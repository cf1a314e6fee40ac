"""Reviewers by OpenID Connect: real signatures, checked against certificates of this test."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

import aifr.casebook.keys
import aifr.casebook.staff
from aifr.casebook.staff import add_staff, remove_staff, staff_role
from aifr.settings import settings
from tests.desk.conftest import Desk
from tests.desk.tokens import AUDIENCE, certificate, private_key, signed

Token = Callable[..., str]


@pytest.fixture
def token(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Token:
    """Makes a token; Ana is a reviewer, and keys of staff are not taken."""
    key = private_key()
    certificates = {"one": certificate(key).decode()}
    monkeypatch.setattr("google.oauth2.id_token._fetch_certs", lambda *_: certificates)
    monkeypatch.setenv("AIFR_STAFF_AUDIENCE", AUDIENCE)
    monkeypatch.setenv("AIFR_STAFF_KEYS", "false")
    settings.cache_clear()
    add_staff(desk.home.records, "ana@example.org", "reviewer")
    return lambda **claims: signed(key, **claims)


def test_a_reviewers_token_opens_the_queue_under_their_name(desk: Desk, token: Token) -> None:
    told = desk.ask("GET", "/cases/me", token()).json

    assert (told["role"], told["name"]) == ("reviewer", "ana@example.org")
    assert desk.ask("GET", "/search/matches/next", token()).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"iss": "https://example.org"},
        {"iat": 1, "exp": 601},
        {"email": "stranger@example.org"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None},
    ],
)
def test_any_other_token_opens_nothing(desk: Desk, token: Token, claims: dict[str, Any]) -> None:
    assert desk.ask("GET", "/search/matches/next", token(**claims)).status_code == 401


def test_a_token_that_somebody_else_signed_opens_nothing(desk: Desk, token: Token) -> None:
    assert desk.ask("GET", "/cases/me", signed(private_key())).status_code == 401


def test_who_is_no_longer_staff_is_out_at_once(desk: Desk, token: Token) -> None:
    before = desk.ask("GET", "/cases/me", token()).status_code
    remove_staff(desk.home.records, "ANA@example.org")

    assert (before, desk.ask("GET", "/cases/me", token()).status_code) == (200, 401)


def test_without_an_audience_no_token_is_taken(
    desk: Desk, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIFR_STAFF_AUDIENCE", "")
    settings.cache_clear()

    assert desk.ask("GET", "/cases/me", token()).status_code == 401


def run(module: Any, monkeypatch: pytest.MonkeyPatch, desk: Desk, *words: str) -> None:
    monkeypatch.setattr(f"{module.__name__}.home", lambda: desk.home)
    monkeypatch.setattr(sys, "argv", ["command", *words])
    module.main()


def test_staff_are_added_listed_and_removed_by_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(aifr.casebook.staff, monkeypatch, desk, "add", "Ion@example.org", "admin")
    role = staff_role(desk.home.records, "ion@example.org")
    run(aifr.casebook.staff, monkeypatch, desk, "list")
    run(aifr.casebook.staff, monkeypatch, desk, "remove", "ion@example.org")

    assert role == "admin"
    assert capsys.readouterr().out == "admin\tion@example.org\n"
    assert staff_role(desk.home.records, "ion@example.org") is None


def test_keys_are_made_listed_and_revoked_by_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(aifr.casebook.keys, monkeypatch, desk, "create", "Helpers")
    key = capsys.readouterr().out.strip()
    before = desk.ask("GET", "/cases/me", key).json
    run(aifr.casebook.keys, monkeypatch, desk, "list")
    listed = capsys.readouterr().out
    run(aifr.casebook.keys, monkeypatch, desk, "revoke", "Helpers")

    assert before["name"] == "Helpers"
    assert "partner\tHelpers" in listed and key not in listed
    assert desk.ask("GET", "/cases/me", key).status_code == 401
