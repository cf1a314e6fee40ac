"""The matrices of all galleries, kept in step with the table of faces."""

import sqlite3
from collections import defaultdict

import numpy as np

from aifr.casebook.records import sqlite_faces
from aifr.casebook.records.contract import FaceFilter, Neighbour
from aifr.casebook.records.matrix import Label, Matrix
from aifr.casebook.records.ranked import neighbour, ranked
from aifr.casebook.records.sqlite_faces import STORED, Change

# A gallery and a dimension: versions of the model may differ in it.
Place = tuple[str, int]


class Galleries:
    """Not safe for threads. Every method takes a connection in a transaction, which sees one state
    of the table from beginning to end.
    """

    def __init__(self) -> None:
        self._matrices: dict[Place, Matrix] = {}
        self._place_of: dict[int, Place] = {}
        self._seen = 0

    def nearest(
        self, connection: sqlite3.Connection, probe: np.ndarray, where: FaceFilter, limit: int
    ) -> list[Neighbour]:
        """The faces most like `probe` in the table as the connection sees it."""
        self._catch_up(connection)
        matrix = self._matrices.get((where.gallery, len(probe)))
        if matrix is None:
            return []
        numbers, similarities = matrix.search(probe, lambda label: _fits(label, where), limit)
        found = dict(zip(numbers.tolist(), similarities.tolist(), strict=True))
        names = sqlite_faces.named(connection, found)
        return ranked((neighbour(*names[number], found[number]) for number in found), limit)

    def _catch_up(self, connection: sqlite3.Connection) -> None:
        for changes in sqlite_faces.changes_after(connection, self._seen):
            # In this order a failure in between does no harm: the same changes come again.
            for change in changes:
                self._remove(change.number)
            for place, added in _by_place(changes).items():
                self._add(connection, place, added)
            self._seen = changes[-1].change

    def _remove(self, number: int) -> None:
        place = self._place_of.pop(number, None)
        if place is None:
            return
        self._matrices[place].remove(number)
        if len(self._matrices[place]) == 0:
            del self._matrices[place]

    def _add(self, connection: sqlite3.Connection, place: Place, changes: list[Change]) -> None:
        gallery, dimension = place
        if place not in self._matrices:
            # Room for all at once and some to come: unused, it takes no memory, but growing takes
            # as much again for a while.
            expected = sqlite_faces.count(connection, FaceFilter(gallery))
            self._matrices[place] = Matrix(dimension, expected + expected // 4)
        numbers = [change.number for change in changes]
        labels = [(change.sex, change.country) for change in changes]
        embeddings = np.frombuffer(b"".join(change.embedding or b"" for change in changes), STORED)
        self._place_of.update(dict.fromkeys(numbers, place))
        self._matrices[place].add(numbers, labels, embeddings.reshape(-1, dimension))


def _by_place(changes: list[Change]) -> dict[Place, list[Change]]:
    """The faces that were not deleted, by where they belong."""
    places: dict[Place, list[Change]] = defaultdict(list)
    for change in changes:
        if change.gallery is not None and change.embedding is not None:
            places[change.gallery, len(change.embedding) // STORED.itemsize].append(change)
    return places


def _fits(label: Label, where: FaceFilter) -> bool:
    sex, country = label
    return (not where.sexes or sex in where.sexes) and where.country in (None, country)
