"""Erasing over HTTP, of cases and of sightings alike."""

from typing import Any

from aifr.casebook.erasure import erase, erase_own
from aifr.casebook.home import home
from aifr.desk.photos import match_again
from aifr.desk.views import erasure_view, full_erasure
from aifr.endpoint.caller import Caller


def erase_subject(subject: str, caller: Caller) -> dict[str, Any]:
    """Erases a case or sighting everywhere; the proof, as this caller may see it."""
    if caller.staff:
        return full_erasure(erase(home(), subject, caller.actor))
    erasure = erase_own(home(), subject, caller.actor)
    match_again(subject)
    return erasure_view(erasure)
