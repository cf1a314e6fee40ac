"""Secrets over HTTP, of cases and of sightings alike."""

from typing import Any

from aifr.casebook.home import home
from aifr.casebook.secrets import change_secret
from aifr.endpoint.caller import Caller
from aifr.errors import NotAllowed


def new_secret(subject: str, caller: Caller) -> dict[str, Any]:
    """Another secret of a case or sighting, in place of the one that opened it; raises NotAllowed
    for partners, whose key opens what is theirs for as long as it is valid, and nothing else does.
    """
    if caller.role == "partner":
        raise NotAllowed("Your key opens this; no secret does.")
    return {"secret": change_secret(home().records, subject, caller.actor)}
