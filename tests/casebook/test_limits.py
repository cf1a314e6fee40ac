"""Counts of requests: shared by all instances, and gone when their hour is over."""

import pytest

from aifr.casebook import limits
from aifr.casebook.home import Home
from aifr.casebook.limits import count_request, demand_budget, forget_past_hours
from aifr.errors import TooManyRequests


def test_to_look_at_a_budget_uses_nothing_of_it(home: Home) -> None:
    for _ in range(3):
        demand_budget(home.records, "reports", "10.0.0.1", 1)
    count_request(home.records, "reports", "10.0.0.1", 1)

    with pytest.raises(TooManyRequests):
        demand_budget(home.records, "reports", "10.0.0.1", 1)


def test_all_counts_of_past_hours_are_forgotten_and_those_of_this_hour_stay(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SWEEP", 4)
    then = limits._now() - 2 * limits.HOUR
    with monkeypatch.context() as earlier:
        earlier.setattr(limits, "_now", lambda: then)
        for number in range(11):
            count_request(home.records, "reports", f"10.0.0.{number}", 1)
    count_request(home.records, "reports", "10.0.0.1", 1)

    gone = forget_past_hours(home.records)

    assert (gone, home.records.count("limits", {})) == (11, 1)
    assert forget_past_hours(home.records) == 0
    with pytest.raises(TooManyRequests):
        count_request(home.records, "reports", "10.0.0.1", 1)


def test_a_sweep_that_broke_off_is_gone_on_with(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SWEEP", 2)
    then = limits._now() - 2 * limits.HOUR
    with monkeypatch.context() as earlier:
        earlier.setattr(limits, "_now", lambda: then)
        for number in range(5):
            count_request(home.records, "reports", f"10.0.0.{number}", 1)
    calls = iter([limits._forget])
    with monkeypatch.context() as broken, pytest.raises(StopIteration):
        broken.setattr(limits, "_forget", lambda *said: next(calls)(*said))
        forget_past_hours(home.records)

    assert home.records.count("limits", {}) == 3
    assert forget_past_hours(home.records) == 3
