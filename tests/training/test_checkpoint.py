"""training.checkpoint"""

from pathlib import Path

import numpy as np
import pytest
import torch

from training.checkpoint import load_checkpoint, save_checkpoint


def test_a_checkpoint_restores_randomness(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(3)
    save_checkpoint(tmp_path / "c.pt", {"generator": generator}, {"step": 1})
    expected = torch.rand(3), np.random.rand(3), torch.rand(3, generator=generator)

    progress = load_checkpoint(tmp_path / "c.pt", {"generator": generator})

    assert progress == {"step": 1}
    again = torch.rand(3), np.random.rand(3), torch.rand(3, generator=generator)
    for first, second in zip(expected, again, strict=True):
        np.testing.assert_array_equal(first, second)


def test_only_the_run_that_made_a_checkpoint_resumes_it(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "c.pt", {}, {"step": 1}, made_by="rate 0.1")

    assert load_checkpoint(tmp_path / "c.pt", {}, made_by="rate 0.1") == {"step": 1}
    for other in ("rate 0.2", None):
        with pytest.raises(ValueError, match="other settings"):
            load_checkpoint(tmp_path / "c.pt", {}, other)


def test_a_checkpoint_that_does_not_say_what_made_it_is_resumed(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "c.pt", {}, {"step": 1})

    assert load_checkpoint(tmp_path / "c.pt", {}, made_by="rate 0.1") == {"step": 1}


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_checkpoint_restores_the_randomness_of_gpus(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "c.pt", {}, {"step": 1})
    expected = torch.rand(3, device="cuda")

    load_checkpoint(tmp_path / "c.pt", {})

    assert torch.equal(torch.rand(3, device="cuda"), expected)
