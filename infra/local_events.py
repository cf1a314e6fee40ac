"""Locally, what Eventarc does in the cloud: each object that arrives becomes an event of `ingest`.

An object stays incoming until it is ingested, so that nothing is lost when the server ends. What is
still to be matched, by the records, is marked anew every minute, as the sweep does it in the cloud.
"""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from flask import Flask

from aifr.casebook.events import FINALIZED
from aifr.casebook.home import Home
from aifr.casebook.identity import digest
from aifr.casebook.marks import mark
from aifr.casebook.objects.contract import Objects, StoredObject
from aifr.casebook.settling import unsettled
from aifr.endpoint.log import log_event

PAUSE = 0.2
SWEEP_SECONDS = 60.0
RETRY_SECONDS = 10.0


def start_events(ingest: Flask, home: Home) -> None:
    """Delivers events in a thread of its own for as long as the process lives."""
    threading.Thread(target=_deliver_for_ever, args=(ingest, home), daemon=True).start()


def _deliver_for_ever(ingest: Flask, home: Home) -> None:
    tried: dict[tuple[str, str], float] = {}
    swept = -SWEEP_SECONDS
    while True:
        try:
            if time.monotonic() - swept >= SWEEP_SECONDS:
                swept = time.monotonic()
                mark_unsettled(home)
            deliver(ingest, home.incoming, tried)
        except Exception as problem:
            # The store cannot be reached just now, or something that nobody foresaw.
            log_event("ERROR", "events are looked for again", problem)
            time.sleep(RETRY_SECONDS)
        time.sleep(PAUSE)


def mark_unsettled(home: Home) -> None:
    """Has everything matched that a server which died left to be matched."""
    for subject in unsettled(home.records):
        mark(home, subject)


def deliver(ingest: Flask, incoming: Objects, tried: dict[tuple[str, str], float]) -> None:
    """One event for each object, but for those `tried` (name and generation -> moment) just now."""
    there = list(incoming.list())
    for found in there:
        place = (found.name, found.generation)
        if time.monotonic() - tried.get(place, -RETRY_SECONDS) >= RETRY_SECONDS:
            tried[place] = time.monotonic()
            _send(ingest, found)
    for gone in tried.keys() - {(found.name, found.generation) for found in there}:
        del tried[gone]


def _send(ingest: Flask, found: StoredObject) -> None:
    """One event; what it fails with is no matter of the others."""
    try:
        ingest.test_client().post("/", json=event_data(found), headers=event_headers(found))
    except Exception as problem:
        log_event("ERROR", "an event could not be delivered", problem)


def event_data(found: StoredObject) -> Mapping[str, str]:
    """The data of the event that Cloud Storage sends, as far as ingestion reads it."""
    return {"bucket": "incoming", "name": found.name, "generation": found.generation}


def event_headers(found: StoredObject) -> Mapping[str, str]:
    """A CloudEvent in binary mode, as Eventarc sends it. Its id tells no name: ids are logged."""
    name = quote(found.name, errors="surrogateescape")
    return {
        "ce-specversion": "1.0",
        "ce-type": FINALIZED,
        "ce-source": "//storage.googleapis.com/projects/_/buckets/incoming",
        "ce-subject": f"objects/{name}",
        "ce-id": digest(found.name.encode(errors="backslashreplace").decode(), found.generation),
        "ce-time": datetime.now(UTC).isoformat(),
    }
