"""What is read from Firestore, in a transaction or by itself."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from google.cloud.firestore import Client, Transaction
from google.cloud.firestore_v1.base_vector_query import DistanceMeasure

from aifr.casebook.records import firestore_queries as queries
from aifr.casebook.records.contract import (
    Document,
    FaceFilter,
    Found,
    IndexedFace,
    Neighbour,
    Query,
    Scalar,
)
from aifr.casebook.records.firestore_calls import READING
from aifr.casebook.records.ranked import neighbour, ranked

MOST_NEIGHBOURS = 1000
# Fetched beyond the limit: the store chooses as it likes between neighbours that tie.
BEYOND = 16


def get(
    client: Client, kind: str, identity: str, transaction: Transaction | None = None
) -> Document | None:
    """The document, None where there is none."""
    reference = queries.kind_of(client, kind).document(identity)
    document: Document | None = reference.get(transaction=transaction, **READING).to_dict()
    return document


def get_all(client: Client, kind: str, identities: Sequence[str]) -> dict[str, Document]:
    """Those of the documents that are there, by id."""
    collection = queries.kind_of(client, kind)
    references = [collection.document(identity) for identity in identities]
    snapshots = client.get_all(references, **READING)
    return {each.id: each.to_dict() or {} for each in snapshots if each.exists}


def find(client: Client, query: Query, transaction: Transaction | None = None) -> list[Found]:
    """The documents that fit."""
    snapshots = queries.selection(client, query).get(transaction=transaction, **READING)
    return [Found(each.id, each.to_dict() or {}) for each in snapshots]


def faces(
    client: Client, subject: str, transaction: Transaction | None = None
) -> list[IndexedFace]:
    """The faces of a case or sighting, by id of the photo."""
    snapshots = queries.faces_of(client, subject).get(transaction=transaction, **READING)
    return [queries.as_face(each) for each in snapshots]


def count(client: Client, kind: str, equal: Mapping[str, Scalar]) -> int:
    """How many documents fit."""
    return _counted(queries.equalling(client, kind, equal))


def count_faces(client: Client, where: FaceFilter) -> int:
    """How many faces fit."""
    return _counted(queries.faces_where(client, where))


def nearest(client: Client, probe: np.ndarray, where: FaceFilter, limit: int) -> list[Neighbour]:
    """The faces most like `probe`."""
    asked = min(MOST_NEIGHBOURS, limit + BEYOND)
    while True:
        found = _fetched(client, probe, where, asked)
        all_there = len(found) < asked or asked == MOST_NEIGHBOURS
        if all_there or found[-1].similarity < found[limit - 1].similarity:
            return found[:limit]
        asked = min(MOST_NEIGHBOURS, 2 * asked)


def _fetched(client: Client, probe: np.ndarray, where: FaceFilter, limit: int) -> list[Neighbour]:
    selected = queries.faces_where(client, where).select(["subject", "similarity"])
    # The client's types say that it is a class.
    search: Any = selected.find_nearest(
        vector_field="embedding",
        query_vector=queries.vector(probe),
        limit=limit,
        distance_measure=DistanceMeasure.DOT_PRODUCT,
        distance_result_field="similarity",
    )
    snapshots = search.stream(**READING)
    found = (neighbour(each.id, each.get("subject"), each.get("similarity")) for each in snapshots)
    return ranked(found, limit)


def _counted(selected: queries.FirestoreQuery) -> int:
    # The client's types say that it is a class.
    query: Any = selected.count()
    ((answer,),) = query.stream(**READING)
    return int(answer.value)
