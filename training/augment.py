"""Augmentation of aligned crops: mirror, shift, light, grey, blur, low resolution, old prints."""

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate, pad

SEPIA = torch.tensor([1.08, 0.95, 0.74]).view(1, 3, 1, 1)
PAPER = torch.tensor([225.0, 212.0, 184.0]).view(1, 3, 1, 1)
GREY = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)


def augment(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Pixels float (n, 3, side, side), 0 to 255, changed at random; drawn on the CPU."""
    pixels = mirrored(pixels, generator)
    pixels = shifted(pixels, generator)
    pixels = degraded(pixels, generator)
    return relit(printed(pixels, generator), generator)


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


def printed(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """One photo in five as an old print, scanned: yellowed and faded, grained, perhaps scratched or
    printed in dots. Cases hold such photos.
    """
    chosen = (torch.rand(len(pixels), generator=generator) < 0.2).nonzero().squeeze(1)
    if not len(chosen):
        return pixels
    old = faded(pixels[chosen], generator)
    old = old + _uniform((len(old), 1, 1, 1), 0, 14, generator).to(old.device) * torch.randn(
        (len(old), 1, *old.shape[2:]), generator=generator
    ).to(old.device)
    old = dotted(scratched(old, generator), generator)
    return pixels.index_copy(0, chosen.to(pixels.device), old.clamp(0, 255))


def faded(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Colours towards sepia, and all of it towards the paper."""
    grey = (pixels * GREY.to(pixels.device)).sum(1, keepdim=True)
    share = _uniform((len(pixels), 1, 1, 1), 0.3, 1.0, generator).to(pixels.device)
    toned = pixels + share * (grey * SEPIA.to(pixels.device) - pixels)
    contrast = _uniform((len(pixels), 1, 1, 1), 0.25, 0.9, generator).to(pixels.device)
    return PAPER.to(pixels.device) + contrast * (toned - PAPER.to(pixels.device))


def scratched(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Every third photo with a light or dark line across it."""
    side = pixels.shape[-1]
    shape = (len(pixels), 1, 1)
    place = torch.linspace(-1, 1, side)
    angle, offset = _uniform(shape, 0, 3.1416, generator), _uniform(shape, -0.8, 0.8, generator)
    distance = angle.cos() * place + angle.sin() * place[:, None] - offset
    line = (distance.abs() < 1.5 / side) & (torch.rand(shape, generator=generator) < 1 / 3)
    tone = 255.0 * (torch.rand(shape, generator=generator) < 0.7)
    return torch.where(line[:, None].to(pixels.device), tone[:, None].to(pixels.device), pixels)


def dotted(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """One photo in five in the dots of a newspaper, three or four pixels apart."""
    side = pixels.shape[-1]
    shape = (len(pixels), 1, 1)
    step = 6.2832 / _uniform(shape, 2.5, 4.5, generator)
    place = torch.arange(side, dtype=torch.float32)
    screen = (step * (place + place[:, None])).sin() * (step * (place - place[:, None])).sin()
    strength = 60.0 * (torch.rand(shape, generator=generator) < 0.2)
    return pixels + (strength * screen)[:, None].to(pixels.device)


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
