"""Locks hold all that is installed, at one version and with hashes; and they are current."""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.lock import CPU, CUDA, DEVELOPMENT, OF_CUDA, UNUSED, inputs, name_of, read_lock
from tests.served import ROOT

LOCKS = [*inputs(), CPU, CUDA]
OTHERS = [path for path in inputs() if path.suffix == ".lock" and path.parent.name != "locks"]


def by_place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def versions(path: Path) -> dict[str, str]:
    """name -> version of a lock."""
    entries = read_lock(path.read_text())
    return {
        name: re.split(r"[ \\]", entry)[0].partition("==")[2] for name, entry in entries.items()
    }


def here(path: Path) -> dict[str, str]:
    """name -> version of what a lock installs on this machine."""
    entries = read_lock(path.read_text()).values()
    asked = [Requirement(entry.partition("\\\n")[0]) for entry in entries]
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in asked
        if each.marker is None or each.marker.evaluate()
    }


@pytest.mark.parametrize("lock", LOCKS, ids=by_place)
def test_a_lock_names_packages_with_hashes_and_nothing_else(lock: Path) -> None:
    digest = "    --hash=sha256:[0-9a-f]{64}"
    entry = rf"[a-z0-9-]+==[^ ;]+( ; [^\\\n]+)? \\\n({digest} \\\n)*{digest}\n"

    comment, _, rest = lock.read_text().partition("\n")

    assert comment.startswith("# By `make lock`")
    assert re.fullmatch(f"({entry})+", rest)


@pytest.mark.parametrize(("lock", "requirements"), inputs().items(), ids=str)
def test_every_requirement_is_locked_at_its_version(lock: Path, requirements: list[str]) -> None:
    locked = versions(lock)

    unused = UNUSED.get(lock, ())
    for requirement in requirements:
        name, version = name_of(requirement), requirement.partition("==")[2]
        assert name in unused or locked.get(name) == version, requirement


def installed_needs(name: str, extras: set[str]) -> Iterator[Requirement]:
    """What an installed package needs on this machine."""
    for line in requires(name) or ():
        needed = Requirement(line)
        told = [{"extra": extra} for extra in extras | {""}]
        if needed.marker is None or any(needed.marker.evaluate(each) for each in told):
            yield needed


@pytest.mark.parametrize("lock", [DEVELOPMENT, *OTHERS], ids=by_place)
def test_what_a_locked_package_needs_is_locked_too(lock: Path) -> None:
    locked = here(lock)
    needed = [
        (name, need)
        for name in locked
        for need in installed_needs(name, set())
        if not OF_CUDA.match(need.name)
    ]

    assert len(needed) > len(locked) / 2
    for name, need in needed:
        version = locked.get(canonicalize_name(need.name))
        assert version is not None and need.specifier.contains(version, prereleases=True), (
            f"{name} needs {need}"
        )


def test_what_the_tests_run_on_is_what_is_locked() -> None:
    for name, version in here(DEVELOPMENT).items():
        try:
            found = distribution(name).version
        except PackageNotFoundError:
            pytest.fail(f"{name} is locked and not installed")
        assert found.partition("+")[0] == version, name


@pytest.mark.parametrize("lock", OTHERS, ids=by_place)
def test_a_function_is_deployed_with_what_the_tests_run_on(lock: Path) -> None:
    assert versions(lock).items() <= versions(DEVELOPMENT).items()


def test_torch_without_cuda_is_among_the_files_for_functions() -> None:
    own = re.findall("sha256:[0-9a-f]{64}", CPU.read_text())

    for lock in (DEVELOPMENT, ROOT / "functions" / "similarity" / "requirements.lock"):
        hashes = re.findall("sha256:[0-9a-f]{64}", read_lock(lock.read_text())["torch"])
        assert hashes[:1] == own
        assert len(hashes) == len(set(hashes)) > 1
    assert versions(CPU) == {"torch": versions(DEVELOPMENT)["torch"] + "+cpu"}


def test_no_function_brings_cuda() -> None:
    assert not [name for lock in OTHERS for name in versions(lock) if OF_CUDA.match(name)]
    assert any(name.startswith("nvidia-") for name in versions(CUDA))
