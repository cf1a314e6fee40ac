"""Records in Firestore, whose vector search finds faces.

Importing this imports Firestore's client, which takes a second: only where it is used.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from google.cloud.firestore import Client
from google.cloud.firestore import Transaction as ClientTransaction

from aifr.casebook.records import firestore_reads as reads
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
from aifr.casebook.records.firestore_calls import failures
from aifr.casebook.records.firestore_queries import face_fields, kind_of
from aifr.casebook.records.firestore_transactions import transact
from aifr.casebook.records.names import FACES
from aifr.casebook.records.reads_first import ReadsFirst


class FirestoreTransaction:
    """Reads at once; writes when it ends."""

    def __init__(self, client: Client, transaction: ClientTransaction) -> None:
        self._client = client
        self._transaction = transaction
        self._order = ReadsFirst()

    def get(self, kind: str, identity: str) -> Document | None:
        self._order.reading()
        return reads.get(self._client, kind, identity, self._transaction)

    def find(self, query: Query) -> list[Found]:
        self._order.reading()
        return reads.find(self._client, query, self._transaction)

    def faces(self, subject: str) -> list[IndexedFace]:
        self._order.reading()
        return reads.faces(self._client, subject, self._transaction)

    def put(self, kind: str, identity: str, document: Document) -> None:
        self._order.writing()
        self._transaction.set(kind_of(self._client, kind).document(identity), document)

    def delete(self, kind: str, identity: str) -> None:
        self._order.writing()
        self._transaction.delete(kind_of(self._client, kind).document(identity))

    def put_face(self, face: IndexedFace) -> None:
        self._order.writing()
        reference = self._client.collection(FACES).document(face.photo)
        self._transaction.set(reference, face_fields(face))

    def delete_face(self, photo: str) -> None:
        self._order.writing()
        self._transaction.delete(self._client.collection(FACES).document(photo))


class FirestoreRecords:
    """In the emulator where FIRESTORE_EMULATOR_HOST is set. Not to be carried through a fork.

    Between more than 1000 faces that tie for the last place, `nearest` chooses by chance.
    """

    def __init__(self, project: str, database: str) -> None:
        self._client = Client(project=project, database=database)

    def transact(self, work: Callable[[Transaction], Result]) -> Result:
        with failures():
            return transact(
                self._client,
                lambda transaction: work(FirestoreTransaction(self._client, transaction)),
            )

    def get(self, kind: str, identity: str) -> Document | None:
        with failures():
            return reads.get(self._client, kind, identity)

    def get_all(self, kind: str, identities: Sequence[str]) -> dict[str, Document]:
        with failures():
            return reads.get_all(self._client, kind, identities)

    def find(self, query: Query) -> list[Found]:
        with failures():
            return reads.find(self._client, query)

    def count(self, kind: str, equal: Mapping[str, Scalar]) -> int:
        with failures():
            return reads.count(self._client, kind, equal)

    def faces(self, subject: str) -> list[IndexedFace]:
        with failures():
            return reads.faces(self._client, subject)

    def nearest(self, probe: np.ndarray, where: FaceFilter, limit: int) -> list[Neighbour]:
        with failures():
            return reads.nearest(self._client, probe, where, limit)

    def count_faces(self, where: FaceFilter) -> int:
        with failures():
            return reads.count_faces(self._client, where)

    def close(self) -> None:
        self._client._firestore_api.transport.close()
