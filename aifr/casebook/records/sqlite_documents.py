"""The table of documents: JSON by kind and id."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aifr.casebook.records.contract import Document, Found, Query, Scalar
from aifr.casebook.records.names import checked, checked_kind
from aifr.casebook.records.sqlite_connections import is_kind, value_of

# Read by SQLite as it reads documents: a number must compare equal to itself to the last bit.
PARAMETER = "json_extract(?, '$')"
# To SQLite true is 1, and every number is less than any text.
TYPES: Mapping[type, tuple[str, ...]] = {
    bool: ("true", "false"),
    int: ("integer", "real"),
    float: ("integer", "real"),
    str: ("text",),
}
Condition = tuple[str, list[Any]]


def get(connection: sqlite3.Connection, kind: str, identity: str) -> Document | None:
    """The document, None where there is none."""
    sql = "SELECT content FROM documents WHERE kind = ? AND identity = ?"
    row = connection.execute(sql, (checked_kind(kind), identity)).fetchone()
    return None if row is None else json.loads(row[0])


def get_all(
    connection: sqlite3.Connection, kind: str, identities: Sequence[str]
) -> dict[str, Document]:
    """Those of the documents that are there, by id."""
    marks = ", ".join("?" * len(identities))
    sql = f"SELECT identity, content FROM documents WHERE kind = ? AND identity IN ({marks})"
    rows = connection.execute(sql, (checked_kind(kind), *identities))
    return {identity: json.loads(content) for identity, content in rows}


def put(connection: sqlite3.Connection, kind: str, identity: str, document: Document) -> None:
    """Writes the whole document, whether it was there or not."""
    sql = "INSERT OR REPLACE INTO documents (kind, identity, content) VALUES (?, ?, ?)"
    connection.execute(sql, (checked_kind(kind), identity, _text(document)))


def delete(connection: sqlite3.Connection, kind: str, identity: str) -> bool:
    """Removes the document; whether it was there."""
    sql = "DELETE FROM documents WHERE kind = ? AND identity = ?"
    return connection.execute(sql, (checked_kind(kind), identity)).rowcount > 0


def find(connection: sqlite3.Connection, query: Query) -> list[Found]:
    """The documents that fit."""
    sql, parameters = selection(query)
    rows = connection.execute(sql, parameters)
    return [Found(identity, json.loads(content)) for identity, content in rows]


def count(connection: sqlite3.Connection, kind: str, equal: Mapping[str, Scalar]) -> int:
    """How many documents fit."""
    where, parameters = _joined(_equal(field, value) for field, value in equal.items())
    sql = f"SELECT count(*) FROM documents WHERE {is_kind(kind)} {where}"
    number: int = connection.execute(sql, parameters).fetchone()[0]
    return number


def selection(query: Query) -> Condition:
    """The SQL of a query, with its parameters."""
    conditions = [_equal(field, value) for field, value in query.equal.items()]
    conditions.append((f"json_type(content, '$.{checked(query.order)}') IS NOT NULL", []))
    if query.word is not None:
        words = "SELECT 1 FROM json_each(content, '$.words') WHERE value = ?"
        conditions.append((f"EXISTS ({words})", [query.word]))
    if query.below is not None:
        conditions.append(_compared(query.order, "<", query.below))
    if query.after is not None:
        conditions.append(_after(query, *query.after))
    where, parameters = _joined(conditions)
    direction = "DESC" if query.descending else "ASC"
    sql = (
        f"SELECT identity, content FROM documents WHERE {is_kind(query.kind)} {where} "
        f"ORDER BY {value_of(query.order)} {direction}, identity {direction} LIMIT ?"
    )
    return sql, [*parameters, query.limit]


def _joined(conditions: Iterable[Condition]) -> Condition:
    """All conditions after one another, each begun by AND."""
    kept = list(conditions)
    sql = " ".join(f"AND {sql}" for sql, _ in kept)
    return sql, [parameter for _, parameters in kept for parameter in parameters]


def _equal(field: str, value: Scalar) -> Condition:
    if isinstance(value, str):
        # Nothing else equals a text, so the index alone can tell.
        return f"{value_of(field)} = ?", [value]
    return _compared(field, "=", value)


def _compared(field: str, operator: str, value: Scalar) -> Condition:
    types = ", ".join(f"'{name}'" for name in TYPES[type(value)])
    sql = f"{value_of(field)} {operator} {PARAMETER} AND json_type(content, '$.{field}') IN"
    return f"{sql} ({types})", [_text(value)]


def _after(query: Query, value: Scalar, identity: str) -> Condition:
    order = value_of(query.order)
    if query.descending:
        # null comes last, but compares with nothing.
        sql = f"(({order}, identity) < ({PARAMETER}, ?) OR {order} IS NULL)"
    else:
        sql = f"({order}, identity) > ({PARAMETER}, ?)"
    return sql, [_text(value), identity]


def _text(value: Document | Scalar) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
