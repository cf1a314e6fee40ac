"""The table of faces.

Every change of a face has a number, greater than all before. A face that is deleted leaves its row
behind, empty: the number of its change tells other processes that it is gone.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from aifr.casebook.records.contract import FaceFilter, IndexedFace

STORED = np.dtype("<f4")
NEXT_CHANGE = "(SELECT coalesce(max(change), 0) + 1 FROM faces)"
# 2 KiB each: memory stays bounded however many there are.
ROWS_AT_ONCE = 4096


class Change(NamedTuple):
    """A face as it is since a change; gallery None and embedding None where it was deleted."""

    change: int
    number: int
    gallery: str | None
    sex: str
    country: str
    embedding: bytes | None


def put(connection: sqlite3.Connection, face: IndexedFace) -> None:
    """Writes the face of a photo, whether it was there or not."""
    sql = f"""INSERT INTO faces (photo, subject, gallery, sex, country, weight, embedding, change)
        VALUES (?, ?, ?, ?, ?, ?, ?, {NEXT_CHANGE}) ON CONFLICT (photo) DO UPDATE SET
        subject = excluded.subject, gallery = excluded.gallery, sex = excluded.sex,
        country = excluded.country, weight = excluded.weight, embedding = excluded.embedding,
        change = excluded.change"""
    embedding = np.asarray(face.embedding, STORED).tobytes()
    what = (face.photo, face.subject, face.gallery, face.sex, face.country, float(face.weight))
    connection.execute(sql, (*what, embedding))


def delete(connection: sqlite3.Connection, photo: str) -> bool:
    """Removes the face of a photo; whether it was there."""
    sql = f"""UPDATE faces SET photo = NULL, subject = NULL, gallery = NULL, sex = NULL,
        country = NULL, weight = NULL, embedding = NULL, change = {NEXT_CHANGE} WHERE photo = ?"""
    return connection.execute(sql, (photo,)).rowcount > 0


def of_subject(connection: sqlite3.Connection, subject: str) -> list[IndexedFace]:
    """The faces of a case or sighting, by id of the photo."""
    sql = """SELECT photo, subject, gallery, sex, country, weight, embedding FROM faces
        WHERE subject = ? ORDER BY photo"""
    rows = connection.execute(sql, (subject,))
    return [
        IndexedFace(photo, owner, gallery, sex, country, weight, _vector(embedding))
        for photo, owner, gallery, sex, country, weight, embedding in rows
    ]


def count(connection: sqlite3.Connection, where: FaceFilter) -> int:
    """How many faces fit."""
    sql, parameters = "SELECT count(*) FROM faces WHERE gallery = ?", [where.gallery]
    if where.sexes:
        sql += f" AND sex IN ({', '.join('?' * len(where.sexes))})"
        parameters += where.sexes
    if where.country is not None:
        sql += " AND country = ?"
        parameters.append(where.country)
    number: int = connection.execute(sql, parameters).fetchone()[0]
    return number


def changes_after(connection: sqlite3.Connection, change: int) -> Iterator[list[Change]]:
    """The faces that changed since, in the order of their last change, some at a time."""
    sql = """SELECT change, number, gallery, sex, country, embedding FROM faces
        WHERE change > ? ORDER BY change"""
    cursor = connection.execute(sql, (change,))
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        yield [Change(*row) for row in rows]


def named(connection: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, tuple[str, str]]:
    """The photo and the subject of each face of these numbers."""
    sql = """SELECT number, photo, subject FROM faces
        WHERE number IN (SELECT value FROM json_each(?))"""
    rows = connection.execute(sql, (json.dumps(list(numbers)),))
    return {number: (photo, subject) for number, photo, subject in rows}


def _vector(embedding: bytes) -> np.ndarray:
    return np.frombuffer(embedding, STORED).astype(np.float32)
