"""A small student and what it learns from, made."""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import normalize

from aifr.recognition.align import arcface_crop
from training.distil import (
    DistilSettings,
    Lessons,
)
from training.networks.build import NetworkSettings
from training.optimisers import ADAMW

SMALL = NetworkSettings("compact", side=32, widths=[8, 8, 16, 16], depths=[1, 1, 1, 1])


class MadeTeacher(nn.Module):
    """A unit embedding of the mean colours of the photo's quarters."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return normalize(nn.functional.adaptive_avg_pool2d(pixels, 2).flatten(1) - 0.5)


def made_lessons(count: int = 64) -> Lessons:
    """Flat coloured quarters, whose embedding is easy to learn; every third label unknown."""
    generator = np.random.default_rng(0)
    quarters = generator.integers(0, 256, (count, 2, 2, 3)).astype(np.uint8)
    crops = quarters.repeat(16, axis=1).repeat(16, axis=2)
    teacher = MadeTeacher()(torch.from_numpy(quarters).permute(0, 3, 1, 2) / 255)
    bright = torch.from_numpy((quarters.mean(axis=(1, 2, 3)) > 128).astype(np.int64))
    bright[::3] = -1
    ages = torch.where(bright == -1, -1, 10 + 50 * bright)
    sources = {"data": {"made": count}, "teachers": {}}
    return Lessons(sources, arcface_crop(32), crops, teacher, ages, bright)


def settings(steps: int, optimiser: str = ADAMW, decay: float = 1.0) -> DistilSettings:
    return DistilSettings(
        SMALL,
        samples=steps * 16,
        batch=16,
        rate=5e-3,
        decay=decay,
        averaging=0.9,
        optimiser=optimiser,
    )
