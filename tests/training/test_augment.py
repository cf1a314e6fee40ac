"""training.augment"""

import pytest
import torch

from training.augment import (
    augment,
    degraded,
    dotted,
    faded,
    mirrored,
    printed,
    relit,
    scratched,
    shifted,
)


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


def test_one_photo_in_five_is_an_old_print() -> None:
    after = printed(pixels(), torch.Generator().manual_seed(0))

    changed = (after != pixels()).flatten(1).any(1).float().mean()
    assert 0.12 < changed < 0.28
    assert after.min() >= 0 and after.max() <= 255


def test_a_faded_print_is_paler_and_yellower() -> None:
    after = faded(pixels(), torch.Generator().manual_seed(0))

    assert after.std() < 0.8 * pixels().std()
    assert after[:, 0].mean() > after[:, 2].mean() + 20


def test_some_are_scratched_across_and_some_printed_in_dots() -> None:
    grey = torch.full((400, 3, 32, 32), 128.0)

    lines, dots = (
        (change(grey, torch.Generator().manual_seed(0)) != grey).flatten(1).float().mean(1)
        for change in (scratched, dotted)
    )

    assert 0.2 < (lines > 0).float().mean() < 0.45
    assert lines.max() < 0.2
    assert 0.1 < (dots > 0.5).float().mean() < 0.3
