"""infra/find_secrets.sh: a secret that was committed is found, and what only looks so is not."""

import subprocess
from pathlib import Path

import pytest

from tests.served import ROOT

SCRIPT = ROOT / "infra" / "find_secrets.sh"
# In two parts each, so that this file holds none.
SECRETS = {
    "private key": "-----BEGIN RSA PRIVATE" + " KEY-----",
    "service account": '{"type": "service' + '_account"}',
    "AWS": "AKIA" + "ABCDEFGHIJKLMNOP",
    "Google": "AIza" + "x" * 35,
    "GitHub": "ghp" + "_" + "a" * 36,
    "a reporter's": "report" + "_" + "b" * 43,
}


def find_in(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """The script on a repository that holds this text."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / "notes.txt").write_text(f"harmless\n{text}\n")
    subprocess.run(["git", "-C", str(folder), "add", "notes.txt"], check=True)
    return subprocess.run([str(SCRIPT), str(folder)], capture_output=True, text=True)


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_with_its_place(tmp_path: Path, kind: str) -> None:
    done = find_in(tmp_path, SECRETS[kind])

    assert done.returncode == 1
    assert done.stdout.startswith("notes.txt:2:")


def test_hashes_and_placeholders_are_no_secrets(tmp_path: Path) -> None:
    done = find_in(tmp_path, "a" * 64 + "\nreport_...\nkey_...\n")

    assert done.returncode == 0


def test_this_repository_holds_none() -> None:
    done = subprocess.run([str(SCRIPT)], capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "")
