"""Who calls, and the token they show."""

import ipaddress
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
    sighting that a reporter's secret opens. partner: the partner's identity.
    """

    role: Role
    name: str = ""
    record: str | None = None
    partner: str = ""

    @property
    def staff(self) -> bool:
        """A reviewer or an admin."""
        return self.role in STAFF

    @property
    def owner(self) -> str:
        """Who a record belongs to that the caller reports; "" where a secret opens it."""
        return self.actor if self.staff else self.partner

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


def network_of(address: str) -> str:
    """What requests of an address are counted by: however it is spelled, the same; of IPv6 the /64,
    all of which one machine may use. A text that is no address stays as it is.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    # An IPv4 address in the clothes of IPv6: mapped, or one that may make up 65,536 such networks.
    within = parsed.ipv4_mapped or parsed.sixtofour
    return str(within or ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))
