"""Which sites a browser lets read the answers."""

from collections.abc import Callable
from typing import Any

from flask import Request

from tests.endpoint.conftest import ClientOf

SITE = "https://reunite.example"
ALLOW = "Access-Control-Allow-Origin"


def echo(request: Request) -> dict[str, Any]:
    return {}


def test_no_site_is_allowed_by_default(client_of: ClientOf) -> None:
    response = client_of(echo).post("/", headers={"Origin": SITE})

    assert ALLOW not in response.headers
    assert response.headers["Vary"] == "Origin"


def test_a_configured_site_is_allowed(client_of: ClientOf, configure: Callable[..., None]) -> None:
    configure(AIFR_ALLOWED_ORIGINS=f"https://other.example, {SITE}")

    response = client_of(echo).post("/", headers={"Origin": SITE})

    assert response.headers[ALLOW] == SITE
    exposed = response.headers["Access-Control-Expose-Headers"]
    assert exposed == "X-Request-Id, Retry-After, ETag"


def test_another_site_is_not(client_of: ClientOf, configure: Callable[..., None]) -> None:
    configure(AIFR_ALLOWED_ORIGINS=SITE)

    response = client_of(echo).post("/", headers={"Origin": SITE + ".evil.example"})

    assert ALLOW not in response.headers


def test_an_asterisk_allows_every_site(client_of: ClientOf, configure: Callable[..., None]) -> None:
    configure(AIFR_ALLOWED_ORIGINS="*")

    assert client_of(echo).post("/", headers={"Origin": SITE}).headers[ALLOW] == SITE


def test_errors_can_be_read_by_the_site_too(
    client_of: ClientOf, configure: Callable[..., None]
) -> None:
    configure(AIFR_ALLOWED_ORIGINS=SITE)

    response = client_of(echo).get("/", headers={"Origin": SITE})

    assert (response.status_code, response.headers[ALLOW]) == (405, SITE)


def test_a_preflight_is_told_methods_and_headers(
    client_of: ClientOf, configure: Callable[..., None]
) -> None:
    configure(AIFR_ALLOWED_ORIGINS=SITE)
    asked = {"Origin": SITE, "Access-Control-Request-Method": "POST"}

    response = client_of(echo).options("/", headers=asked)

    assert response.status_code == 204
    assert response.headers[ALLOW] == SITE
    assert response.headers["Access-Control-Allow-Methods"] == "POST, OPTIONS"
    assert (
        response.headers["Access-Control-Allow-Headers"]
        == "Authorization, Content-Type, Idempotency-Key, If-Match, X-Request-Id"
    )
