"""infra.install: a lock's files and no others."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.install import install

METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def a_wheel(folder: Path, name: str) -> str:
    """Makes a package to install; tells the sha256 of its file."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        for file, text in (("METADATA", METADATA.format(name=name)), ("WHEEL", WHEEL)):
            wheel.writestr(f"{name}-1.0.dist-info/{file}", text)
        wheel.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty environment, and an index that is a folder of this test."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return str(folder / "bin" / "python")


def importable(python: str, name: str) -> bool:
    return subprocess.run([python, "-c", f"import {name}"], capture_output=True).returncode == 0


def test_a_file_with_the_locked_hash_is_installed(python: str, tmp_path: Path) -> None:
    digest = a_wheel(tmp_path, "one")
    (tmp_path / "a.lock").write_text(f"one==1.0 --hash=sha256:{digest}\n")

    install(tmp_path / "a.lock", python)

    assert importable(python, "one")


def test_a_file_with_another_hash_is_refused(python: str, tmp_path: Path) -> None:
    a_wheel(tmp_path, "one")
    (tmp_path / "a.lock").write_text(f"one==1.0 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(SystemExit, match="a.lock could not be installed"):
        install(tmp_path / "a.lock", python)

    assert not importable(python, "one")


def test_a_lock_with_an_entry_without_hash_installs_nothing(python: str, tmp_path: Path) -> None:
    digest = a_wheel(tmp_path, "one")
    a_wheel(tmp_path, "two")
    (tmp_path / "a.lock").write_text(f"one==1.0 --hash=sha256:{digest}\ntwo==1.0\n")

    with pytest.raises(SystemExit):
        install(tmp_path / "a.lock", python)

    assert not importable(python, "one") and not importable(python, "two")
