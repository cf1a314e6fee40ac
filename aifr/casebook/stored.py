"""Records as frozen dataclasses, and the documents they are kept as."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any, ClassVar, Protocol, TypeVar

from aifr.casebook.records.contract import Document, Found


class Record(Protocol):
    """A dataclass with an `identity`, which is not part of its document."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def identity(self) -> str: ...


Kept = TypeVar("Kept", bound=Record)


def as_document(record: Record) -> Document:
    """All fields but the identity."""
    document = asdict(record)
    del document["identity"]
    return document


def as_record(kind: type[Kept], identity: str, document: Document) -> Kept:
    """The record of a document; a field that a newer version added has its default, one that a
    newer version dropped is ignored.
    """
    known = {field.name for field in fields(kind)}
    kept = {name: value for name, value in document.items() if name in known}
    return kind(identity=identity, **kept)  # type: ignore[call-arg]


def as_records(kind: type[Kept], found: Iterable[Found]) -> list[Kept]:
    """The records of what a query found."""
    return [as_record(kind, each.identity, each.document) for each in found]
