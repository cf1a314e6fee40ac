"""Ingests all objects of a store, or the cases and photos of a manifest:

    python -m aifr.casebook.ingest                       what is left incoming, and unfinished
    python -m aifr.casebook.ingest s3://bucket/prefix    SUBJECT/NAME of a partner's bucket
    python -m aifr.casebook.ingest s3://bucket/prefix --manifest people.csv --partner NAME

Again, it goes on where it stopped: what is embedded already is not embedded again. Rejected rows
and photos are written to --report.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from aifr.casebook.home import Home, home
from aifr.casebook.ingestion import Arrival, Recognise, ingest
from aifr.casebook.manifest import enrol, read_manifest
from aifr.casebook.objects.contract import Objects
from aifr.casebook.objects.open import open_objects
from aifr.casebook.recogniser import recogniser
from aifr.casebook.unfinished import finish_photos
from aifr.errors import AifrError
from aifr.recognition.card import Card, read_card
from aifr.settings import Settings, settings


@dataclass(frozen=True)
class Rejected:
    """A row of the report: an object or a line of the manifest, an error's code and message."""

    what: str
    code: str
    message: str


@dataclass(frozen=True)
class Workshop:
    """What ingestion works with."""

    home: Home
    recognise: Recognise
    card: Card
    settings: Settings

    def ingest(self, arrival: Arrival) -> Rejected | None:
        """Ingests an object; what was wrong with it, None if nothing was."""
        photo = ingest(self.home, arrival, self.recognise, self.card, self.settings).photo
        if arrival.marked:
            return None
        if photo is None:
            return Rejected(arrival.name, "not_found", "No case or sighting has this name.")
        if photo.state == "rejected":
            return Rejected(arrival.name, photo.reason, photo.message)
        return None


def sweep(workshop: Workshop, store: Objects, ours: bool) -> Iterator[Rejected]:
    """Ingests every object of a store."""
    for found in tqdm(list(store.list()), "photos", disable=None):
        rejected = workshop.ingest(Arrival(store, found.name, found.generation, ours))
        if rejected:
            yield rejected


def follow(
    workshop: Workshop, store: Objects, manifest: Path, partner: str, verified: bool
) -> Iterator[Rejected]:
    """Enrols the cases of a manifest and ingests their photos, each row a photo."""
    for line, row in tqdm(list(read_manifest(manifest)), "rows", disable=None):
        try:
            arrival = enrol(workshop.home, store, row, partner, verified)
            rejected = workshop.ingest(arrival)
        except AifrError as problem:
            if problem.status == 503:
                raise
            rejected = Rejected(f"line {line}", problem.code, problem.message)
        if rejected:
            yield rejected


def write_report(rejected: Iterable[Rejected], path: Path | None) -> int:
    """Writes what was rejected as CSV; how many there were."""
    rows = list(rejected)
    with path.open("w", newline="") if path else sys.stdout as file:
        writer = csv.writer(file)
        writer.writerow(("what", "code", "message"))
        writer.writerows((row.what, row.code, row.message) for row in rows)
    return len(rows)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("address", nargs="?", help="gs://, s3:// or file:; default: incoming")
    parser.add_argument("--manifest", type=Path, help="CSV, a row a photo")
    parser.add_argument("--partner", default="manifest", help="who reports the cases")
    parser.add_argument("--verified", action="store_true", help="the cases need no review")
    parser.add_argument("--report", type=Path, help="CSV; default: the standard output")
    return parser.parse_args(argv)


def main() -> None:
    arguments, chosen = parse(sys.argv[1:]), settings()
    workshop = Workshop(home(), recogniser(chosen), read_card(chosen.model_folder), chosen)
    store = open_objects(arguments.address) if arguments.address else workshop.home.incoming
    if arguments.manifest:
        rows = follow(workshop, store, arguments.manifest, arguments.partner, arguments.verified)
    else:
        rows = sweep(workshop, store, ours=store.uri == workshop.home.incoming.uri)
    count = write_report(rows, arguments.report)
    if not arguments.address:
        finish_photos(workshop.home, workshop.recognise, workshop.card, chosen)
    print(f"{count} rejected", file=sys.stderr)


if __name__ == "__main__":
    main()
