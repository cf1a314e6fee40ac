"""Locks: all that an installation takes, at one version and with the hashes of its files.

    make lock

writes them anew from pyproject.toml and functions/*/requirements.txt, by uv of locks/tools.lock.
Versions stay unless an input asks for another; delete a lock first to have the newest.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from infra.catalogue import ROOT, TARGETS

FOLDER = ROOT / "locks"
DEVELOPMENT, CPU, CUDA = (FOLDER / f"{name}.lock" for name in ("development", "cpu", "cuda"))
# The extras of pyproject.toml that a lock holds, beside what the project always needs.
EXTRAS = {
    DEVELOPMENT: ("local", "casebook", "detector", "train", "test"),
    FOLDER / "serving.lock": ("local", "casebook", "detector"),
    FOLDER / "bench.lock": ("local", "casebook", "detector", "train", "test", "bench"),
}
TOOLS = FOLDER / "tools.lock"
UV = Path(sys.executable).with_name("uv")
PYTHON = "3.11"
HEADER = "# By `make lock`; change {inputs} instead.\n"
# What only torch asks for, and only that of the ordinary index on Linux.
OF_CUDA = re.compile(r"cuda-|nvidia-|triton")
# Nothing imports the package whose wheel carries the detector's weights: it needs none of its own.
UNUSED = {FOLDER / "serving.lock": ("torchvision",)}
# What functions run on; torch for it, without CUDA, is no file of the ordinary index.
CPU_WHEEL = ("--python-version", PYTHON, "--platform", "manylinux_2_28_x86_64")

Entries = dict[str, str]


def inputs() -> dict[Path, list[str]]:
    """The requirements that each lock is made from, that of development first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed, extras = project["project"]["dependencies"], project["project"]["optional-dependencies"]
    return {
        **{
            lock: [*needed, *(pin for name in names for pin in extras[name])]
            for lock, names in EXTRAS.items()
        },
        TOOLS: extras["tools"],
        **{
            folder / "requirements.lock": (folder / "requirements.txt").read_text().split()
            for folder in (ROOT / "functions" / name for name in sorted(TARGETS))
        },
    }


def read_lock(text: str) -> Entries:
    """The entries of a lock by name: NAME==VERSION, perhaps a marker, and hashes."""
    found = re.finditer(r"^([A-Za-z0-9._-]+)==(?:.*\\\n)*.*\n", text, re.MULTILINE)
    return {match[1]: match[0] for match in found}


def write_lock(path: Path, entries: Mapping[str, str], source: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEADER.format(inputs=source) + "".join(entries.values()))


def name_of(requirement: str) -> str:
    """The name of a package as locks spell it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[=\[<>~! ;]", requirement)[0]).lower()


def compiled(requirements: list[str], constraints: Iterable[str], known: Path) -> Entries:
    """What uv resolves for every platform; a version that `known` holds is kept where it may be."""
    with tempfile.TemporaryDirectory() as folder:
        asked, bounds, out = (Path(folder) / name for name in ("asked", "bounds", "out"))
        asked.write_text("\n".join(requirements))
        bounds.write_text("\n".join(constraints))
        out.write_text("".join(path.read_text() for path in (known, CUDA) if path.exists()))
        command = [str(UV), "pip", "compile", str(asked), "--constraint", str(bounds)]
        command += ["--universal", "--python-version", PYTHON, "--generate-hashes", "--quiet"]
        command += ["--no-header", "--no-annotate", "--output-file", str(out)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return read_lock(out.read_text())


@cache
def cpu_hash(version: str) -> str:
    """sha256 of torch without CUDA for functions; from TORCH_INDEX where pip is told of it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *CPU_WHEEL]
        command += ["--only-binary", ":all:", "--dest", folder, f"torch=={version}+cpu"]
        subprocess.run(command, check=True)
        wheel = next(Path(folder).iterdir())
        told = subprocess.run(
            [sys.executable, "-m", "pip", "hash", str(wheel)], capture_output=True, text=True
        )
        return re.findall(r"sha256:[0-9a-f]{64}", told.stdout)[0]


def with_cpu(entries: Entries) -> Entries:
    """The entries, torch with the hash of its wheel for CPUs too."""
    entry = entries.get("torch", "")
    if not entry:
        return entries
    version = entry.partition("==")[2].split()[0]
    head, line = f"torch=={version} \\\n", f"    --hash={cpu_hash(version)} \\\n"
    return {**entries, "torch": head + line + entry.removeprefix(head).replace(line, "")}


def bounds_of(agreed: Entries, requirements: list[str]) -> list[str]:
    """The versions of development for what an input does not name, and what builds the project."""
    named = {name_of(requirement) for requirement in requirements}
    pins = {name: entry.splitlines()[0].rstrip(" \\") for name, entry in agreed.items()}
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    pins |= {name_of(pin): pin for pin in built}
    return [pin for name, pin in pins.items() if name not in named]


def main() -> None:
    """Writes every lock; all agree with that of development where their inputs let them."""
    agreed: Entries = {}
    for path, requirements in inputs().items():
        entries = compiled(requirements, bounds_of(agreed, requirements), path)
        agreed = agreed or entries
        unused = UNUSED.get(path, ())
        kept = {
            name: entry
            for name, entry in entries.items()
            if name not in unused and not OF_CUDA.match(name)
        }
        beside = path.with_suffix(".txt")
        source = beside.name if beside.exists() else "pyproject.toml"
        write_lock(path, with_cpu(kept), source)
        print(path.relative_to(ROOT))
    version = agreed["torch"].partition("==")[2].split()[0]
    write_lock(
        CPU,
        {"torch": f"torch=={version}+cpu \\\n    --hash={cpu_hash(version)}\n"},
        "torch in pyproject.toml",
    )
    cuda = {name: each for name, each in agreed.items() if OF_CUDA.match(name)}
    write_lock(CUDA, cuda, "torch in pyproject.toml")


if __name__ == "__main__":
    main()
