"""A function's deployable folder: `python -m infra.stage similarity` writes build/similarity/.

The same sources give the same bytes, names, modes and times. `--digest` tells one word for those
that lie there already.
"""

import argparse
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from infra.catalogue import EVENT_TARGETS, ROOT, TARGETS

# The first moment a zip file can carry.
MODIFIED = 315_532_800
MODEL = Path("models/default")


def stage(name: str, out: Path) -> None:
    """Makes `out` anew with main.py, its lock as requirements.txt, aifr/ and the model's card; with
    the model itself, if the requirements name torch.

    Raises FileNotFoundError where the function or a file of its model is missing, FileExistsError
    where `out` holds anything but a staged function.
    """
    files = list(_files(name))
    for source, _ in files:
        if not source.is_file():
            raise FileNotFoundError(f"{source.relative_to(ROOT)} is missing; run: make stage")
    _clear(out)
    for source, target in files:
        _copy(source, out / target)
    for folder in [out, *(path for path in out.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)
        os.utime(folder, (MODIFIED, MODIFIED))


def _clear(out: Path) -> None:
    staged = (out / "main.py").exists() and (out / "aifr").exists()
    if out.exists() and not staged and any(out.iterdir()):
        raise FileExistsError(f"{out} is not a staged function.")
    shutil.rmtree(out, ignore_errors=True)


def _files(name: str) -> Iterator[tuple[Path, Path]]:
    """Where each file comes from, and where in the staged folder it goes."""
    yield ROOT / "functions" / name / "main.py", Path("main.py")
    # With hashes: pip takes no other file, wherever it is built.
    yield ROOT / "functions" / name / "requirements.lock", Path("requirements.txt")
    for source in sorted((ROOT / "aifr").rglob("*.py")):
        yield source, source.relative_to(ROOT)
    if name in EVENT_TARGETS:
        # How boto3 gets at the bucket of a partner.
        for file in ("config", "federate.py"):
            yield ROOT / "infra" / "aws" / file, Path("aws") / file
    files = sorted(_model_files()) if _needs_model(name) else []
    for file in ("card.json", *files):
        yield ROOT / MODEL / file, MODEL / file


def _needs_model(name: str) -> bool:
    requirements = ROOT / "functions" / name / "requirements.txt"
    return requirements.is_file() and "\ntorch==" in requirements.read_text()


def _model_files() -> list[str]:
    return list(json.loads((ROOT / MODEL / "card.json").read_text())["sha256"])


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)
    os.utime(target, (MODIFIED, MODIFIED))


def digest(folder: Path) -> str:
    """sha256 of all names and contents in a staged folder."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(folder)} {content}\n".encode())
    return whole.hexdigest()


def main() -> None:
    """Stages the function named on the command line."""
    parser = argparse.ArgumentParser(description="Makes the deployable folder of a function.")
    parser.add_argument("name", choices=sorted(TARGETS))
    parser.add_argument("--out", type=Path, help="default: build/NAME")
    parser.add_argument("--digest", action="store_true", help="tell what is staged, stage nothing")
    arguments = parser.parse_args()
    out = arguments.out or ROOT / "build" / arguments.name
    if arguments.digest:
        print(digest(out))
    else:
        stage(arguments.name, out)
        print(out)


if __name__ == "__main__":
    main()
