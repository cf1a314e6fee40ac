"""Records in a SQLite file, beside a numpy matrix that is searched exactly."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from sqlite3 import Connection
from threading import Lock

import numpy as np

from aifr.casebook.records import sqlite_documents, sqlite_faces
from aifr.casebook.records.contract import (
    Document,
    FaceFilter,
    Found,
    IndexedFace,
    Neighbour,
    Query,
    Result,
    Scalar,
    Transaction,
)
from aifr.casebook.records.galleries import Galleries
from aifr.casebook.records.reads_first import ReadsFirst
from aifr.casebook.records.sqlite_connections import Connections

LOCK_SECONDS = 10.0


class SqliteTransaction:
    """Reads and writes through one connection; erased: whether it removed anything."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._order = ReadsFirst()
        self.erased = False

    def get(self, kind: str, identity: str) -> Document | None:
        self._order.reading()
        return sqlite_documents.get(self._connection, kind, identity)

    def find(self, query: Query) -> list[Found]:
        self._order.reading()
        return sqlite_documents.find(self._connection, query)

    def faces(self, subject: str) -> list[IndexedFace]:
        self._order.reading()
        return sqlite_faces.of_subject(self._connection, subject)

    def put(self, kind: str, identity: str, document: Document) -> None:
        self._order.writing()
        sqlite_documents.put(self._connection, kind, identity, document)

    def delete(self, kind: str, identity: str) -> None:
        self._order.writing()
        self.erased |= sqlite_documents.delete(self._connection, kind, identity)

    def put_face(self, face: IndexedFace) -> None:
        self._order.writing()
        sqlite_faces.put(self._connection, face)

    def delete_face(self, photo: str) -> None:
        self._order.writing()
        self.erased |= sqlite_faces.delete(self._connection, photo)


class SqliteRecords:
    """The file is made where there is none. Not to be carried through a fork.

    seconds: how long it waits while another writes. What is erased is overwritten in the file, and
    in the write-ahead log as soon as nobody reads an older state.
    """

    def __init__(self, path: Path, seconds: float = LOCK_SECONDS) -> None:
        self._connections = Connections(path, seconds)
        self._galleries = Galleries()
        self._searching = Lock()

    def transact(self, work: Callable[[Transaction], Result]) -> Result:
        with self._connections.transaction("BEGIN IMMEDIATE") as connection:
            transaction = SqliteTransaction(connection)
            result = work(transaction)
        self._connections.empty_log(transaction.erased)
        return result

    def get(self, kind: str, identity: str) -> Document | None:
        with self._connections.use() as connection:
            return sqlite_documents.get(connection, kind, identity)

    def get_all(self, kind: str, identities: Sequence[str]) -> dict[str, Document]:
        with self._connections.use() as connection:
            return sqlite_documents.get_all(connection, kind, identities)

    def find(self, query: Query) -> list[Found]:
        with self._connections.use() as connection:
            return sqlite_documents.find(connection, query)

    def count(self, kind: str, equal: Mapping[str, Scalar]) -> int:
        with self._connections.use() as connection:
            return sqlite_documents.count(connection, kind, equal)

    def faces(self, subject: str) -> list[IndexedFace]:
        with self._connections.use() as connection:
            return sqlite_faces.of_subject(connection, subject)

    def nearest(self, probe: np.ndarray, where: FaceFilter, limit: int) -> list[Neighbour]:
        # The lock comes first: the matrix never goes back to an older state of the table.
        with self._searching, self._connections.transaction("BEGIN") as connection:
            return self._galleries.nearest(connection, probe, where, limit)

    def count_faces(self, where: FaceFilter) -> int:
        with self._connections.use() as connection:
            return sqlite_faces.count(connection, where)

    def close(self) -> None:
        with self._searching:
            self._galleries = Galleries()
        self._connections.close()
