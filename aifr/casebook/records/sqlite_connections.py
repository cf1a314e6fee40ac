"""Connections to a SQLite file: how they are made, shared, and what their failures mean."""

import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock

from aifr.casebook.records.names import checked, checked_kind
from aifr.errors import StoreUnavailable

BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
UNREACHABLE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
PRIMARY_CODE = 0xFF
# An embedding of 512 dimensions fills half a page of the usual 4096 bytes and more.
PAGE_BYTES = 8192
# How long the log's truncation waits for those who read; it is tried again later.
PATIENCE_SECONDS = 0.1

TABLES = """
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL, identity TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (kind, identity)
);
CREATE TABLE IF NOT EXISTS faces (
    number INTEGER PRIMARY KEY, change INTEGER NOT NULL UNIQUE, photo TEXT UNIQUE, subject TEXT,
    gallery TEXT, sex TEXT, country TEXT, weight REAL, embedding BLOB
);
CREATE INDEX IF NOT EXISTS faces_subject ON faces (subject, photo);
CREATE INDEX IF NOT EXISTS faces_gallery ON faces (gallery, sex, country);
"""
# Kinds, and the fields that their queries ask by, the one they are ordered by last.
INDEXES = (
    ("audit", "subject", "sequence"),
    ("cases", "state", "created"),
    ("cases", "state", "published"),
    ("cases", "state", "updated"),
    ("erased", "finished", "created"),
    ("matches", "case", "likelihood_ratio"),
    ("matches", "case_photo", "created"),
    ("matches", "sighting", "likelihood_ratio"),
    ("matches", "sighting_photo", "created"),
    ("matches", "state", "likelihood_ratio"),
    ("photos", "state", "created"),
    ("photos", "state", "matched", "created"),
    ("photos", "state", "model"),
    ("photos", "subject", "created"),
    ("sightings", "state", "created"),
    ("withdrawn", "subject", "created"),
)


def value_of(field: str) -> str:
    """SQL for a field of a document, as the indexes have it."""
    return f"json_extract(content, '$.{checked(field)}')"


def is_kind(kind: str) -> str:
    """SQL for documents of a kind; no parameter, for only then partial indexes are used."""
    return f"kind = '{checked_kind(kind)}'"


def _schema() -> str:
    indexes = [
        f"CREATE INDEX IF NOT EXISTS {'_'.join((kind, *fields))} ON documents "
        f"({', '.join(map(value_of, fields))}, identity) WHERE {is_kind(kind)};"
        for kind, *fields in INDEXES
    ]
    return "\n".join([TABLES, *indexes])


SCHEMA = _schema()
SCHEMA_VERSION = zlib.crc32(SCHEMA.encode()) >> 1


class Connections:
    """A connection for whoever needs one, used again afterwards; safe for threads.

    seconds: how long one waits for a lock.
    """

    def __init__(self, path: Path, seconds: float) -> None:
        self._path = path
        self._seconds = seconds
        self._idle: list[sqlite3.Connection] = []
        self._emptying = Lock()
        # Whoever had the file open before may have been killed.
        self._log_due = True

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        """A connection that no other thread uses, in autocommit mode.

        Raises StoreUnavailable where the file cannot be opened, read or written, or stays locked.
        """
        with failures():
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)

    @contextmanager
    def transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction, which an exception undoes; begin: the SQL for that."""
        with self.use() as connection:
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # Some failures have undone it already.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def empty_log(self, erased: bool) -> None:
        """After something was erased, has the write-ahead log forget it too: now, or where others
        are reading, after a later transaction.
        """
        with self._emptying:
            if erased or self._log_due:
                self._log_due = not self._truncate()

    def close(self) -> None:
        """Closes all connections that are not in use."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect(self._seconds)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            # It could not even be rolled back.
            connection.close()
        else:
            self._idle.append(connection)

    def _connect(self, seconds: float) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=seconds, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            _prepare(connection, seconds)
        except BaseException:
            connection.close()
            raise
        return connection

    def _truncate(self) -> bool:
        try:
            with closing(self._connect(PATIENCE_SECONDS)) as connection:
                (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                return not busy
        except sqlite3.OperationalError:
            return False


def _prepare(connection: sqlite3.Connection, seconds: float) -> None:
    if connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,):
        return
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    _switch_to_log(connection, seconds)
    # Either all or nothing of it is there, for whoever opens the file at the same time.
    connection.executescript(
        f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
    )


def _switch_to_log(connection: sqlite3.Connection, seconds: float) -> None:
    """WAL, so that readers and the writer do not wait for each other. While others are switching
    too, SQLite reports a lock at once instead of waiting for it.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if time.monotonic() > deadline or _code(error) not in BUSY:
                raise
            time.sleep(0.01)


@contextmanager
def failures() -> Iterator[None]:
    """Failures of the file, but not mistakes in what it was asked, as StoreUnavailable."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if _code(error) in BUSY | UNREACHABLE:
            raise StoreUnavailable("The records cannot be reached just now.") from error
        raise


def _code(error: sqlite3.OperationalError) -> int:
    return getattr(error, "sqlite_errorcode", 0) & PRIMARY_CODE
