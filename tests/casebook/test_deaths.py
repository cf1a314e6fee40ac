"""A process that dies at any step, while a photo or its case is erased, leaves nothing of it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aifr.casebook.erasure import count_remaining, erase
from aifr.casebook.home import Home
from aifr.casebook.ingest import Workshop, sweep
from aifr.casebook.moment import days_ago
from aifr.casebook.photo_changes import remove_photo
from aifr.casebook.photos import photos_of
from aifr.casebook.records.contract import Found, Query
from aifr.casebook.retention import retain
from aifr.casebook.tombstones import ERASED
from aifr.casebook.unfinished import finish_photos
from aifr.recognition.recognise import Recognition
from tests.casebook.conftest import SETTINGS, a_case, embedded_home, ingest_all, upload
from tests.casebook.made import made_card, made_recognise, photo_of

DEAD = 9
# More than any of these takes.
MOST_STEPS = 60
WRITES = {"put", "delete", "transact"}


class Mortal:
    """A store that counts what is written, by all stores together, and dies before or after one."""

    def __init__(self, store: Any, steps: Iterator[int], last: int, before: bool) -> None:
        self._store, self._steps, self._last, self._before = store, steps, last, before

    def __getattr__(self, name: str) -> Any:
        whole = getattr(self._store, name)
        return self._counted(whole) if name in WRITES else whole

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            dies = next(self._steps) == self._last
            if dies and self._before:
                os._exit(DEAD)
            answer = call(*arguments, **named)
            if dies:
                os._exit(DEAD)
            return answer

        return counted


def mortal(home: Home, last: int, before: bool) -> Home:
    steps = iter(range(MOST_STEPS))
    stores: list[Any] = [home.records, home.photos, home.incoming]
    records, photos, incoming = (Mortal(each, steps, last, before) for each in stores)
    return Home(records, photos, incoming)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Scene:
    """A folder that processes open one after the other, with a pending photo of a case."""

    folder: Path
    case: str
    photo: str

    @contextmanager
    def open(self) -> Iterator[Home]:
        home = embedded_home(self.folder)
        try:
            yield home
        finally:
            home.records.close()

    def died(self, work: Callable[[Home], object], last: int, before: bool) -> bool:
        """Whether a process of its own died at its step number `last` of this work."""
        process = os.fork()
        if process == 0:
            try:
                work(mortal(embedded_home(self.folder), last, before))
            except BaseException:
                os._exit(1)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        assert code in (0, DEAD)
        return code == DEAD


def a_scene(folder: Path) -> Scene:
    home = embedded_home(folder)
    case = a_case(home)
    photo = upload(home, case, photo_of(1))
    home.records.close()
    return Scene(folder, case, photo.identity)


def each_death(folder: Path, work: Callable[[Scene], Callable[[Home], object]]) -> Iterator[Scene]:
    """Scenes in which a process died at each step of a work, before and after it."""
    for number in range(MOST_STEPS):
        for before in (True, False):
            scene = a_scene(folder / f"{number}-{before}")
            if not scene.died(work(scene), number, before):
                assert number > 1, "no step was counted"
                return
            yield scene
    raise AssertionError("it has more steps than that")


def make_old(home: Home, tombstone: Found) -> None:
    old = {**tombstone.document, "created": days_ago(1)}
    home.records.transact(lambda transaction: transaction.put(ERASED, tombstone.identity, old))


def some_hours_later(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep and retention, when all that was left is old."""
    for found in home.records.find(Query(ERASED)):
        make_old(home, found)
    monkeypatch.setattr("aifr.casebook.retention.ORPHAN_SECONDS", -1)
    list(sweep(Workshop(home, made_recognise, made_card(), SETTINGS), home.incoming, ours=True))
    finish_photos(home, made_recognise, made_card(), SETTINGS)
    retain(home, SETTINGS)


def erasing_the_photo(scene: Scene, home: Home) -> None:
    remove_photo(home, scene.case, scene.photo, "reporter")


def erasing_the_case(scene: Scene, home: Home) -> None:
    erase(home, scene.case, "reporter")


ERASING = [erasing_the_photo, erasing_the_case]


@pytest.mark.parametrize("act", ERASING)
def test_what_is_erased_while_it_is_ingested_is_gone_whenever_ingestion_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[Scene, Home], None]
) -> None:
    def work(scene: Scene) -> Callable[[Home], object]:
        def recognise(data: bytes, chosen: int | None) -> Recognition:
            # By another process, as far as the stores can tell.
            with scene.open() as other:
                act(scene, other)
            return made_recognise(data, chosen)

        return lambda home: ingest_all(home, recognise)

    for scene in each_death(tmp_path, work):
        with scene.open() as home:
            if home.records.get(ERASED, scene.photo) or home.records.get(ERASED, scene.case):
                some_hours_later(home, monkeypatch)
                nothing_is_left(home, scene)


@pytest.mark.parametrize("ingested", [False, True])
@pytest.mark.parametrize("act", ERASING)
def test_what_is_erased_is_gone_whenever_the_erasure_dies(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[Scene, Home], None],
    ingested: bool,
) -> None:
    def work(scene: Scene) -> Callable[[Home], object]:
        if ingested:
            with scene.open() as home:
                ingest_all(home)
        return lambda home: act(scene, home)

    for scene in each_death(tmp_path, work):
        with scene.open() as home:
            if home.records.get(ERASED, scene.photo) or home.records.get(ERASED, scene.case):
                some_hours_later(home, monkeypatch)
                nothing_is_left(home, scene)
            else:
                assert [photo.identity for photo in photos_of(home.records, scene.case)] == [
                    scene.photo
                ]


def test_a_photo_is_embedded_whenever_its_ingestion_died(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for scene in each_death(tmp_path, lambda scene: ingest_all):
        with scene.open() as home:
            some_hours_later(home, monkeypatch)

            (photo,) = photos_of(home.records, scene.case)
            assert photo.state == "embedded"
            assert len(home.records.faces(scene.case)) == 1
            assert len(list(home.photos.list())) == 1
            assert list(home.incoming.list()) == []


def nothing_is_left(home: Home, scene: Scene) -> None:
    assert list(home.photos.list()) == list(home.incoming.list()) == []
    assert home.records.faces(scene.case) == []
    assert photos_of(home.records, scene.case) == []
    if home.records.get(ERASED, scene.case):
        assert count_remaining(home, scene.case) == 0
