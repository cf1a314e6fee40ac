"""What aifr.casebook.records.contract promises of transactions, in both homes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from aifr.casebook.records.contract import FaceFilter, Query, Records, Transaction
from aifr.errors import Conflict
from tests.casebook.records.made import a_face, put, put_faces, units

READS: dict[str, Callable[[Transaction], object]] = {
    "get": lambda transaction: transaction.get("cases", "c1"),
    "find": lambda transaction: transaction.find(Query("cases")),
    "faces": lambda transaction: transaction.faces("c1"),
}
WRITES: dict[str, Callable[[Transaction], object]] = {
    "put": lambda transaction: transaction.put("cases", "c2", {"a": 2}),
    "delete": lambda transaction: transaction.delete("cases", "c1"),
    "put_face": lambda transaction: transaction.put_face(a_face("p2", units(1)[0])),
    "delete_face": lambda transaction: transaction.delete_face("p1"),
}


def state(records: Records) -> tuple:
    """All there is."""
    faces = [(face.photo, face.embedding.tolist()) for face in records.faces("c1")]
    return records.get_all("cases", ["c1", "c2"]), faces


@pytest.fixture
def filled(records: Records) -> Records:
    """A case with a face."""
    put(records, "cases", {"c1": {"created": 1}})
    put_faces(records, [a_face("p1", units(1, seed=1)[0])])
    return records


def test_what_the_work_returns_is_returned(records: Records) -> None:
    assert records.transact(lambda transaction: ("anything", 1)) == ("anything", 1)


def test_all_writes_are_there_afterwards(filled: Records) -> None:
    def work(transaction: Transaction) -> None:
        for write in WRITES.values():
            write(transaction)

    filled.transact(work)

    assert filled.get_all("cases", ["c1", "c2"]) == {"c2": {"a": 2}}
    assert [face.photo for face in filled.faces("c1")] == ["p2"]


def test_an_exception_undoes_everything_and_is_raised(filled: Records) -> None:
    before = state(filled)

    def work(transaction: Transaction) -> None:
        for write in WRITES.values():
            write(transaction)
        raise Conflict("no")

    with pytest.raises(Conflict):
        filled.transact(work)

    assert state(filled) == before
    assert filled.count_faces(FaceFilter("g")) == 1


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("write", WRITES)
def test_a_read_after_a_write_is_refused(filled: Records, read: str, write: str) -> None:
    before = state(filled)

    def work(transaction: Transaction) -> None:
        READS[read](transaction)
        WRITES[write](transaction)
        READS[read](transaction)

    with pytest.raises(RuntimeError):
        filled.transact(work)

    assert state(filled) == before


def test_reads_in_a_transaction_see_what_is_there(filled: Records) -> None:
    def work(transaction: Transaction) -> tuple:
        found = transaction.find(Query("cases"))
        faces = transaction.faces("c1")
        return transaction.get("cases", "c1"), found[0].identity, faces[0].photo

    assert filled.transact(work) == ({"created": 1}, "c1", "p1")


def test_nobody_sees_a_transaction_before_its_end(filled: Records) -> None:
    def work(transaction: Transaction) -> object:
        transaction.put("cases", "c2", {"a": 2})
        return filled.get("cases", "c2")

    assert filled.transact(work) is None
    assert filled.get("cases", "c2") == {"a": 2}


def test_no_increment_is_lost_between_two_threads(
    records: Records, request: pytest.FixtureRequest
) -> None:
    # Each conflict costs the emulator two seconds until it notices.
    times = 10 if "firestore" in request.node.name else 50

    def add_one(transaction: Transaction) -> None:
        counted = transaction.get("limits", "all") or {"count": 0}
        transaction.put("limits", "all", {"count": counted["count"] + 1})

    def add_all(_: int) -> None:
        for _ in range(times):
            records.transact(add_one)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(add_all, range(2)))

    assert records.get("limits", "all") == {"count": 2 * times}


def test_a_query_in_a_transaction_is_isolated_too(records: Records) -> None:
    def add_one(transaction: Transaction) -> None:
        there = len(transaction.find(Query("photos", {"subject": "c1"})))
        if there < 5:
            transaction.put("photos", f"p{there}", {"subject": "c1", "created": there})

    def add_some(_: int) -> None:
        for _ in range(4):
            records.transact(add_one)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(add_some, range(2)))

    assert records.count("photos", {"subject": "c1"}) == 5
