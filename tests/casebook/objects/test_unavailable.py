"""Buckets whose server is not there, is silent, or says that it cannot just now"""

import socket
import time
from collections.abc import Callable, Iterator

import pytest

from aifr.casebook.objects import cloud_storage, s3
from aifr.casebook.objects.contract import Objects
from aifr.casebook.objects.open import open_objects
from aifr.errors import StoreUnavailable
from tests.casebook.objects.conftest import use_s3_at
from tests.casebook.objects.stand_in import Answer, StandIn
from tests.served import free_port

CALLS: dict[str, Callable[[Objects], object]] = {
    "put": lambda store: store.put("a", b"photo", "image/jpeg"),
    "get": lambda store: store.get("a", 100),
    "stat": lambda store: store.stat("a"),
    "delete": lambda store: store.delete("a"),
    "delete one generation": lambda store: store.delete("a", "17"),
    "list": lambda store: list(store.list()),
}


@pytest.fixture(params=["gs", "s3"])
def open_at(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Objects]:
    """Opens a bucket of a server that may be anything."""

    def open_bucket(address: str) -> Objects:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        use_s3_at(address, monkeypatch)
        return open_objects(f"{request.param}://bucket/cases")

    return open_bucket


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits a second where the stores wait six."""
    for module in (cloud_storage, s3):
        monkeypatch.setattr(module, "READ_SECONDS", 1)
    monkeypatch.setattr(cloud_storage, "RETRY_SECONDS", 1)


@pytest.fixture
def silence() -> Iterator[str]:
    """A server that takes connections and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_no_server_is_told_within_seconds(open_at: Callable[[str], Objects]) -> None:
    store = open_at(f"http://127.0.0.1:{free_port()}")
    started = time.monotonic()

    with pytest.raises(StoreUnavailable):
        store.put("a", b"photo", "image/jpeg")

    assert time.monotonic() - started < 15


@pytest.mark.parametrize("call", CALLS)
def test_no_server_fails_every_call(
    open_at: Callable[[str], Objects], hasty: None, call: str
) -> None:
    store = open_at(f"http://127.0.0.1:{free_port()}")

    with pytest.raises(StoreUnavailable):
        CALLS[call](store)


@pytest.mark.parametrize("call", ["put", "get"])
def test_a_silent_server_is_not_waited_for(
    open_at: Callable[[str], Objects], hasty: None, silence: str, call: str
) -> None:
    store = open_at(silence)
    started = time.monotonic()

    with pytest.raises(StoreUnavailable):
        CALLS[call](store)

    assert time.monotonic() - started < 6


@pytest.mark.parametrize(
    ("call", "status"), [*((call, 503) for call in CALLS), ("stat", 500), ("stat", 429)]
)
def test_a_server_that_cannot_just_now(
    open_at: Callable[[str], Objects], hasty: None, stand_in: StandIn, call: str, status: int
) -> None:
    stand_in.answers = [Answer(status)]
    store = open_at(stand_in.address)

    with pytest.raises(StoreUnavailable):
        CALLS[call](store)


def test_what_passes_at_the_second_attempt_has_passed(
    open_at: Callable[[str], Objects], stand_in: StandIn
) -> None:
    gone = Answer(204)
    stand_in.answers = [Answer(503), gone]
    store = open_at(stand_in.address)

    store.delete("a")

    assert len(stand_in.asked) == 2
