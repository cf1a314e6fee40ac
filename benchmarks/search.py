"""Search among many faces, ours beside other libraries: `python -m benchmarks.search`.

One thread and a process of its own for each, on the same made embeddings and probes; then the two
homes of records beside each other, Firestore by its emulator. Needs the extra `bench`.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse  # noqa: E402
import shutil  # noqa: E402
from collections.abc import Iterable, Iterator, Mapping, Sequence  # noqa: E402
from pathlib import Path  # noqa: E402
from tempfile import TemporaryDirectory  # noqa: E402

import numpy as np  # noqa: E402

from benchmarks.gallery import FOUND, Gallery, exact, make_gallery, recall  # noqa: E402
from benchmarks.searchers import EMBEDDED, HOMES, OURS  # noqa: E402
from benchmarks.servers import FILTERS, Measured, measure  # noqa: E402
from tests.emulators import server  # noqa: E402
from tests.served import free_port  # noqa: E402

MEBIBYTE = 2**20
FIRESTORE = ["gcloud", "emulators", "firestore", "start"]
SEARCHES = ("", "among", "p50 ms", "p95 ms", "ratio to aifr", f"recall at {FOUND}")
PROCESSES = ("", "build s", "open s", "peak MiB", "ratio to the vectors")
Results = Mapping[str, Measured | str]
Row = Sequence[str]


def run(
    names: Iterable[str], size: int, probes: int, clock: str, options: argparse.Namespace
) -> None:
    """Measures searchers on a gallery of this size, and prints their tables."""
    with TemporaryDirectory(prefix="aifr-search-") as place:
        gallery = make_gallery(Path(place), size, probes, options.seed)
        results = measure(names, Path(place), clock, options.patience)
        print(f"\n{probes} searches among {size:,} faces, {clock} time\n")
        print_rows(SEARCHES, searches(results, gallery))
        print(f"\nBuilding, opening and memory at {size:,} faces, {clock} time\n")
        print_rows(PROCESSES, processes(results, gallery))


def searches(results: Results, gallery: Gallery) -> Iterator[Row]:
    """Of each searcher without a filter, then of each with it."""
    ours = results[OURS]
    for women, among in FILTERS.items():
        truth = exact(gallery, women)
        for name, each in results.items():
            if isinstance(each, str) or isinstance(ours, str):
                yield name, among, str(each)
                continue
            middle, high = np.percentile(each.times[women], (50, 95)) * 1000
            ratio = middle / (np.median(ours.times[women]) * 1000)
            found = recall(each.found[women], truth)
            yield name, among, f"{middle:.2f}", f"{high:.2f}", f"{ratio:.2f}", f"{found:.3f}"


def processes(results: Results, gallery: Gallery) -> Iterator[Row]:
    """Of each searcher."""
    for name, each in results.items():
        if isinstance(each, str):
            yield name, each
            continue
        memory = f"{each.memory / MEBIBYTE:,.0f}"
        ratio = f"{each.memory / gallery.embeddings.nbytes:.2f}"
        yield name, f"{each.building:.1f}", f"{each.opening:.2f}", memory, ratio


def print_rows(heads: Row, rows: Iterable[Row]) -> None:
    """A Markdown table; what lacks at the end of a row stays empty."""
    for cells in (heads, ["---"] + ["---:"] * (len(heads) - 1), *rows):
        print(f"| {' | '.join([*cells, *[''] * (len(heads) - len(cells))])} |")


def run_homes(options: argparse.Namespace) -> None:
    """The homes of records, Firestore in its emulator; says so where there is none."""
    missing = [program for program in ("gcloud", "java") if shutil.which(program) is None]
    if missing:
        print(f"\nFirestore is not measured: no {' and no '.join(missing)} on this machine")
        return
    port = free_port()
    os.environ["FIRESTORE_EMULATOR_HOST"] = f"127.0.0.1:{port}"
    with server([*FIRESTORE, f"--host-port=127.0.0.1:{port}"], port):
        run(HOMES, options.firestore_size, options.firestore_probes, "wall", options)


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--firestore-size", type=int, default=10_000, help="0: without Firestore")
    parser.add_argument("--probes", type=int, default=100)
    parser.add_argument("--firestore-probes", type=int, default=20)
    parser.add_argument("--patience", type=float, default=1800, help="seconds to build an index")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for size in options.sizes:
        run(EMBEDDED, size, options.probes, "CPU", options)
    if options.firestore_size:
        run_homes(options)


if __name__ == "__main__":
    main()
