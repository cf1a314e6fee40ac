"""training.export"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from aifr.recognition.card import Card, read_card
from aifr.recognition.model import DETECTOR, EMBEDDER, load_embedder
from aifr.settings import Settings
from tests.served import ROOT
from tests.training.made_lessons import SMALL, made_lessons, settings
from training.distil import (
    distil,
)
from training.export import Embedder, export, folded, read_network
from training.networks.build import NetworkSettings, build_network


@pytest.mark.parametrize("backbone", ["compact", "inception"])
def test_folding_changes_no_output(backbone: str) -> None:
    side = 32 if backbone == "compact" else 96
    plain = build_network(NetworkSettings(backbone, side, SMALL.widths, SMALL.depths))
    images = torch.randn(16, 3, side, side)
    for _ in range(3):
        plain(images)
    plain.eval()

    with torch.inference_mode():
        expected, given = Embedder(plain)(images), Embedder(folded(plain))(images)

    for first, second in zip(expected, given, strict=True):
        torch.testing.assert_close(first, second, atol=1e-4, rtol=1e-3)
    normalisations = [m for m in folded(plain).modules() if isinstance(m, nn.BatchNorm2d)]
    assert normalisations == []


def exported(tmp_path: Path) -> tuple[Path, Card]:
    """A model folder of a small trained student."""
    run, folder = tmp_path / "run", tmp_path / "model"
    distil(settings(20), made_lessons(), run, torch.device("cpu"))
    folder.mkdir()
    (folder / DETECTOR).write_bytes((Settings().model_folder / DETECTOR).read_bytes())
    return folder, export(run / "student.pt", folder, "made")


def test_an_exported_student_embeds_as_in_training(tmp_path: Path) -> None:
    folder, card = exported(tmp_path)
    images = torch.randn(4, 3, 32, 32)

    with torch.inference_mode():
        given = load_embedder(folder / EMBEDDER, 32)(images)
        expected = Embedder(read_network(tmp_path / "run" / "student.pt"))(images)

    for first, second in zip(given, expected, strict=True):
        torch.testing.assert_close(first, second, atol=2e-3, rtol=0)
    assert read_card(folder) == card
    assert card.trained_on == ["made: 64 photos"]
    assert card.version.startswith("made-")


def test_exporting_twice_gives_the_same_bytes_and_no_path_of_the_machine(tmp_path: Path) -> None:
    exported(tmp_path)
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        shutil.copytree(tmp_path / "model", folder)
        weights = tmp_path / "run" / "student.pt"
        command = ["-m", "training.export", str(weights), str(folder), "--name", "made"]
        subprocess.run([sys.executable, "-W", "ignore", *command], cwd=ROOT, check=True)

    first, second = ((folder / EMBEDDER).read_bytes() for folder in folders)

    assert first == second
    assert str(ROOT).encode() not in first


def test_a_mirrored_photo_embeds_the_same() -> None:
    embedder = Embedder(build_network(SMALL).eval())
    images = torch.randn(3, 3, 32, 32)

    with torch.inference_mode():
        first, mirrored = embedder(images), embedder(images.flip(3))

    for one, other in zip(first, mirrored, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)
