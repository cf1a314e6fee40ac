"""What an event of an object store says: which object arrived where."""

from collections.abc import Mapping, Sequence
from typing import Any

from aifr.casebook.arrivals import Arrival
from aifr.casebook.objects.contract import Objects
from aifr.casebook.objects.open import open_objects

FINALIZED = "google.cloud.storage.object.v1.finalized"
CREATED = "com.amazonaws.s3.object.created"


def arrival_of(
    kind: str, data: Any, incoming: Objects, partner_buckets: Sequence[str]
) -> Arrival | None:
    """The arrival that an event tells of, None for one that is not for us: of another kind, of
    another bucket, or that makes no sense.

    kind: FINALIZED, or CREATED with the `detail` of Amazon EventBridge's "Object Created".
    partner_buckets: each as ADDRESS=PARTNER.
    """
    if not isinstance(data, Mapping):
        return None
    if kind == FINALIZED:
        return _of_incoming(data, incoming)
    return _of_partner(data, partner_buckets) if kind == CREATED else None


def _of_incoming(data: Mapping[str, Any], incoming: Objects) -> Arrival | None:
    bucket, name, generation = (data.get(key) for key in ("bucket", "name", "generation"))
    below = name_below(incoming.uri, f"gs://{bucket}/{name}")
    # A folder has no bucket; its events come from the local server.
    if incoming.uri.startswith("file:"):
        below = name if isinstance(name, str) else None
    if not below or generation is None:
        return None
    return Arrival(incoming, below, str(generation))


def _of_partner(data: Mapping[str, Any], partner_buckets: Sequence[str]) -> Arrival | None:
    bucket, entry = data.get("bucket"), data.get("object")
    if not isinstance(bucket, Mapping) or not isinstance(entry, Mapping):
        return None
    place = f"s3://{bucket.get('name')}/{entry.get('key')}"
    for told in partner_buckets:
        address, _, partner = told.partition("=")
        below = name_below(address, place)
        if below:
            store, etag = open_objects(address), entry.get("etag")
            return Arrival(store, below, etag, ours=False, partner=partner)
    return None


def partner_at(address: str, partner_buckets: Sequence[str]) -> str:
    """Whose store lies at an address or around it, "" where it is nobody's."""
    for told in partner_buckets:
        known, _, partner = told.partition("=")
        if f"{address.rstrip('/')}/".startswith(f"{known.rstrip('/')}/"):
            return partner
    return ""


def name_below(address: str, place: str) -> str | None:
    """The name of the object at `place` in the store at `address`, None if it is not in it."""
    prefix = address.rstrip("/") + "/"
    return place.removeprefix(prefix) if place.startswith(prefix) else None
