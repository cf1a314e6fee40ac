"""training.teachers"""

from pathlib import Path

import numpy as np
import pytest
import torch

from aifr.recognition.align import align, arcface_crop
from aifr.recognition.model import DETECTOR
from aifr.settings import Settings
from tests.photos import portrait
from tests.recognition.test_align import LANDMARKS
from tests.training.made_lessons import MadeTeacher
from training import prepare as prepare_module
from training import teachers as teachers_module
from training.datasets import utkface
from training.prepared import read_prepared
from training.teachers import embed_with_teacher, teacher_embeddings, teacher_pixels
from training.torchscript import save


def test_teachers_see_the_same_crop_from_every_spec() -> None:
    crops = {
        side: align(portrait(), LANDMARKS, arcface_crop(side, zoom))[None]
        for side, zoom in ((112, 1.0), (160, 0.8))
    }

    plain = teacher_pixels(crops[112], arcface_crop(112))
    derived = teacher_pixels(crops[160], arcface_crop(160, 0.8))

    assert plain.shape == derived.shape == (1, 3, 112, 112)
    assert (plain - derived).abs().mean() < 0.02


def test_teachers_embed_once_and_join_with_equal_weight(
    utkface_zip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = Settings().model_folder / DETECTOR
    dataset, folder = utkface.read(utkface_zip), tmp_path / "p"
    prepare_module.prepare(dataset, arcface_crop(), detector, folder, workers=1)
    teachers = [tmp_path / "first.pt", tmp_path / "second.pt"]
    for path in teachers:
        save(torch.jit.trace(MadeTeacher(), torch.rand(1, 3, 112, 112)), path)
    prepared, cpu = read_prepared(folder), torch.device("cpu")

    joined = teacher_embeddings(prepared, teachers, folder, cpu)
    monkeypatch.setattr(teachers_module, "embed_with_teacher", None)
    again = teacher_embeddings(prepared, teachers, folder, cpu)

    assert joined.shape == (3, 24)
    np.testing.assert_allclose(np.linalg.norm(joined, axis=1), 1, atol=1e-3)
    np.testing.assert_array_equal(joined, again)


def test_a_teacher_gives_unit_embeddings(tmp_path: Path) -> None:
    save(torch.jit.trace(MadeTeacher(), torch.rand(1, 3, 112, 112)), tmp_path / "t.pt")
    crops = np.random.default_rng(0).integers(0, 256, (5, 112, 112, 3)).astype(np.uint8)

    embeddings = embed_with_teacher(crops, arcface_crop(), tmp_path / "t.pt", torch.device("cpu"))

    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-3)
