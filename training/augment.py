"""Augmentation of aligned crops: mirror, shift, light, grey, blur, low resolution."""

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate, pad

GREY = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)


def augment(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Pixels float (n, 3, side, side), 0 to 255, changed at random; drawn on the CPU."""
    pixels = mirrored(pixels, generator)
    pixels = shifted(pixels, generator)
    pixels = degraded(pixels, generator)
    return relit(pixels, generator)


def mirrored(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Every other photo, at random, mirrored."""
    return torch.where(_chance(pixels, 0.5, generator), pixels.flip(3), pixels)


def shifted(pixels: Tensor, generator: torch.Generator, most: int = 3) -> Tensor:
    """Each photo moved by up to `most` pixels both ways: detectors do not agree to the pixel."""
    side = pixels.shape[-1]
    framed = pad(pixels, [most] * 4, mode="replicate")
    offsets = torch.randint(0, 2 * most + 1, (len(pixels), 2), generator=generator).tolist()
    moved = [framed[i, :, y : y + side, x : x + side] for i, (y, x) in enumerate(offsets)]
    return torch.stack(moved)


def degraded(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """About a third of the photos scanned small or out of focus, as old photographs are."""
    side = pixels.shape[-1]
    small_side = int(torch.randint(side // 6, side // 2, (1,), generator=generator))
    count = max(1, len(pixels) // 6)
    order = torch.randperm(len(pixels), generator=generator)
    small, blurred = order[:count], order[count : 2 * count]
    pixels = pixels.clone()
    reduced = interpolate(pixels[small], size=small_side, mode="area")
    pixels[small] = interpolate(reduced, size=side, mode="bilinear", align_corners=False)
    pixels[blurred] = avg_pool2d(
        pad(pixels[blurred], [2] * 4, mode="replicate"), kernel_size=5, stride=1
    )
    return pixels


def relit(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Brightness, contrast and colour cast of each photo changed; one in five made grey."""
    shape = (len(pixels), 1, 1, 1)
    grey = (pixels * GREY.to(pixels.device)).sum(1, keepdim=True).expand_as(pixels)
    pixels = torch.where(_chance(pixels, 0.2, generator), grey, pixels)
    contrast = _uniform(shape, 0.7, 1.3, generator).to(pixels.device)
    cast = _uniform((len(pixels), 3, 1, 1), -12, 12, generator).to(pixels.device)
    brightness = _uniform(shape, -30, 30, generator).to(pixels.device)
    return ((pixels - 128) * contrast + 128 + brightness + cast).clamp(0, 255)


def _chance(pixels: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    drawn = torch.rand(len(pixels), 1, 1, 1, generator=generator) < chance
    return drawn.to(pixels.device)


def _uniform(shape: tuple[int, ...], low: float, high: float, generator: torch.Generator) -> Tensor:
    return torch.rand(shape, generator=generator) * (high - low) + low
