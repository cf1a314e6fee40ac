"""aifr.casebook.records.matrix"""

import numpy as np

from aifr.casebook.records.matrix import Label, Matrix
from tests.casebook.records.made import units

LABELS: list[Label] = [("female", "RO"), ("male", "RO"), ("unknown", "MD")]


def anyone(label: Label) -> bool:
    return True


def numbers(matrix: Matrix, probe: np.ndarray, limit: int = 1000, fits=anyone) -> set[int]:
    return set(matrix.search(probe, fits, limit)[0].tolist())


def test_rows_stay_right_through_many_changes() -> None:
    matrix, expected = Matrix(8, 1), dict[int, np.ndarray]()
    random = np.random.default_rng(5)
    for step, row in enumerate(units(500, 8)):
        if expected and random.random() < 0.45:
            gone = int(random.choice(list(expected)))
            matrix.remove(gone)
            del expected[gone]
        matrix.add([step], [LABELS[step % 3]], row[None])
        expected[step] = row

    found, similarities = matrix.search(units(1, 8, seed=1)[0], anyone, 1000)

    assert len(matrix) == len(expected)
    by_number = dict(zip(found.tolist(), similarities.tolist(), strict=True))
    probe = units(1, 8, seed=1)[0].astype(np.float64)
    assert by_number.keys() == expected.keys()
    assert all(abs(by_number[step] - row @ probe) < 1e-12 for step, row in expected.items())


def test_the_labels_of_moved_rows_move_with_them() -> None:
    matrix = Matrix(8, 4)
    matrix.add([10, 11, 12], LABELS, units(3, 8))

    matrix.remove(10)

    assert numbers(matrix, units(1, 8)[0], fits=lambda label: label[0] == "unknown") == {12}
    assert numbers(matrix, units(1, 8)[0], fits=lambda label: label[0] == "female") == set()


def test_a_removed_embedding_is_nowhere_in_memory() -> None:
    matrix, rows = Matrix(8, 4), units(3, 8)
    matrix.add([0, 1, 2], LABELS, rows)

    for number in (0, 2, 2, 7):
        matrix.remove(number)

    memory = matrix._rows.tobytes()
    assert [row.tobytes() in memory for row in rows] == [False, True, False]


def test_the_most_similar_are_found_and_all_that_tie_with_the_last() -> None:
    rows = units(100, 8)
    rows[50:60] = rows[50]
    matrix = Matrix(8, 100)
    matrix.add(range(100), LABELS * 33 + LABELS[:1], rows)

    assert numbers(matrix, rows[50], limit=3) == set(range(50, 60))
    assert numbers(matrix, rows[7], limit=1) == {7}
