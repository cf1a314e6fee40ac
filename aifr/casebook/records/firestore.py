"""Records in Firestore, whose vector search finds faces."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import numpy as np
from google.cloud.firestore import Client, DocumentReference
from google.cloud.firestore import Transaction as FirestoreTransactionOfClient
from google.cloud.firestore_v1.base_vector_query import DistanceMeasure

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
from aifr.casebook.records.firestore_calls import READING, failures
from aifr.casebook.records.firestore_queries import (
    as_face,
    equalling,
    face_fields,
    faces_of,
    faces_where,
    found_in,
    kind_of,
    selection,
    vector,
)
from aifr.casebook.records.firestore_transactions import transact
from aifr.casebook.records.names import FACES
from aifr.casebook.records.ranked import neighbour, ranked
from aifr.casebook.records.reads_first import ReadsFirst

MOST_NEIGHBOURS = 1000
# Fetched beyond the limit, since the store decides at random between neighbours that tie.
BEYOND = 16
