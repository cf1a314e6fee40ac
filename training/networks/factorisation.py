"""FRFM: the feature split into age, gender and what is left, identity.

Wang et al. 2019, "Decorrelated Adversarial Learning for Age-Invariant Face Recognition", section
3.1, with a second residual for gender.
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from training.ages import UPPER_EDGES

YEARS = 101
"""Ages that are told apart: 0 to 99 and 100 or more."""
GENDERS = 2
GROUP_EDGES = (0, *(edge + 1 for edge in UPPER_EDGES), YEARS)


class Factors(NamedTuple):
    """x, x_age, x_gender and x_id, each (n, d); x = x_age + x_gender + x_id, none normalised."""

    x: Tensor
    x_age: Tensor
    x_gender: Tensor
    x_id: Tensor


class FactorisedNetwork(nn.Module):
    """A backbone and FRFM, with the heads that tell age group and gender from their factors."""

    def __init__(self, backbone: nn.Module, size: int = 512) -> None:
        super().__init__()
        self.backbone = backbone
        self.age_residual = residual(size)
        self.gender_residual = residual(size)
        self.age_head = nn.Linear(size, YEARS)
        self.gender_head = nn.Linear(size, GENDERS)

    def forward(self, images: Tensor) -> Factors:
        x = self.backbone(images)
        x_age, x_gender = self.age_residual(x), self.gender_residual(x)
        return Factors(x, x_age, x_gender, x - x_age - x_gender)

    def age_group_logits(self, x_age: Tensor) -> Tensor:
        """Logits of the age groups (n, 3): a group is as probable as its years together."""
        years = self.age_head(x_age)
        parts = years.split([high - low for low, high in pairwise(GROUP_EDGES)], dim=1)
        return torch.stack([part.logsumexp(dim=1) for part in parts], dim=1)


def residual(size: int) -> nn.Sequential:
    """R: two fully connected layers with ReLU between."""
    return nn.Sequential(nn.Linear(size, size), nn.ReLU(), nn.Linear(size, size))


def silence(factor: nn.Sequential, head: nn.Linear) -> None:
    """Makes a factor zero for good and freezes its head: a network that is not taught age or gender
    has the shape of one that is, and x_id = x where neither is.
    """
    for parameter in factor[-1].parameters():
        nn.init.zeros_(parameter)
    factor.requires_grad_(False)
    head.requires_grad_(False)
