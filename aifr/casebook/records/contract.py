"""What every home of records promises; tests/casebook/records holds each home to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np

# JSON values; the id is not among them.
Document = dict[str, Any]
Scalar = str | int | float | bool
Result = TypeVar("Result")


@dataclass(frozen=True)
class Query:
    """Which documents of a kind, in which order.

    equal: field -> value that a document must have. word: one that its list `words` must hold.
    Documents come ordered by (`order`, id), both ascending or both descending; one without the
    field `order` does not come at all. below: only documents whose `order` is less. after: the
    (`order`, id) of the last document already seen, to go on from there.
    """

    kind: str
    equal: Mapping[str, Scalar] = field(default_factory=dict)
    order: str = "created"
    descending: bool = False
    word: str | None = None
    below: Scalar | None = None
    after: tuple[Scalar, str] | None = None
    limit: int = 100


@dataclass(frozen=True)
class Found:
    """A document and its id."""

    identity: str
    document: Document


@dataclass(frozen=True)
class IndexedFace:
    """An embedding as it is searched, one a photo.

    photo: id of the photo. subject: the case or sighting it belongs to. gallery: the set it is
    searched in, "" for none. sex, country: what a search may filter by. weight: of this photo in
    a template, above 0 to 1. embedding: float32, unit length, (d,).
    """

    photo: str
    subject: str
    gallery: str
    sex: str
    country: str
    weight: float
    embedding: np.ndarray


@dataclass(frozen=True)
class FaceFilter:
    """Which faces a search looks at: those of one gallery, and of these sexes and this country
    where they are given.
    """

    gallery: str
    sexes: tuple[str, ...] = ()
    country: str | None = None


@dataclass(frozen=True)
class Neighbour:
    """A face that a search found; similarity: cosine, in [-1, 1]."""

    photo: str
    subject: str
    similarity: float


class Transaction(Protocol):
    """All or nothing. Every read comes before the first write: RuntimeError otherwise."""

    def get(self, kind: str, identity: str) -> Document | None:
        """The document, None where there is none."""

    def find(self, query: Query) -> list[Found]:
        """The documents that fit."""

    def faces(self, subject: str) -> list[IndexedFace]:
        """The faces of a case or sighting, by id of the photo."""

    def put(self, kind: str, identity: str, document: Document) -> None:
        """Writes the whole document, whether it was there or not."""

    def delete(self, kind: str, identity: str) -> None:
        """Removes the document, if it is there."""

    def put_face(self, face: IndexedFace) -> None:
        """Writes the face of a photo, whether it was there or not."""

    def delete_face(self, photo: str) -> None:
        """Removes the face of a photo, if it is there; no later search finds it."""


class Records(Protocol):
    """Documents by kind and id, and faces to search. Safe for threads and for many processes.

    Every method raises StoreUnavailable where the store cannot be reached or stays locked.
    """

    def transact(self, work: Callable[[Transaction], Result]) -> Result:
        """Runs `work` in a transaction, isolated from all others, and again where another got in
        between: so it has no effect but through the transaction. What it raises undoes it.
        """

    def get(self, kind: str, identity: str) -> Document | None:
        """The document, None where there is none."""

    def get_all(self, kind: str, identities: Sequence[str]) -> dict[str, Document]:
        """Those of the documents that are there, by id, in one go; 1000 ids at most."""

    def find(self, query: Query) -> list[Found]:
        """The documents that fit."""

    def count(self, kind: str, equal: Mapping[str, Scalar]) -> int:
        """How many documents fit."""

    def faces(self, subject: str) -> list[IndexedFace]:
        """The faces of a case or sighting, by id of the photo."""

    def nearest(self, probe: np.ndarray, where: FaceFilter, limit: int) -> list[Neighbour]:
        """The faces most like `probe`, float32 unit (d,), most similar first, then by id of the
        photo; exact. It sees every transaction that ended before the call. limit: 1 to 1000.
        """

    def count_faces(self, where: FaceFilter) -> int:
        """How many faces a search with this filter looks at."""

    def close(self) -> None:
        """Lets go of connections and memory."""
