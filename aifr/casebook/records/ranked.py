"""The one order in which both homes return neighbours."""

from collections.abc import Iterable

from aifr.casebook.records.contract import Neighbour

# Homes add up in different orders: beyond these the digits may differ.
DECIMALS = 6


def neighbour(photo: str, subject: str, similarity: float) -> Neighbour:
    """A neighbour, with its similarity rounded, and within [-1, 1]."""
    return Neighbour(photo, subject, round(min(1.0, max(-1.0, similarity)), DECIMALS))


def ranked(neighbours: Iterable[Neighbour], limit: int) -> list[Neighbour]:
    """The first `limit` of neighbours: most similar first, then by id of the photo."""
    return sorted(neighbours, key=lambda each: (-each.similarity, each.photo))[:limit]
