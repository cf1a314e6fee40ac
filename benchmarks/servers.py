"""Searchers in processes of their own, and what they take.

One process builds a searcher's files; a fresh one opens them and searches. All searchers take
turns, so that a slow moment of the machine hits all alike.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from tqdm import tqdm

from benchmarks.gallery import blocks, open_gallery
from benchmarks.searchers import SEARCHERS, Block, Blocks

FRESH = get_context("spawn")
# Firestore works in another process, which only a wall clock sees.
CLOCKS: Mapping[str, Callable[[], float]] = {"CPU": process_time, "wall": perf_counter}
# Whether only women are looked at, and how that is called.
FILTERS = {False: "all", True: "half, by sex"}


@dataclass
class Measured:
    """Of one searcher: seconds of building and of opening with a first search, bytes of memory
    above the interpreter's, and by filter the seconds of each search and the rows it found.
    """

    building: float = 0.0
    opening: float = 0.0
    memory: int = 0
    times: dict[bool, list[float]] = field(default_factory=lambda: {each: [] for each in FILTERS})
    found: dict[bool, list[list[int]]] = field(
        default_factory=lambda: {each: [] for each in FILTERS}
    )


def build(name: str, folder: Path, clock: str, patience: float) -> float:
    """Builds a searcher's files; the seconds it took. TimeoutError beyond `patience`."""
    gallery = open_gallery(folder)
    size = len(gallery.embeddings)
    started = CLOCKS[clock]()
    patient = _patient(name, blocks(gallery), size, patience)
    SEARCHERS[name].build(patient, folder, size)
    return CLOCKS[clock]() - started


def _patient(name: str, parts: Blocks, size: int, patience: float) -> Iterator[Block]:
    """The same blocks, with a bar, as long as it lasts no longer than `patience` seconds."""
    started = perf_counter()
    with tqdm(total=size, desc=f"building {name}", unit=" faces") as bar:
        for numbers, part in parts:
            if perf_counter() - started > patience:
                raise TimeoutError(f"only {bar.n:,} of {size:,} faces after {patience:.0f} s")
            yield numbers, part
            bar.update(len(numbers))


def serve(pipe: Connection, name: str, folder: Path, clock: str) -> None:
    """Opens a searcher's files and searches as it is told through the pipe, until told None."""
    before = _peak_memory()
    gallery, now = open_gallery(folder), CLOCKS[clock]
    try:
        started = now()
        search = SEARCHERS[name].open(folder, len(gallery.embeddings))
        search(gallery.probes[0], False)
        pipe.send(now() - started)
        for probe, women in iter(pipe.recv, None):
            started = now()
            found = search(gallery.probes[probe], women)
            pipe.send((now() - started, found))
        pipe.send(_peak_memory() - before)
    except Exception as error:
        pipe.send(_said(error))


def _peak_memory() -> int:
    """Bytes that this process held at most, in all its life."""
    kilobytes = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes[1]) * 1024 if kilobytes else 0


class Server:
    """A searcher in a fresh process. What goes wrong there is a RuntimeError here."""

    def __init__(self, name: str, folder: Path, clock: str) -> None:
        self._pipe, theirs = FRESH.Pipe()
        self._process = FRESH.Process(target=serve, args=(theirs, name, folder, clock), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, question: tuple[int, bool] | None) -> Any:
        """Its answer to a search, or where it ends, the memory it took."""
        self._pipe.send(question)
        return self.answer()

    def answer(self) -> Any:
        """What it sends next."""
        try:
            answer = self._pipe.recv()
        except EOFError:
            raise RuntimeError("its process was ended") from None
        if isinstance(answer, str):
            raise RuntimeError(answer)
        return answer


def measure(
    names: Iterable[str], folder: Path, clock: str, patience: float
) -> dict[str, Measured | str]:
    """Each searcher's figures on the gallery in `folder`, or why there are none."""
    results: dict[str, Measured | str] = {}
    servers: dict[str, Server] = {}
    for name in names:
        try:
            with ProcessPoolExecutor(1, FRESH) as pool:
                building = pool.submit(build, name, folder, clock, patience).result()
            server = Server(name, folder, clock)
            results[name] = Measured(building, opening=server.answer())
            servers[name] = server
        except Exception as error:
            results[name] = _said(error)
    measured = {name: each for name, each in results.items() if isinstance(each, Measured)}
    for probe in tqdm(range(len(open_gallery(folder).probes)), "searches"):
        for women in FILTERS:
            for name, each in measured.items():
                seconds, found = servers[name].ask((probe, women))
                each.times[women].append(seconds)
                each.found[women].append(found)
    for name, each in measured.items():
        each.memory = servers[name].ask(None)
    return results


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
