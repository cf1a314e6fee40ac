"""Counts of one instance, in its memory."""

import threading
from typing import Any

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from aifr.endpoint import throttle
from aifr.endpoint.caller import network_of
from aifr.endpoint.throttle import Throttle
from aifr.errors import TooManyRequests
from aifr.settings import Settings

SETTINGS = Settings()


def asked(address: str) -> Request:
    return Request(EnvironBuilder(environ_base={"REMOTE_ADDR": address}).get_environ())


def passes(counts: Throttle, address: str, weight: int = 1, most: int = 2) -> bool:
    try:
        counts.count(asked(address), weight, SETTINGS, most)
    except TooManyRequests:
        return False
    return True


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("::FFFF:a00:1", "10.0.0.1"),
        ("2002:a00:1:7::9", "10.0.0.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:DB8:0:0:ffff::2", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_an_address_is_one_caller_however_it_is_spelled_and_a_network_of_ipv6_too(
    address: str, network: str
) -> None:
    assert network_of(address) == network


def test_as_many_pass_as_may_and_others_are_counted_apart() -> None:
    counts = Throttle("comparisons")

    assert [passes(counts, "10.0.0.1") for _ in range(3)] == [True, True, False]
    assert passes(counts, "10.0.0.2")


def test_what_weighs_more_than_is_left_is_refused_and_uses_nothing_up() -> None:
    counts = Throttle("comparisons")

    assert [passes(counts, "::1", weight) for weight in (3, 1, 2, 1)] == [False, True, False, True]


def test_with_the_hour_everyone_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 7200.0
    monkeypatch.setattr(throttle.time, "time", lambda: now)
    counts = Throttle("comparisons")
    before = [passes(counts, "::1", most=1) for _ in range(2)]
    with pytest.raises(TooManyRequests) as refusal:
        counts.count(asked("::1"), 1, SETTINGS, 1)

    now += 3600

    assert (before, refusal.value.seconds) == ([True, False], 3600)
    assert passes(counts, "::1", most=1)


def test_memory_is_bounded_however_many_callers_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(throttle, "MOST_CALLERS", 3)
    counts = Throttle("comparisons")

    for last in range(10):
        passes(counts, f"10.0.0.{last}", most=1)

    assert [passes(counts, f"10.0.0.{last}", most=1) for last in (9, 8, 7)] == [False] * 3
    assert passes(counts, "10.0.0.0", most=1)


def test_threads_lose_no_count() -> None:
    counts = Throttle("comparisons")
    passed: list[bool] = []

    def work() -> None:
        passed.extend(passes(counts, "::1", most=50) for _ in range(40))

    threads: list[Any] = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(passed) == 50
