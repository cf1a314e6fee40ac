"""Whether an instance lives, and on demand whether it can work."""

from collections.abc import Callable
from typing import Any

from flask import Request

from aifr.endpoint.query import flag

HEALTH_METHODS = ("GET", "HEAD", "OPTIONS")
HEALTH_PARAMETERS = ("warm",)


def health(request: Request, warm: Callable[[], str]) -> dict[str, Any]:
    """{"status": "ok"}; with ?warm=true also the version of the model, which is loaded first."""
    if flag(request, "warm"):
        return {"status": "ok", "model": warm()}
    return {"status": "ok"}
