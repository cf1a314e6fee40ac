"""CosFace: identity by cosine, with a margin for the right one."""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear, normalize

from training.ages import UNKNOWN


class CosFace(nn.Module):
    """Large margin cosine loss (Wang et al. 2018, "CosFace", equation 4):
    cross-entropy of s x (cosine - m for the right identity, cosine for the others).
    """

    def __init__(self, identities: int, size: int, scale: float, margin: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty(identities, size)))
        self.scale, self.margin = scale, margin

    def cosines(self, x_id: Tensor) -> Tensor:
        """x_id (n, size), any length -> cosine to each identity (n, identities)."""
        return linear(normalize(x_id), normalize(self.weight))

    def forward(self, x_id: Tensor, identities: Tensor) -> Tensor:
        """The mean over photos of known identity, 0 where there is none. identities: int64 (n,),
        -1 unknown.
        """
        known = identities != UNKNOWN
        rows, right = known.nonzero().squeeze(1), identities[known]
        cosines = self.cosines(x_id)
        margin = cosines.new_tensor(self.margin)
        margins = torch.zeros_like(cosines).index_put((rows, right), margin)
        logits = self.scale * (cosines - margins)
        total = cross_entropy(logits, identities, ignore_index=UNKNOWN, reduction="sum")
        return total / known.sum().clamp(min=1)
