"""A storm of events, and what must be true after it; run as a program, it weathers one part:

python -m tests.casebook.storm FOLDER
"""

import json
import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from aifr.casebook.arrivals import Arrival
from aifr.casebook.audit import broken_link, history
from aifr.casebook.home import Home
from aifr.casebook.ingestion import ingest
from aifr.casebook.matches import match_identity
from aifr.casebook.photos import PHOTOS, Photo, object_name, photos_of
from aifr.casebook.records.contract import Query
from aifr.casebook.stored import as_document
from aifr.errors import StoreUnavailable
from tests.casebook.conftest import SETTINGS, a_case, a_sighted, embedded_home, upload
from tests.casebook.made import made_card, made_recognise, photo_of

PEOPLE, PHOTOS_EACH, TIMES = 50, 2, 5


def prepare(home: Home, folder: Path, people: int = PEOPLE) -> dict[str, str]:
    """A case and a sighting of each of the people, with two photos each, all incoming; shuffled
    events, five a photo, 1,000 in all where the people are 50. Returns sighting -> case.
    """
    pairs, names = {}, []
    for person in range(people):
        case, sighting = a_case(home, "published"), a_sighted(home)
        pairs[sighting] = case
        for take in range(2 * PHOTOS_EACH):
            subject = case if take < PHOTOS_EACH else sighting
            photo = vouched(home, upload(home, subject, photo_of(person, take), age=20))
            names.append(object_name(subject, photo.identity))
    events = names * TIMES
    random.Random(4).shuffle(events)
    (folder / "events.json").write_text(json.dumps(events))
    return pairs


def vouched(home: Home, photo: Photo) -> Photo:
    """The photo as passed already, so that it is searched as soon as it is embedded."""
    passed = replace(photo, passed_by="reviewer:one")
    home.records.transact(
        lambda transaction: transaction.put(PHOTOS, photo.identity, as_document(passed))
    )
    return passed


def weather(home: Home, folder: Path) -> None:
    """Delivers the events that nobody acknowledged yet, two at a time."""
    events = json.loads((folder / "events.json").read_text())
    done = acknowledged(folder)
    acknowledging = Lock()
    with (folder / "done.txt").open("a") as log, ThreadPoolExecutor(2) as pool:

        def deliver(number: int) -> None:
            # After every second event the object comes once more.
            store = home.incoming if number % 2 == 0 else Kept(home.incoming)
            arrival = Arrival(store, events[number])
            try:
                ingest(home, arrival, made_recognise, made_card(), SETTINGS)
            except StoreUnavailable:
                return
            with acknowledging:
                log.write(f"{number}\n")
                log.flush()
                os.fsync(log.fileno())

        print("ready", flush=True)
        list(pool.map(deliver, [number for number in range(len(events)) if number not in done]))


class Kept:
    """A store in which what is removed comes again."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def delete(self, name: str, generation: str | None = None) -> None:
        """Nothing."""


def left(folder: Path) -> int:
    """How many events are not done with."""
    return len(json.loads((folder / "events.json").read_text())) - len(acknowledged(folder))


def acknowledged(folder: Path) -> set[int]:
    """The numbers of the events that are done with; a line cut off by a kill is none."""
    path = folder / "done.txt"
    lines = path.read_text().split("\n")[:-1] if path.exists() else []
    return {int(line) for line in lines}


def check(home: Home, pairs: dict[str, str]) -> None:
    """Every photo embedded once, every match made once, nothing else."""
    subjects = [*pairs, *pairs.values()]
    for subject in subjects:
        photos = photos_of(home.records, subject)
        assert [photo.state for photo in photos] == ["embedded"] * PHOTOS_EACH
        assert all(photo.matched for photo in photos)
        names = sorted(photo.identity for photo in photos)
        assert sorted(face.photo for face in home.records.faces(subject)) == names
        told = [e.details for e in history(home.records, subject) if e.action == "photo embedded"]
        assert sorted(told) == [[name] for name in names]
        assert broken_link(home.records, subject) is None
    found = home.records.find(Query("matches", order="likelihood_ratio", limit=10_000))
    expected = {match_identity(sighting, case) for sighting, case in pairs.items()}
    assert sorted(each.identity for each in found) == sorted(expected)
    assert home.records.count("photos", {}) == len(subjects) * PHOTOS_EACH
    assert len(list(home.photos.list())) == len(subjects) * PHOTOS_EACH


if __name__ == "__main__":
    place = Path(sys.argv[1])
    weather(embedded_home(place), place)
