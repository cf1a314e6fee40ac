"""1,000 duplicate and shuffled events over 200 photos, with deaths and with failures."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from aifr.casebook.home import Home
from aifr.errors import StoreUnavailable
from tests.casebook.conftest import ingest_all
from tests.casebook.storm import PEOPLE, acknowledged, check, left, prepare, weather
from tests.served import ROOT

DEATHS = 20


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_by_twenty_deaths(embedded_home: Home, tmp_path: Path) -> None:
    pairs = prepare(embedded_home, tmp_path)
    moments = random.Random(20)
    deaths = 0
    while deaths < DEATHS:
        process = begin(tmp_path)
        # Somewhere within the next forty events, and at any point within one.
        target = len(acknowledged(tmp_path)) + moments.randrange(40)
        while process.poll() is None and len(acknowledged(tmp_path)) < target:
            time.sleep(0.001)
        time.sleep(moments.uniform(0.0, 0.05))
        process.kill()
        deaths += process.wait() == -9
    assert left(tmp_path), "no death came while there was work"

    assert begin(tmp_path).wait(timeout=300) == 0
    ingest_all(embedded_home)

    assert not left(tmp_path)
    check(embedded_home, pairs)
    assert list(embedded_home.incoming.list()) == []


def begin(folder: Path) -> "subprocess.Popen[bytes]":
    """The storm's process, from the moment it delivers."""
    command = [sys.executable, "-m", "tests.casebook.storm", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"ready\n"
    return process


class Failing:
    """A store of which one call in ten fails, half of those after it was carried out."""

    def __init__(self, store: Any, chance: float = 0.1) -> None:
        self._store, self._chance = store, chance
        self._moments, self._lock = random.Random(10), Lock()
        self.failures = 0

    def __getattr__(self, name: str) -> Any:
        whole = getattr(self._store, name)
        return self._sometimes(whole) if callable(whole) else whole

    def _sometimes(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def failing(*arguments: Any, **named: Any) -> Any:
            with self._lock:
                fate = self._moments.random()
                self.failures += fate < self._chance
            if fate < self._chance / 2:
                raise StoreUnavailable("Not just now.")
            answer = call(*arguments, **named)
            if fate < self._chance:
                raise StoreUnavailable("It was done, and nobody heard of it.")
            return answer

        return failing


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_by_a_store_that_fails(
    embedded_home: Home, tmp_path: Path
) -> None:
    weather_failures(embedded_home, tmp_path, PEOPLE)


@pytest.mark.slow
def test_nor_by_a_cloud_that_fails(cloud_home: Home, tmp_path: Path) -> None:
    weather_failures(cloud_home, tmp_path, people=5)


def weather_failures(home: Home, folder: Path, people: int) -> None:
    pairs = prepare(home, folder, people)
    stores = [Failing(store) for store in (home.records, home.photos, home.incoming)]
    failing = Home(*stores)

    rounds = 0
    while left(folder):
        weather(failing, folder)
        rounds += 1
        assert rounds < 50
    ingest_all(home)

    assert min(store.failures for store in stores) > 0
    check(home, pairs)
    assert list(home.incoming.list()) == []
