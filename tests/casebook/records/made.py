"""Documents and faces for the tests of records."""

from collections.abc import Iterable

import numpy as np

from aifr.casebook.records.contract import Document, IndexedFace, Records

DIMENSION = 16


def put(records: Records, kind: str, documents: dict[str, Document]) -> None:
    """Writes documents by id, in one transaction."""

    def work(transaction):
        for identity, document in documents.items():
            transaction.put(kind, identity, document)

    records.transact(work)


def units(count: int, dimension: int = DIMENSION, seed: int = 0) -> np.ndarray:
    """Random unit vectors, float32 (count, dimension)."""
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def a_face(photo: str, embedding: np.ndarray, **changes: object) -> IndexedFace:
    """A face of one gallery, sex and country unless changed."""
    fields = {"subject": "c1", "gallery": "g", "sex": "female", "country": "RO", "weight": 0.5}
    return IndexedFace(photo=photo, embedding=embedding, **{**fields, **changes})  # type: ignore[arg-type]


def put_faces(records: Records, faces: Iterable[IndexedFace]) -> None:
    """Writes faces in one transaction."""

    def work(transaction):
        for face in faces:
            transaction.put_face(face)

    records.transact(work)


def delete(records: Records, kind: str, identity: str) -> None:
    records.transact(lambda transaction: transaction.delete(kind, identity))


def delete_face(records: Records, photo: str) -> None:
    records.transact(lambda transaction: transaction.delete_face(photo))
