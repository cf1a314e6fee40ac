"""The certificates of an issuer of tokens: fetched when one is needed, and kept for as long as the
issuer says.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from aifr.errors import IssuerUnavailable

MAX_AGE = re.compile(r"max-age=([0-9]{1,9})")
USUAL_SECONDS, LEAST_SECONDS, MOST_SECONDS = 300, 60, 86_400
# How soon it is asked again: for a certificate that it had not, and after it did not answer.
UNKNOWN_SECONDS, PAUSE_SECONDS = 60.0, 2.0
ANSWER_SECONDS = 5.0


@dataclass(frozen=True)
class Fetched:
    """What the issuer answered, as google-auth reads it. names: of the certificates; moments by the
    monotonic clock.
    """

    data: bytes
    names: frozenset[str]
    at: float
    expires: float
    status: int = 200

    def serves(self, name: str, now: float) -> bool:
        """Whether it is not worth asking again for a certificate."""
        return now < self.expires and (name in self.names or now < self.at + UNKNOWN_SECONDS)


class Certificates:
    """Those at one URL; safe for threads, of which one asks and the others wait for its answer."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._fetched: Fetched | None = None
        self._again = 0.0
        self._fetching = Lock()

    def fetched(self, name: str, may_fetch: Callable[[], None]) -> Fetched:
        """All certificates, that of a name among them if the issuer has it.

        may_fetch: raises what keeps this caller from having the issuer asked. Raises
        IssuerUnavailable where it cannot be reached, and for 2 s after without asking.
        """
        kept = self._kept(name)
        if kept is not None:
            return kept
        may_fetch()
        with self._fetching:
            kept = self._kept(name)
            if kept is None:
                kept = self._fetched = self._fetch()
            return kept

    def _kept(self, name: str) -> Fetched | None:
        kept = self._fetched
        return kept if kept is not None and kept.serves(name, time.monotonic()) else None

    def _fetch(self) -> Fetched:
        if time.monotonic() < self._again:
            raise IssuerUnavailable()
        try:
            return _ask(self.url)
        except IssuerUnavailable:
            self._again = time.monotonic() + PAUSE_SECONDS
            raise


def _ask(url: str) -> Fetched:
    from google.auth.exceptions import TransportError
    from google.auth.transport.requests import Request

    try:
        answer = Request()(url, method="GET", timeout=ANSWER_SECONDS)
    except TransportError as error:
        raise IssuerUnavailable() from error
    names = _names(answer.data) if answer.status == 200 else None
    if names is None:
        raise IssuerUnavailable()
    now = time.monotonic()
    return Fetched(answer.data, names, now, now + _max_age(answer.headers))


def _names(data: bytes) -> frozenset[str] | None:
    try:
        content = json.loads(data)
    except ValueError:
        return None
    return frozenset(content) if isinstance(content, dict) else None


def _max_age(headers: Mapping[str, str]) -> int:
    """Seconds, within bounds that no slip of the issuer's breaks."""
    told = {name.casefold(): value for name, value in headers.items()}
    found = MAX_AGE.search(told.get("cache-control", ""))
    age = told.get("age", "")
    seconds = int(found[1]) - (int(age) if age.isdecimal() else 0) if found else USUAL_SECONDS
    return min(max(seconds, LEAST_SECONDS), MOST_SECONDS)
