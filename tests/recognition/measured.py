"""Decoding in processes of their own, so that what each file costs can be told.

As a program: files on the standard input, each behind its length; on the standard output a line of
JSON for each.
"""

import json
import os
import resource
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.served import ROOT

# Of a process that goes on and on; what is allowed is asserted by the tests.
MOST_SECONDS = 30
PICTURE = "a picture"


@dataclass(frozen=True)
class Cost:
    """said: an error's name, or PICTURE. seconds: of CPU. memory: bytes, above what the
    process had before.
    """

    said: str
    seconds: float
    memory: int


def costs(files: Iterable[bytes]) -> list[Cost]:
    """What decoding costs, for each file."""
    sent = b"".join(struct.pack("<I", len(data)) + data for data in files)
    done = subprocess.run(
        [sys.executable, "-m", "tests.recognition.measured"],
        input=sent,
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    return [Cost(**json.loads(line)) for line in done.stdout.splitlines()]


def read_files() -> Iterator[bytes]:
    while head := sys.stdin.buffer.read(4):
        yield sys.stdin.buffer.read(struct.unpack("<I", head)[0])


def said(data: bytes) -> str:
    """What cleaning a file comes to; an error of ours by its name."""
    from aifr.errors import AifrError
    from aifr.recognition.clean import clean_copy, is_clean
    from aifr.settings import Settings

    try:
        return PICTURE if is_clean(clean_copy(data, Settings())) else "not clean"
    except AifrError as problem:
        json.dumps([problem.code, problem.message, problem.param])
        return type(problem).__name__


def cost(data: bytes) -> Cost:
    """In a child, whose peak and CPU the system tells when it has ended."""
    before = resident()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        try:
            word = said(data)
        except BaseException as problem:
            word = f"raised {problem!r}"
        os.write(writer, word.encode()[:1000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        word = pipe.read().decode() or "died"
    _, _, used = os.wait4(child, 0)
    peak = used.ru_maxrss * 1024 - before
    return Cost(word, used.ru_utime + used.ru_stime, max(0, peak))


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def main() -> None:
    # What a child would otherwise have to import is no cost of a file.
    said(b"")
    for data in read_files():
        print(json.dumps(vars(cost(data))), flush=True)


if __name__ == "__main__":
    main()
