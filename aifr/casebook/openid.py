"""OpenID Connect tokens of Google's.

What a token claims is read before anything is asked of Google: only for one that could be good are
certificates fetched, once for all requests while they last.
"""

import base64
import json
import math
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from aifr.casebook.certificates import Certificates, Fetched

CERTIFICATES = "https://www.googleapis.com/oauth2/v1/certs"
ISSUERS = ("https://accounts.google.com", "accounts.google.com")
ALGORITHM = "RS256"
# By how much clocks may differ.
SKEW_SECONDS = 10


def verified_email(
    token: str, audience: str, may_fetch: Callable[[], None] = lambda: None
) -> str | None:
    """The verified e-mail address in a token that is signed by Google, unexpired and for this
    audience; None for any other.

    Raises what `Certificates.fetched` raises, `may_fetch` is for.
    """
    header, claims = _part(token, 0), _part(token, 1)
    if not (_header_fits(header) and _claims_fit(claims, audience)):
        return None

    def fetched(url: str, method: str) -> Fetched:
        return _certificates(url).fetched(header["kid"], may_fetch)

    return str(claims["email"]) if _is_signed(token, audience, fetched) else None


def _part(token: str, number: int) -> Mapping[str, Any]:
    """The header or the claims, unverified; empty where they cannot be read."""
    part = token.split(".")[number].encode()
    try:
        content = json.loads(base64.b64decode(part + b"=" * (-len(part) % 4), b"-_", True))
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _header_fits(header: Mapping[str, Any]) -> bool:
    kid = header.get("kid")
    # What `crit` names would have to be understood.
    return header.get("alg") == ALGORITHM and isinstance(kid, str) and "crit" not in header


def _claims_fit(claims: Mapping[str, Any], audience: str) -> bool:
    now = time.time()
    return (
        claims.get("iss") in ISSUERS
        and claims.get("aud") == audience
        and _moment(claims, "iat") <= now + SKEW_SECONDS
        and _moment(claims, "nbf", 0.0) <= now + SKEW_SECONDS
        and _moment(claims, "exp") > now - SKEW_SECONDS
        and isinstance(claims.get("email"), str)
        and "@" in claims["email"]
        and claims.get("email_verified") is True
    )


def _moment(claims: Mapping[str, Any], name: str, default: float = math.nan) -> float:
    """In Unix time; not a number, which is neither before nor after any, where there is none."""
    value = claims.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12:
        return math.nan
    return float(value)


@cache
def _certificates(url: str) -> Certificates:
    return Certificates(url)


def _is_signed(token: str, audience: str, fetched: Callable[[str, str], Fetched]) -> bool:
    from google.auth.exceptions import GoogleAuthError
    from google.oauth2.id_token import verify_token

    try:
        verify_token(
            token,
            # As good as what it asks for: called with a URL, it answers with status and data.
            fetched,  # type: ignore[arg-type]
            audience,
            certs_url=CERTIFICATES,
            clock_skew_in_seconds=SKEW_SECONDS,
        )
    except (ValueError, GoogleAuthError):
        return False
    return True
