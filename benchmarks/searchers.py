"""What is compared: each builds its files from blocks of embeddings, and opens them to search.

Libraries are imported where they are used: one that is missing costs its own row only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from aifr.casebook.records.contract import FaceFilter, IndexedFace, Transaction
from aifr.casebook.records.open import open_records
from benchmarks.gallery import DIMENSION, FOUND, is_female

# Numbers of rows, and their embeddings.
Block = tuple[np.ndarray, np.ndarray]
Blocks = Iterable[Block]
# A probe, and whether only women are looked at, to the numbers of the rows found.
Search = Callable[[np.ndarray, bool], list[int]]
FIRESTORE = "firestore://demo-search"
# 4.6 KB each: a commit to Firestore may have 10 MiB.
FACES_A_TRANSACTION = 500
INSERT = "INSERT INTO faces (rowid, embedding, female) VALUES (?, ?, ?)"


@dataclass(frozen=True)
class Searcher:
    """build: blocks, so many faces in all, into the files of a folder. open: the search in them."""

    build: Callable[[Blocks, Path, int], None]
    open: Callable[[Path, int], Search]


def build_embedded(blocks: Blocks, folder: Path, size: int) -> None:
    """The SQLite home of records, a transaction a block."""
    _fill(f"sqlite:{folder / 'records.sqlite'}", blocks)


def open_embedded(folder: Path, size: int) -> Search:
    return _search_records(f"sqlite:{folder / 'records.sqlite'}")


def build_firestore(blocks: Blocks, folder: Path, size: int) -> None:
    """Firestore, where FIRESTORE_EMULATOR_HOST says."""
    parts = (
        (numbers[start : start + FACES_A_TRANSACTION], part[start : start + FACES_A_TRANSACTION])
        for numbers, part in blocks
        for start in range(0, len(numbers), FACES_A_TRANSACTION)
    )
    _fill(FIRESTORE, parts)


def open_firestore(folder: Path, size: int) -> Search:
    return _search_records(FIRESTORE)


def _fill(address: str, blocks: Blocks) -> None:
    def put(transaction: Transaction, block: Block) -> None:
        for number, embedding in zip(*block, strict=True):
            transaction.put_face(_face(number, embedding))

    records = open_records(address)
    for block in blocks:
        records.transact(partial(put, block=block))
    records.close()


def _face(number: np.ndarray, embedding: np.ndarray) -> IndexedFace:
    name, sex = f"{number:08}", "female" if is_female(number) else "male"
    return IndexedFace(name, name, "cases", sex, "", 1.0, embedding)


def _search_records(address: str) -> Search:
    records = open_records(address)

    def search(probe: np.ndarray, female_only: bool) -> list[int]:
        where = FaceFilter("cases", ("female",) if female_only else ())
        return [int(found.photo) for found in records.nearest(probe, where, FOUND)]

    return search


def build_faiss(blocks: Blocks, folder: Path, size: int) -> None:
    """faiss IndexFlatIP: exact."""
    import faiss

    index = faiss.IndexFlatIP(DIMENSION)
    for _, part in blocks:
        index.add(part)
    faiss.write_index(index, str(folder / "flat.faiss"))


def open_faiss(folder: Path, size: int) -> Search:
    import faiss

    index = faiss.read_index(str(folder / "flat.faiss"))
    women = np.packbits(is_female(np.arange(size)), bitorder="little")
    # Its stubs tell of the C++ below, not of what Python is given.
    selector: Any = faiss.IDSelectorBitmap
    parameters: Any = faiss.SearchParameters
    only_women = parameters(sel=selector(women))

    def search(probe: np.ndarray, female_only: bool) -> list[int]:
        _, rows = index.search(probe[None], FOUND, params=only_women if female_only else None)
        return rows[0].tolist()

    return search


def build_hnswlib(blocks: Blocks, folder: Path, size: int) -> None:
    """hnswlib: a graph, approximate."""
    index = _hnswlib()
    index.init_index(size, M=16, ef_construction=100)
    for numbers, part in blocks:
        index.add_items(part, numbers, num_threads=1)
    index.save_index(str(folder / "graph.hnsw"))


def open_hnswlib(folder: Path, size: int) -> Search:
    index = _hnswlib()
    index.load_index(str(folder / "graph.hnsw"))
    index.set_ef(200)

    def search(probe: np.ndarray, female_only: bool) -> list[int]:
        only = is_female if female_only else None
        rows, _ = index.knn_query(probe, FOUND, num_threads=1, filter=only)
        return rows[0].tolist()

    return search


def _hnswlib() -> Any:
    import hnswlib

    return hnswlib.Index("ip", DIMENSION)


def build_sqlite_vec(blocks: Blocks, folder: Path, size: int) -> None:
    """sqlite-vec: exact, read from the file for each query. On unit vectors the nearest by
    Euclidean distance, its default, are the most similar.
    """
    connection = _sqlite_vec(folder)
    connection.execute(
        f"CREATE VIRTUAL TABLE faces USING vec0(embedding float[{DIMENSION}], female boolean)"
    )
    for numbers, part in blocks:
        rows = zip(numbers.tolist(), map(bytes, part), is_female(numbers).tolist(), strict=True)
        with connection:
            connection.executemany(
                "INSERT INTO faces (rowid, embedding, female) VALUES (?, ?, ?)", rows
            )


def open_sqlite_vec(folder: Path, size: int) -> Search:
    connection = _sqlite_vec(folder)

    def search(probe: np.ndarray, female_only: bool) -> list[int]:
        sql = "SELECT rowid FROM faces WHERE embedding MATCH ? AND k = ?"
        sql += " AND female = 1" if female_only else ""
        return [row for (row,) in connection.execute(sql, (probe.tobytes(), FOUND))]

    return search


def _sqlite_vec(folder: Path) -> Any:
    # Python's own sqlite3 is mostly built without enable_load_extension.
    import apsw
    import sqlite_vec

    connection = apsw.Connection(str(folder / "vec.sqlite"))
    connection.enable_load_extension(True)
    connection.load_extension(sqlite_vec.loadable_path())
    return connection


OURS = "aifr, SQLite and matrix"
EMBEDDED = {
    OURS: Searcher(build_embedded, open_embedded),
    "faiss IndexFlatIP": Searcher(build_faiss, open_faiss),
    "sqlite-vec vec0": Searcher(build_sqlite_vec, open_sqlite_vec),
    "hnswlib M 16, ef 100 and 200": Searcher(build_hnswlib, open_hnswlib),
}
HOMES = {
    OURS: EMBEDDED[OURS],
    "aifr, Firestore (emulator)": Searcher(build_firestore, open_firestore),
}
SEARCHERS = EMBEDDED | HOMES
