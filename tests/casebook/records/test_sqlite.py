"""What is promised of SQLite alone: many processes, sudden ends, locks, indexes that are used"""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from aifr.casebook.records.contract import FaceFilter, Query, Records
from aifr.casebook.records.open import open_records
from aifr.casebook.records.sqlite import SqliteRecords
from aifr.casebook.records.sqlite_documents import selection
from aifr.errors import StoreUnavailable
from tests.casebook.records import processes
from tests.casebook.records.made import a_face, delete, delete_face, put, put_faces, units

EVERYONE = FaceFilter("g")


@pytest.fixture
def address(sqlite_file: Path) -> str:
    return f"sqlite:{sqlite_file}"


@pytest.fixture
def hasty(sqlite_file: Path) -> Iterator[Records]:
    """Records that hardly wait for a lock."""
    sqlite_file.parent.mkdir()
    records = SqliteRecords(sqlite_file, seconds=0.2)
    yield records
    records.close()


def found(records: Records) -> list[str]:
    return sorted(each.photo for each in records.nearest(units(1)[0], EVERYONE, 1000))


def test_two_writers_and_a_reader_at_once(address: str) -> None:
    at_once = [
        processes.started(processes.write, address, "a", 100),
        processes.started(processes.write, address, "b", 100),
        processes.started(processes.read_until, address, 200),
    ]

    assert processes.finished(*at_once) == [0, 0, 0]
    with closing(open_records(address)) as records:
        assert records.get("limits", "all") == {"count": 200}
        assert records.count("photos", {}) == len(found(records)) == 200


def test_many_processes_make_the_same_file(address: str) -> None:
    at_once = [processes.started(processes.write, address, name, 1) for name in "abcdef"]

    assert processes.finished(*at_once) == [0] * 6
    with closing(open_records(address)) as records:
        assert found(records) == [f"{name}0" for name in "abcdef"]


def test_a_file_that_another_is_still_making_is_waited_for(
    sqlite_records: Records, sqlite_file: Path
) -> None:
    other = sqlite3.connect(sqlite_file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with closing(other), ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(put, sqlite_records, "cases", {"c1": {"a": 1}})
        time.sleep(0.3)
        assert not waiting.done()
        other.execute("COMMIT")
        waiting.result()

    assert sqlite_records.get("cases", "c1") == {"a": 1}


def test_after_a_kill_every_transaction_is_whole_or_not_at_all(address: str) -> None:
    # This one keeps its matrix through all the kills.
    with closing(open_records(address)) as watching:
        for name in "abcd":
            writer = processes.started(processes.write_until_killed, address, name)
            wait_for(watching, f"{name}20")
            writer.kill()
            writer.join()

            with closing(open_records(address)) as records:
                photos = [each.identity for each in records.find(Query("photos", limit=1000))]
                assert found(records) == found(watching) == sorted(photos)
                assert records.get("limits", "all") == {"count": len(photos)}


def wait_for(records: Records, photo: str) -> None:
    deadline = time.monotonic() + 60
    while records.get("photos", photo) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_face_that_another_process_deleted_is_not_found(
    sqlite_records: Records, address: str
) -> None:
    put_faces(sqlite_records, [a_face(name, units(1)[0]) for name in ("p1", "p2", "p3")])
    assert found(sqlite_records) == ["p1", "p2", "p3"]

    assert processes.finished(processes.started(processes.delete, address, "p2")) == [0]

    assert found(sqlite_records) == ["p1", "p3"]


def test_a_deleted_face_is_not_found_after_reopening(address: str) -> None:
    with closing(open_records(address)) as records:
        put_faces(records, [a_face(name, units(1)[0]) for name in ("p1", "p2")])
        delete_face(records, "p1")

    with closing(open_records(address)) as records:
        assert found(records) == ["p2"]


def test_nothing_of_a_deleted_face_is_left_in_its_table(
    sqlite_records: Records, sqlite_file: Path
) -> None:
    put_faces(sqlite_records, [a_face("p1", units(1)[0])])

    delete_face(sqlite_records, "p1")

    with closing(sqlite3.connect(sqlite_file)) as connection:
        (row,) = connection.execute("SELECT * FROM faces").fetchall()
    number, change, *rest = row
    assert (number, change, set(rest)) == (1, 2, {None})


def test_erased_bytes_are_in_no_file(address: str, sqlite_file: Path) -> None:
    rows = units(60, 512)
    faces = [a_face(f"p{number:02d}", row) for number, row in enumerate(rows)]
    secret = "0040 712 345 678"
    records = open_records(address)
    put(records, "private", {f"c{number}": {"phone": f"{secret} {number}"} for number in range(60)})
    for face in faces:
        put_faces(records, [face])
    for number in range(0, 60, 2):
        delete_face(records, f"p{number:02d}")
        delete(records, "private", f"c{number}")

    while_open = everything_in(sqlite_file.parent)
    records.close()
    closed = everything_in(sqlite_file.parent)

    for content in (while_open, closed):
        left = [number for number, row in enumerate(rows) if row[200:210].tobytes() in content]
        assert left == list(range(1, 60, 2))
        assert f'{secret} 8"'.encode() not in content
        assert f'{secret} 9"'.encode() in content


def test_what_a_reader_kept_in_the_log_goes_with_a_later_transaction(
    sqlite_records: Records, sqlite_file: Path
) -> None:
    row = units(1, 512)[0]
    put_faces(sqlite_records, [a_face("p1", row)])
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM faces").fetchall()
        delete_face(sqlite_records, "p1")
        assert row.tobytes() in everything_in(sqlite_file.parent)

    put(sqlite_records, "cases", {"c1": {}})

    assert row.tobytes() not in everything_in(sqlite_file.parent)


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_a_store_that_stays_locked_is_unavailable(hasty: Records, sqlite_file: Path) -> None:
    put(hasty, "cases", {"c1": {"created": 1}})
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreUnavailable):
            put(hasty, "cases", {"c1": {"created": 2}})
        assert hasty.get("cases", "c1") == {"created": 1}

    put(hasty, "cases", {"c1": {"created": 3}})
    assert hasty.get("cases", "c1") == {"created": 3}


def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    records = SqliteRecords(tmp_path / "no folder" / "file", seconds=0.2)

    for ask in (
        lambda: records.get("cases", "c1"),
        lambda: records.get_all("cases", ["c1"]),
        lambda: records.find(Query("cases")),
        lambda: records.count("cases", {}),
        lambda: records.faces("c1"),
        lambda: records.nearest(units(1)[0], EVERYONE, 1),
        lambda: records.count_faces(EVERYONE),
        lambda: records.transact(lambda transaction: None),
    ):
        with pytest.raises(StoreUnavailable):
            ask()


def test_a_mistake_is_no_unavailable_store(sqlite_records: Records) -> None:
    with pytest.raises(ValueError):
        put(sqlite_records, "cases", {"c1": {"x": float("nan")}})


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (Query("photos", {"subject": "c1"}), "photos_subject_created"),
        (Query("photos", {"state": "pending"}, below="2026"), "photos_state_created"),
        (Query("cases", {"state": "published"}, "published", True), "cases_state_published"),
        (Query("cases", {"state": "closed"}, "updated", below="2026"), "cases_state_updated"),
        (
            Query("matches", {"state": "new"}, "likelihood_ratio", True, after=(1.5, "m1")),
            "matches_state_likelihood_ratio",
        ),
        (Query("audit", {"subject": "c1"}, "sequence", after=(7, "a")), "audit_subject_sequence"),
        (
            Query("photos", {"state": "embedded", "matched": False}, after=("2026", "p1")),
            "photos_state_matched_created",
        ),
    ],
)
def test_queries_read_an_index_in_its_order(
    sqlite_records: Records, sqlite_file: Path, query: Query, index: str
) -> None:
    put(sqlite_records, "cases", {"c1": {}})
    sql, parameters = selection(query)

    with closing(sqlite3.connect(sqlite_file)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()

    assert f"SEARCH documents USING INDEX {index} " in plan[0][3]
    assert len(plan) == 1
