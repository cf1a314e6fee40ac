"""training.checkpoint"""

from pathlib import Path

import numpy as np
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
