"""What a protocol leaves: figures for JSON, tables and notes for people."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any

from training.evaluation.bootstrap import Estimate


@dataclass(frozen=True)
class Table:
    """Cells as text; the first column tells the rows apart."""

    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Outcome:
    """figures: dataclasses, lists, dictionaries and numbers. notes: whole sentences."""

    figures: Any
    tables: list[Table]
    notes: list[str] = field(default_factory=list)


def show(figure: Estimate) -> str:
    """A figure and its interval in three decimals: 0.914 (0.870-0.947)."""
    return f"{figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def markdown(table: Table) -> str:
    """A table in Markdown."""
    lines = [table.header, ("---",) * len(table.header), *table.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def stacked(tables: Sequence[tuple[str, Table]]) -> Table:
    """Tables of one header below each other, a first column "model" telling whose each row is."""
    header = ("model", *tables[0][1].header)
    return Table(header, [(name, *row) for name, table in tables for row in table.rows])


def as_json(value: Any) -> str:
    """JSON of an outcome's figures; numbers with six decimals, null for NaN."""
    return json.dumps(_plain(value), indent=1) + "\n"


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 6)
    return value
