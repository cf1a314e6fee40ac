"""One numpy matrix of embeddings that is searched exactly.

Rows lie without gaps: where one is removed, the last takes its place, and what the last leaves is
overwritten, so that memory holds no embedding that was removed.
"""

from collections.abc import Callable, Sequence

import numpy as np

# (sex, country): what a search may filter by.
Label = tuple[str, str]
# Single precision errs by less than this; what lies closer to the last place is ranked anew.
MARGIN = 1e-4


class Matrix:
    """Embeddings of one dimension, each known by a number. Not safe for threads."""

    def __init__(self, dimension: int, capacity: int) -> None:
        self._rows = np.empty((max(1, capacity), dimension), np.float32)
        self._numbers = np.empty(len(self._rows), np.int64)
        self._labels = np.empty(len(self._rows), np.int32)
        self._row_of: dict[int, int] = {}
        self._known_labels: dict[Label, int] = {}

    def __len__(self) -> int:
        return len(self._row_of)

    def add(self, numbers: Sequence[int], labels: Sequence[Label], embeddings: np.ndarray) -> None:
        """Takes in rows whose numbers are not there yet; embeddings: float32 (n, d)."""
        start, end = len(self), len(self) + len(numbers)
        self._make_room(end)
        self._rows[start:end] = embeddings
        self._numbers[start:end] = numbers
        self._labels[start:end] = [self._label(label) for label in labels]
        self._row_of.update(zip(numbers, range(start, end), strict=True))

    def remove(self, number: int) -> None:
        """Forgets a row, if it is there."""
        row = self._row_of.pop(number, None)
        if row is None:
            return
        last = len(self)
        if row != last:
            for column in (self._rows, self._numbers, self._labels):
                column[row] = column[last]
            self._row_of[int(self._numbers[row])] = row
        self._rows[last] = 0

    def search(
        self, probe: np.ndarray, fits: Callable[[Label], bool], limit: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Numbers and similarities (float64), in no order, among which are the `limit` rows most
        like `probe` of those whose label fits, and all that tie with the last of them.
        """
        similarities = self._rows[: len(self)] @ probe.astype(np.float32)
        rows = self._fitting(fits)
        rows = rows[_largest(similarities[rows], limit)]
        exact = self._rows[rows].astype(np.float64) @ probe.astype(np.float64)
        return self._numbers[rows], exact

    def _fitting(self, fits: Callable[[Label], bool]) -> np.ndarray:
        known = [number for label, number in self._known_labels.items() if fits(label)]
        return np.flatnonzero(np.isin(self._labels[: len(self)], known))

    def _label(self, label: Label) -> int:
        return self._known_labels.setdefault(label, len(self._known_labels))

    def _make_room(self, count: int) -> None:
        if count > len(self._rows):
            capacity = max(count, 2 * len(self._rows))
            self._rows = _longer(self._rows, capacity)
            self._numbers = _longer(self._numbers, capacity)
            self._labels = _longer(self._labels, capacity)


def _longer(column: np.ndarray, capacity: int) -> np.ndarray:
    longer = np.empty((capacity, *column.shape[1:]), column.dtype)
    longer[: len(column)] = column
    return longer


def _largest(values: np.ndarray, limit: int) -> np.ndarray:
    """Indices of the `limit` largest values and of all within MARGIN of the last of them."""
    if len(values) <= limit:
        return np.arange(len(values))
    place = len(values) - limit
    return np.flatnonzero(values >= np.partition(values, place)[place] - MARGIN)
