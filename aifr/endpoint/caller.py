"""Who calls, and the token they show."""

import re
from dataclasses import dataclass
from typing import Literal

from flask import Request

from aifr.errors import NotAuthenticated

Role = Literal["public", "reporter", "partner", "reviewer", "admin"]
STAFF = frozenset({"reviewer", "admin"})
BEARER = re.compile(r"Bearer ([\x21-\x7e]{1,4096})", re.IGNORECASE)


@dataclass(frozen=True)
class Caller:
    """name: of a partner, a key or a person; "" for the public and reporters. record: the case or
    sighting that a reporter's secret opens.
    """

    role: Role
    name: str = ""
    record: str | None = None

    @property
    def staff(self) -> bool:
        """A reviewer or an admin."""
        return self.role in STAFF

    @property
    def actor(self) -> str:
        """As the audit names the caller."""
        return f"{self.role}:{self.name}" if self.name else self.role


def bearer_token(request: Request) -> str | None:
    """The token of the header Authorization; raises NotAuthenticated for another scheme."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    match = BEARER.fullmatch(header)
    if match is None:
        raise NotAuthenticated("Authorization must be: Bearer TOKEN.")
    return match[1]


def client_address(request: Request, trusted_proxies: int) -> str:
    """The address of the caller: the one that the outermost of our own proxies saw. What the caller
    itself wrote into X-Forwarded-For lies further left.
    """
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if 0 < trusted_proxies <= len(seen) and seen[-trusted_proxies]:
        return seen[-trusted_proxies]
    return request.remote_addr or ""
