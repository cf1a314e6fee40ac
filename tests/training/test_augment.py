"""training.augment"""

import pytest
import torch

from training.augment import augment, degraded, mirrored, relit, shifted


def pixels(count: int = 400) -> torch.Tensor:
    return torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 255


def test_augmentation_stays_in_range_and_repeats_with_its_seed() -> None:
    first, again = (augment(pixels(), torch.Generator().manual_seed(4)) for _ in range(2))

    assert first.shape == (400, 3, 32, 32)
    assert first.min() >= 0 and first.max() <= 255
    torch.testing.assert_close(first, again)
    assert not torch.equal(first, pixels())


def test_half_the_photos_are_mirrored() -> None:
    after = mirrored(pixels(), torch.Generator().manual_seed(0))

    flipped = (after == pixels().flip(3)).flatten(1).all(1)
    kept = (after == pixels()).flatten(1).all(1)
    assert (flipped ^ kept).all()
    assert 0.4 < flipped.float().mean() < 0.6


def test_shifts_reach_their_most_and_no_further() -> None:
    ramp = torch.arange(32.0).expand(400, 3, 32, 32)

    moved = shifted(ramp, torch.Generator().manual_seed(0)) - ramp

    inner = moved[:, 0, 16, 8:24]
    assert set(inner[:, 0].tolist()) == {-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0}


def test_a_third_of_the_photos_lose_detail() -> None:
    after = degraded(pixels(), torch.Generator().manual_seed(0))

    changed = (after != pixels()).flatten(1).any(1)
    assert changed.float().mean() == pytest.approx(1 / 3, abs=0.01)
    assert (after[changed].flatten(2).std(2) < pixels()[changed].flatten(2).std(2)).all()


def test_some_photos_turn_grey() -> None:
    colours = torch.zeros(400, 3, 4, 4)
    colours[:, 0] = 100

    after = relit(colours, torch.Generator().manual_seed(0))

    # A grey photo keeps only the small cast between its channels.
    spread = (after.amax(1) - after.amin(1)).mean((1, 2))
    assert 0.12 < (spread < 40).float().mean() < 0.28
