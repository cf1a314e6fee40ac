"""BCCM: how strongly identity, age and gender factors correlate within a batch.

Wang et al. 2019, "Decorrelated Adversarial Learning for Age-Invariant Face Recognition", section
3.2 and equation 5, with gender as a third factor.
"""

import math

import torch
from torch import Tensor, nn

EPSILON = 1e-6


def correlation(a: Tensor, b: Tensor) -> Tensor:
    """Pearson's rho of two batches of numbers (n,), -1 to 1; 0 where one does not vary.

    Covariance and variances are divided by the same n.
    """
    a, b = a - a.mean(), b - b.mean()
    covariance = (a * b).mean()
    return covariance / ((a.square().mean() + EPSILON) * (b.square().mean() + EPSILON)).sqrt()


def chance_floor(batch: int) -> float:
    """The mean |rho| of two independent normal variables over a batch, exactly.

    rho has density proportional to (1 - rho^2)^((n - 4) / 2), so that
    E|rho| = gamma((n - 1) / 2) / (sqrt(pi) gamma(n / 2)), about sqrt(2 / (pi n)): 0.10 at 64.
    """
    return math.exp(math.lgamma((batch - 1) / 2) - math.lgamma(batch / 2)) / math.sqrt(math.pi)


class Decorrelation(nn.Module):
    """The canonical mapping: each factor (n, size) to one number a photo by a linear map, and the
    mean |rho| of the three pairs. Trained to find correlation; the network is trained to leave
    none.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.identity = nn.Linear(size, 1)
        self.age = nn.Linear(size, 1)
        self.gender = nn.Linear(size, 1)

    @torch.no_grad()
    def rescale(self) -> None:
        """Gives each map unit length, which changes no rho. Steps at right angles to a map only
        lengthen it, and the longer it is the less the next step turns it: it would freeze.
        """
        for mapping in (self.identity, self.age, self.gender):
            mapping.weight.div_(mapping.weight.norm())

    def forward(self, x_id: Tensor, x_age: Tensor, x_gender: Tensor) -> Tensor:
        """Mean |rho| over id-age, id-gender and age-gender, 0 to 1.

        Without the absolute value the minimiser would drive rho to -1.
        """
        identity, age, gender = (
            mapping(factor).squeeze(1)
            for mapping, factor in (
                (self.identity, x_id),
                (self.age, x_age),
                (self.gender, x_gender),
            )
        )
        pairs = ((identity, age), (identity, gender), (age, gender))
        return torch.stack([correlation(a, b).abs() for a, b in pairs]).mean()
