"""A match with the records it rests on, as they are at this moment.

A photo that is gone, or whose face was taken out, is so from that moment, though the matches that
rest on it are settled a little later.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from aifr.casebook.cases import CASES, Case
from aifr.casebook.decisions import Match, Side, without_photo
from aifr.casebook.photos import PHOTOS, Photo
from aifr.casebook.records.contract import Document, Records, Transaction
from aifr.casebook.sightings import SIGHTINGS, Sighting
from aifr.casebook.stored import as_record
from aifr.casebook.withdrawn import WITHDRAWN
from aifr.errors import NotFound

SIDES: tuple[Side, ...] = get_args(Side)
# Kind and identity -> the document, None where there is none.
Look = Callable[[str, str], Document | None]


@dataclass(frozen=True)
class Sides:
    """A photo that is gone is None."""

    match: Match
    case: Case
    sighting: Sighting
    case_photo: Photo | None
    sighting_photo: Photo | None


def sides_of(reader: Records | Transaction, match: Match) -> Sides:
    """Raises NotFound where a side was erased, or a photo of a match that nobody has answered."""
    sides = _sides(match, reader.get)
    if sides is None:
        raise NotFound("There is no such match.")
    return sides


def sides_of_all(records: Records, matches: Sequence[Match]) -> list[Sides]:
    """Of a page of matches, those that are there."""
    photos = _names(match.case_photo for match in matches)
    photos = _names([*photos, *(match.sighting_photo for match in matches)])
    wanted = {
        CASES: _names(match.case for match in matches),
        SIGHTINGS: _names(match.sighting for match in matches),
        PHOTOS: photos,
    }
    wanted[WITHDRAWN] = [name for names in wanted.values() for name in names]
    there = {kind: records.get_all(kind, names) for kind, names in wanted.items()}
    found = (_sides(match, lambda kind, name: there[kind].get(name)) for match in matches)
    return [sides for sides in found if sides is not None]


def _names(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _sides(match: Match, look: Look) -> Sides | None:
    case, sighting = look(CASES, match.case), look(SIGHTINGS, match.sighting)
    subjects_gone = look(WITHDRAWN, match.case) or look(WITHDRAWN, match.sighting)
    if case is None or sighting is None or subjects_gone:
        return None
    names: dict[Side, str] = {side: getattr(match, side) for side in SIDES}
    photos = {side: look(PHOTOS, name) for side, name in names.items()}
    left: Match | None = match
    for side, name in names.items():
        photo = photos[side]
        gone = photo is None or photo["state"] != "embedded" or look(WITHDRAWN, name)
        left = without_photo(left, side, match.updated) if left and gone else left
    if left is None:
        return None
    of_case, of_sighting = (
        as_record(Photo, names[side], document) if document else None
        for side, document in photos.items()
    )
    return Sides(
        left,
        as_record(Case, match.case, case),
        as_record(Sighting, match.sighting, sighting),
        of_case,
        of_sighting,
    )
