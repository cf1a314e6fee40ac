"""What moves the weights of a student: AdamW, and for the backbone's kernels perhaps Muon."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from training.networks.factorisation import FactorisedNetwork

ADAMW, MUON = "adamw", "muon"
MOMENTUM = 0.95
QUINTIC = (3.4445, -4.7750, 2.0315)
"""Coefficients of x, x^3 and x^5 (Jordan et al. 2024)."""
NEWTON_SCHULZ_STEPS = 5


class KernelMuon(Optimizer):
    """Muon (Jordan et al. 2024) for kernels as for matrices, in float32.

    A kernel is taken as the matrix (outputs, everything else). The rate is scaled so that one for
    AdamW suits it (Liu et al. 2025, "Muon is scalable for LLM training"). torch's Muon computes in
    bf16, which a processor without instructions for it does one number at a time.
    """

    def __init__(self, parameters: list[nn.Parameter], weight_decay: float) -> None:
        super().__init__(parameters, {"lr": 1e-3, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Moves the parameters that have gradients along them."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._move(parameter, parameter.grad, group["lr"], group["weight_decay"])

    def _move(
        self, parameter: nn.Parameter, gradient: Tensor, rate: float, weight_decay: float
    ) -> None:
        average = self.state[parameter].setdefault("momentum", torch.zeros_like(parameter))
        average.lerp_(gradient, 1 - MOMENTUM)
        ahead = gradient.lerp(average, MOMENTUM).flatten(1)
        scale = 0.2 * max(ahead.shape) ** 0.5
        parameter.mul_(1 - rate * weight_decay)
        parameter.sub_(rate * scale * orthogonal(ahead).view(parameter.shape))


def orthogonal(matrix: Tensor) -> Tensor:
    """About the orthogonal part U V' of a matrix U S V' (m, n), by five steps of Newton and Schulz.

    Every step multiplies by a polynomial of X X', and these commute: so X X' is computed once and
    the steps are taken on the small side, (m, m).
    """
    if len(matrix) > matrix.shape[1]:
        return orthogonal(matrix.T).T
    x = matrix / matrix.norm().clamp(min=1e-7)
    gram, product = x @ x.T, torch.eye(len(x), dtype=x.dtype, device=x.device)
    a, b, c = QUINTIC
    for _ in range(NEWTON_SCHULZ_STEPS):
        polynomial = b * gram + c * (gram @ gram)
        polynomial.diagonal().add_(a)
        gram = polynomial @ gram @ polynomial
        product = polynomial @ product
    return product @ x


def build_optimisers(
    network: FactorisedNetwork, kind: str, weight_decay: float
) -> dict[str, Optimizer]:
    """Optimisers by name, which move every parameter once between them; weight decay for matrices
    and kernels, none for biases and normalisation. Raises ValueError for an unknown kind.
    """
    if kind == ADAMW:
        return {ADAMW: AdamW(_groups(list(network.parameters()), weight_decay))}
    if kind != MUON:
        raise ValueError(f"an optimiser is {ADAMW} or {MUON}, not {kind!r}")
    turned = [parameter for parameter in network.backbone.parameters() if parameter.ndim > 1]
    ids = {id(parameter) for parameter in turned}
    others = [parameter for parameter in network.parameters() if id(parameter) not in ids]
    return {
        MUON: KernelMuon(turned, weight_decay),
        ADAMW: AdamW(_groups(others, weight_decay)),
    }


def _groups(parameters: list[nn.Parameter], weight_decay: float) -> list[dict[str, Any]]:
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
