"""Ingests all objects of a store, or the cases and photos of a manifest:

    python -m aifr.casebook.ingest           what is left incoming or at partners, and unfinished
    python -m aifr.casebook.ingest s3://bucket/prefix --partner NAME    SUBJECT/NAME, a partner's
    python -m aifr.casebook.ingest s3://bucket/prefix --manifest people.csv --partner NAME

--partner, a name or an identity, says whose store it is; without it, AIFR_PARTNER_BUCKETS does.
Only that partner's cases are written to. Again, it goes on where it stopped: what is embedded
already is not embedded again. Rejected rows and photos are written to --report; where any has to be
tried again, the command ends with 1.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from aifr.casebook.arrivals import Arrival
from aifr.casebook.events import partner_at
from aifr.casebook.home import Home, home
from aifr.casebook.ingestion import Recognise, ingest
from aifr.casebook.loops import each_alone, may_pass
from aifr.casebook.manifest import Row, enrol, read_manifest
from aifr.casebook.objects.contract import Objects
from aifr.casebook.objects.open import open_objects
from aifr.casebook.recogniser import recogniser
from aifr.casebook.unfinished import finish_photos
from aifr.errors import AifrError
from aifr.recognition.card import Card, read_card
from aifr.settings import Settings, settings

# Who reports the cases of a manifest where nobody is named.
NOBODY = "manifest"
# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Rejected:
    """A row of the report: an object or a line of the manifest, an error's code and message.
    again: whether it has to be tried again.
    """

    what: str
    code: str
    message: str
    again: bool = False


@dataclass(frozen=True)
class Workshop:
    """What ingestion works with."""

    home: Home
    recognise: Recognise
    card: Card
    settings: Settings

    def ingest(self, arrival: Arrival) -> Rejected | None:
        """Ingests an object; what was wrong with it, None if nothing was."""
        outcome = ingest(self.home, arrival, self.recognise, self.card, self.settings)
        photo, refused = outcome.photo, outcome.refused
        if refused is not None:
            return Rejected(arrival.name, refused.code, refused.message)
        if arrival.marked:
            return None
        if photo is None:
            return Rejected(arrival.name, "not_found", "No case or sighting has this name.")
        if photo.state == "rejected":
            return Rejected(arrival.name, photo.reason, photo.message)
        return None


def sweep(workshop: Workshop, store: Objects, ours: bool, partner: str = "") -> Iterator[Rejected]:
    """Ingests every object of a store; partner: whose it is, if not ours."""
    found = tqdm(list(store.list()), "photos", disable=None)
    arrivals = (Arrival(store, one.name, one.generation, ours, partner=partner) for one in found)
    for arrival, came in each_alone(arrivals, workshop.ingest):
        yield from rejections(arrival.name, came)


def sweep_all(workshop: Workshop) -> Iterator[Rejected]:
    """What is left incoming and in partners' stores; one that cannot be read stops no other."""
    yield from sweep(workshop, workshop.home.incoming, ours=True)
    stores = [told.partition("=") for told in workshop.settings.partner_buckets]

    def sweep_theirs(told: tuple[str, str, str]) -> list[Rejected]:
        return list(sweep(workshop, open_objects(told[0]), ours=False, partner=told[2]))

    for told, came in each_alone(stores, sweep_theirs):
        if isinstance(came, list):
            yield from came
        else:
            yield from rejections(told[0], came)


def follow(
    workshop: Workshop, store: Objects, manifest: Path, partner: str, verified: bool
) -> Iterator[Rejected]:
    """Enrols the cases of a manifest and ingests their photos, each row a photo."""

    def ingest_row(row: tuple[int, Row]) -> Rejected | None:
        return workshop.ingest(enrol(workshop.home, store, row[1], partner, verified))

    rows = tqdm(list(read_manifest(manifest)), "rows", disable=None)
    for (line, _), came in each_alone(rows, ingest_row):
        yield from rejections(f"line {line}", came)


def rejections(what: str, came: Rejected | Exception | None) -> Iterator[Rejected]:
    """The row of a report, if there is one, for what came of an object."""
    if isinstance(came, Rejected):
        yield came
    elif isinstance(came, AifrError):
        yield Rejected(what, came.code, came.message, may_pass(came))
    elif came is not None:
        yield Rejected(what, AifrError.code, "This failed as the log tells.", again=True)


def write_report(rejected: Iterable[Rejected], path: Path | None) -> list[Rejected]:
    """Writes what was rejected as CSV, row by row: what ends it leaves what was found by then."""
    rows = []
    with path.open("w", newline="", encoding="utf-8") if path else nullcontext(sys.stdout) as file:
        writer = csv.writer(file)
        writer.writerow(("what", "code", "message"))
        for row in rejected:
            writer.writerow(map(cell, (row.what, row.code, row.message)))
            rows.append(row)
    return rows


def cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; what is no text in it is spelled out."""
    shown = text.encode(errors="backslashreplace").decode()
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("address", nargs="?", help="gs://, s3:// or file:; default: incoming")
    parser.add_argument("--manifest", type=Path, help="CSV, a row a photo")
    parser.add_argument("--partner", default="", help="whose store it is, and who reports")
    parser.add_argument("--verified", action="store_true", help="the cases need no review")
    parser.add_argument("--report", type=Path, help="CSV; default: the standard output")
    return parser.parse_args(argv)


def main() -> None:
    arguments, chosen = parse(sys.argv[1:]), settings()
    workshop = Workshop(home(), recogniser(chosen), read_card(chosen.model_folder), chosen)
    store = open_objects(arguments.address) if arguments.address else workshop.home.incoming
    partner = arguments.partner or partner_at(store.uri, chosen.partner_buckets)
    if arguments.manifest:
        found = follow(workshop, store, arguments.manifest, partner or NOBODY, arguments.verified)
    elif arguments.address:
        found = sweep(workshop, store, store.uri == workshop.home.incoming.uri, partner)
    else:
        found = sweep_all(workshop)
    rows = write_report(found, arguments.report)
    if not arguments.address:
        finish_photos(workshop.home, workshop.recognise, workshop.card, chosen)
    print(f"{len(rows)} rejected", file=sys.stderr)
    if any(row.again for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
