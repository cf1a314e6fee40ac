"""What is promised of Firestore alone: no store is no long wait"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from aifr.casebook.records.contract import FaceFilter, Query, Records
from aifr.casebook.records.open import open_records
from aifr.errors import StoreUnavailable
from tests.casebook.records.made import put, units
from tests.served import free_port

CALLS: dict[str, Callable[[Records], object]] = {
    "transact": lambda records: put(records, "cases", {"c1": {}}),
    "get": lambda records: records.get("cases", "c1"),
    "get_all": lambda records: records.get_all("cases", ["c1"]),
    "find": lambda records: records.find(Query("cases")),
    "count": lambda records: records.count("cases", {}),
    "faces": lambda records: records.faces("c1"),
    "nearest": lambda records: records.nearest(units(1)[0], FaceFilter("g"), 10),
    "count_faces": lambda records: records.count_faces(FaceFilter("g")),
}


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    """Records at a port where nobody listens."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{free_port()}")
    records = open_records("firestore://nowhere")
    yield records
    records.close()


def test_a_store_that_is_not_there_is_unavailable_within_seconds(nowhere: Records) -> None:
    begun = time.monotonic()

    with ThreadPoolExecutor(len(CALLS)) as threads:
        calls = {name: threads.submit(call, nowhere) for name, call in CALLS.items()}

    failures = {name: type(call.exception()) for name, call in calls.items()}
    assert failures == dict.fromkeys(CALLS, StoreUnavailable)
    assert time.monotonic() - begun < 15


def test_a_mistake_is_no_unavailable_store(firestore_records: Records) -> None:
    with pytest.raises(Exception) as raised:
        put(firestore_records, "cases", {"c1": {"x": object()}})

    assert not isinstance(raised.value, StoreUnavailable)


def test_databases_are_apart(
    firestore_emulator: str, monkeypatch: pytest.MonkeyPatch, firestore_records: Records
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    one, other = (open_records(f"firestore://apart/{name}") for name in ("one", "other"))

    put(one, "cases", {"c1": {"a": 1}})

    assert (one.get("cases", "c1"), other.get("cases", "c1")) == ({"a": 1}, None)
