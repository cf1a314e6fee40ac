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
from training.teachers import (
    embed_with_teacher,
    joined,
    load_teacher,
    teacher_embeddings,
    teacher_pixels,
)
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

    both = teacher_embeddings(prepared, teachers, folder, cpu)
    monkeypatch.setattr(teachers_module, "embed_with_teacher", None)
    again = teacher_embeddings(prepared, teachers, folder, cpu)

    assert both.shape == (3, 24)
    np.testing.assert_allclose(np.linalg.norm(both, axis=1), 1, atol=1e-3)
    np.testing.assert_array_equal(both, again)


def test_a_teacher_gives_unit_embeddings(tmp_path: Path) -> None:
    save(torch.jit.trace(MadeTeacher(), torch.rand(1, 3, 112, 112)), tmp_path / "t.pt")
    crops = np.random.default_rng(0).integers(0, 256, (5, 112, 112, 3)).astype(np.uint8)

    embeddings = embed_with_teacher(crops, arcface_crop(), tmp_path / "t.pt", torch.device("cpu"))

    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-3)


class WrittenOut(torch.nn.Module):
    """A slope below zero in four operators, as a converted network has it."""

    slopes: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("slopes", torch.tensor([0.1, -0.5, 2.0]))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        a = pixels - 0.5
        return torch.where(a > 0, a, a * self.slopes.reshape(1, -1, 1, 1)).mean((2, 3))


def test_a_slope_that_is_written_out_is_computed_by_one_operator(tmp_path: Path) -> None:
    traced = torch.jit.script(WrittenOut().eval())
    traced.save(str(tmp_path / "t.pt"))
    pixels = torch.rand(4, 3, 112, 112, generator=torch.Generator().manual_seed(0))

    network = load_teacher(tmp_path / "t.pt", torch.device("cpu"))

    assert "aten::prelu" in str(network.graph) and "aten::where" not in str(network.graph)
    torch.testing.assert_close(network(pixels), WrittenOut()(pixels))


def test_the_cosine_of_what_is_joined_is_the_weighted_mean_of_cosines() -> None:
    generator = np.random.default_rng(0)
    parts = [generator.standard_normal((6, size)).astype(np.float32) for size in (8, 5)]
    parts = [part / np.linalg.norm(part, axis=1, keepdims=True) for part in parts]

    both = joined(parts, [1, 2])

    expected = (parts[0] @ parts[0].T + 2 * parts[1] @ parts[1].T) / 3
    np.testing.assert_allclose(both @ both.T, expected, atol=1e-6)
