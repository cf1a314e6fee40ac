"""Queries and faces in the words of Firestore."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from google.cloud.firestore import Client, CollectionReference, DocumentSnapshot
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.query import Query as FirestoreQuery
from google.cloud.firestore_v1.vector import Vector

from aifr.casebook.records.contract import Document, FaceFilter, IndexedFace, Query, Scalar
from aifr.casebook.records.names import FACES, checked, checked_kind

NAME = "__name__"


def kind_of(client: Client, kind: str) -> CollectionReference:
    """Where the documents of a kind lie."""
    return client.collection(checked_kind(kind))


def selection(client: Client, query: Query) -> FirestoreQuery:
    """The query in the words of Firestore."""
    order, selected = checked(query.order), equalling(client, query.kind, query.equal)
    if query.word is not None:
        selected = selected.where(filter=FieldFilter("words", "array_contains", query.word))
    if query.below is not None:
        selected = selected.where(filter=FieldFilter(order, "<", query.below))
    direction = FirestoreQuery.DESCENDING if query.descending else FirestoreQuery.ASCENDING
    for field in (order, NAME):
        selected = selected.order_by(field, direction=direction)
    if query.after is not None:
        selected = selected.start_after(list(query.after))
    return selected.limit(query.limit)


def equalling(client: Client, kind: str, equal: Mapping[str, Scalar]) -> FirestoreQuery:
    """The documents with these values."""
    return _narrowed(
        kind_of(client, kind),
        [FieldFilter(checked(field), "==", value) for field, value in equal.items()],
    )


def faces_of(client: Client, subject: str) -> FirestoreQuery:
    """The faces of a case or sighting."""
    selected = client.collection(FACES).where(filter=FieldFilter("subject", "==", subject))
    return selected.order_by(NAME)


def faces_where(client: Client, where: FaceFilter) -> FirestoreQuery:
    """The faces that a search looks at."""
    conditions = [FieldFilter("gallery", "==", where.gallery)]
    if where.sexes:
        conditions.append(FieldFilter("sex", "in", list(where.sexes)))
    if where.country is not None:
        conditions.append(FieldFilter("country", "==", where.country))
    return _narrowed(client.collection(FACES), conditions)


def face_fields(face: IndexedFace) -> Document:
    """A face as a document, whose id is that of the photo."""
    return {
        "subject": face.subject,
        "gallery": face.gallery,
        "sex": face.sex,
        "country": face.country,
        "weight": float(face.weight),
        "embedding": vector(face.embedding),
    }


def as_face(snapshot: DocumentSnapshot) -> IndexedFace:
    """A face from its document."""
    fields: dict[str, Any] = snapshot.to_dict() or {}
    embedding = np.array(list(fields.pop("embedding")), np.float32)
    return IndexedFace(photo=snapshot.id, embedding=embedding, **fields)


def vector(embedding: np.ndarray) -> Vector:
    """An embedding, exactly: double precision holds what single precision does."""
    return Vector(embedding.astype(np.float32).tolist())


def _narrowed(collection: CollectionReference, conditions: Iterable[FieldFilter]) -> FirestoreQuery:
    selected = FirestoreQuery(collection)
    for condition in conditions:
        selected = selected.where(filter=condition)
    return selected
