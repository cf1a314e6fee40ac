"""A function's deployable folder: `python -m infra.stage similarity` writes build/similarity/.

The same sources give the same bytes, names, modes and times.
"""

import argparse
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from infra.catalogue import HTTP_TARGETS, ROOT

# The first moment a zip file can carry.
MODIFIED = 315_532_800
MODEL = Path("models/default")


def stage(name: str, out: Path) -> None:
    """Makes `out` anew with main.py, requirements.txt, aifr/ and the model of a function.

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
    for file in ("main.py", "requirements.txt"):
        yield ROOT / "functions" / name / file, Path(file)
    for source in sorted((ROOT / "aifr").rglob("*.py")):
        yield source, source.relative_to(ROOT)
    for file in ("card.json", *sorted(_model_files())):
        yield ROOT / MODEL / file, MODEL / file


def _model_files() -> list[str]:
    return list(json.loads((ROOT / MODEL / "card.json").read_text())["sha256"])


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)
    os.utime(target, (MODIFIED, MODIFIED))


def main() -> None:
    """Stages the function named on the command line."""
    parser = argparse.ArgumentParser(description="Makes the deployable folder of a function.")
    parser.add_argument("name", choices=sorted(HTTP_TARGETS))
    parser.add_argument("--out", type=Path, help="default: build/NAME")
    arguments = parser.parse_args()
    out = arguments.out or ROOT / "build" / arguments.name
    stage(arguments.name, out)
    print(out)


if __name__ == "__main__":
    main()
