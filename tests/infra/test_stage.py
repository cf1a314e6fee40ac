"""A staged function: everything it needs, nothing else, the same bytes every time."""

import hashlib
from pathlib import Path

import pytest

from infra.catalogue import TARGETS
from infra.stage import stage
from tests.served import ROOT


def fingerprint(folder: Path) -> list[tuple[str, int, float, str]]:
    """Name, mode, time and content of all that a folder holds."""
    return [
        (
            str(path.relative_to(folder)),
            path.stat().st_mode,
            path.stat().st_mtime,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(folder.rglob("*"))
    ]


@pytest.mark.parametrize("name", TARGETS)
def test_a_staged_function_holds_code_requirements_and_model(name: str, tmp_path: Path) -> None:
    stage(name, tmp_path / "out")

    files = {str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.*")}
    main = ROOT / "functions" / name / "main.py"
    assert (tmp_path / "out" / "main.py").read_bytes() == main.read_bytes()
    assert {"requirements.txt", "aifr/errors.py", "models/default/card.json"} <= files
    needs_model = "torch==" in (tmp_path / "out" / "requirements.txt").read_text()
    assert ("models/default/embedder.pt" in files) == needs_model
    assert {Path(file).suffix for file in files} <= {".py", ".txt", ".pt", ".json"}


def test_staging_twice_gives_the_same_bytes_names_modes_and_times(tmp_path: Path) -> None:
    stage("similarity", tmp_path / "first")
    stage("similarity", tmp_path / "second")

    assert fingerprint(tmp_path / "first") == fingerprint(tmp_path / "second")


def test_staging_again_leaves_nothing_of_before(tmp_path: Path) -> None:
    stage("similarity", tmp_path / "out")
    (tmp_path / "out" / "aifr" / "stale.py").touch()

    stage("similarity", tmp_path / "out")

    assert not (tmp_path / "out" / "aifr" / "stale.py").exists()


def test_staging_clears_no_folder_but_its_own(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(FileExistsError):
        stage("similarity", tmp_path)

    assert (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize("name", TARGETS)
def test_requirements_are_pinned_exactly(name: str) -> None:
    lines = (ROOT / "functions" / name / "requirements.txt").read_text().splitlines()

    assert lines and all("==" in line for line in lines)
