"""CloudEvent function: every photo that arrives is embedded, or rejected with its reason."""

from typing import Any

import functions_framework

from aifr.casebook.events import arrival_of
from aifr.casebook.home import home
from aifr.casebook.ingestion import ingest
from aifr.casebook.moment import seconds_since
from aifr.casebook.recogniser import recogniser
from aifr.endpoint.log import log_event
from aifr.serving import serving_card
from aifr.settings import settings
from aifr.stages import collect_stages, stage


@functions_framework.cloud_event
def ingest_photo(event: Any) -> None:
    """Ingests the object of an event; raises, so that it comes again, where that may help."""
    chosen, stores = settings(), home()
    arrival = arrival_of(event["type"], event.data, stores.incoming, chosen.partner_buckets)
    if arrival is None:
        return log_event("WARNING", "event is not for us", event=event["id"])
    try:
        with collect_stages() as stages, stage("total"):
            outcome = ingest(stores, arrival, recogniser(chosen), serving_card(), chosen)
    except Exception as problem:
        if not too_late(event):
            log_event("WARNING", "ingestion is tried again", problem, event=event["id"])
            raise
        # The object stays: `python -m aifr.casebook.ingest` takes it up again.
        return log_event("ERROR", "ingestion is given up", problem, event=event["id"])
    told = {name: round(value, 1) for name, value in stages.items()}
    if outcome.refused:
        said = {"event": event["id"], "milliseconds": told}
        return log_event("WARNING", "photo refused", outcome.refused, **said)
    state = outcome.photo.state if outcome.photo else "nobody's"
    message = "matches settled" if arrival.marked else f"photo {state}"
    log_event("INFO", message, event=event["id"], milliseconds=told)


def too_late(event: Any) -> bool:
    """Whether an event has been tried for as long as it may be."""
    try:
        return seconds_since(event["time"]) > settings().retry_hours * 3600
    except (KeyError, TypeError, ValueError):
        return False
