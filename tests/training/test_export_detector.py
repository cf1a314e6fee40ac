"""training.export_detector, as the Makefile calls it"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from aifr.recognition.model import DETECTOR
from aifr.settings import Settings
from tests.served import ROOT

COMMITTED = Settings().model_folder


def run_export(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-m", "training.export_detector", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_the_export_is_the_one_that_the_card_describes(tmp_path: Path) -> None:
    for name in ("card.json", "embedder.pt"):
        shutil.copy(COMMITTED / name, tmp_path)

    done = run_export(tmp_path)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / DETECTOR).read_bytes() == (COMMITTED / DETECTOR).read_bytes()


def test_another_detector_than_the_cards_is_refused(tmp_path: Path) -> None:
    shutil.copy(COMMITTED / "embedder.pt", tmp_path)
    card = json.loads((COMMITTED / "card.json").read_text())
    card["sha256"][DETECTOR] = "0" * 64
    (tmp_path / "card.json").write_text(json.dumps(card))

    done = run_export(tmp_path)

    assert done.returncode != 0
    assert "detector.pt is not the one" in done.stderr
