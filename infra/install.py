"""Installs what a lock names, each file by its hash, and nothing else.

    python -m infra.install locks/serving.lock [--python OTHER]

pip 22.3 or newer is needed in the Python that runs it, not in the other.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from infra.catalogue import ROOT

CPU, CUDA = ROOT / "locks" / "cpu.lock", ROOT / "locks" / "cuda.lock"


def install(lock: Path, python: str = sys.executable) -> None:
    """Torch without CUDA where an index of pip has it, and with CUDA otherwise.

    Raises SystemExit where a file is not to be had or is not the one that was locked.
    """
    with_cuda = "\ntorch==" in lock.read_text() and not _pip(CPU, python)
    locks = [lock, CUDA] if with_cuda else [lock]
    for each in locks:
        if not _pip(each, python):
            raise SystemExit(f"{each} could not be installed")


def _pip(lock: Path, python: str) -> bool:
    # A lock names all that is needed; so pip need not look for more.
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    command += ["--require-hashes", "--no-deps", "--requirement", str(lock)]
    return subprocess.run(command).returncode == 0


def main() -> None:
    """Installs the lock named on the command line."""
    parser = argparse.ArgumentParser(description="Installs a lock.")
    parser.add_argument("lock", type=Path)
    parser.add_argument("--python", default=sys.executable, help="where to; default: this one")
    arguments = parser.parse_args()
    install(arguments.lock, arguments.python)


if __name__ == "__main__":
    main()
