"""What moves the weights of a student: AdamW, and for the backbone's kernels perhaps Muon."""

from typing import Any

from torch import Tensor, nn
from torch.optim import AdamW, Muon, Optimizer

from training.networks.factorisation import FactorisedNetwork

ADAMW, MUON = "adamw", "muon"


class KernelMuon(Muon):
    """torch's Muon (Jordan et al. 2024), which takes matrices alone, for kernels too.

    It moves matrices that share memory with the parameters, (outputs, everything else). The
    parameters hold the gradients: `zero_grad` of the network clears them. The rate is scaled so
    that one for AdamW suits it (Liu et al. 2025, "Muon is scalable for LLM training").
    Raises RuntimeError for kernels that are not contiguous in channels_last.
    """

    def __init__(self, parameters: list[nn.Parameter], weight_decay: float) -> None:
        self._parameters = parameters
        matrices = [nn.Parameter(_shared(parameter.detach())) for parameter in parameters]
        super().__init__(matrices, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")

    def step(self, closure: Any = None) -> Any:
        """Moves the parameters along their gradients."""
        matrices = self.param_groups[0]["params"]
        for parameter, matrix in zip(self._parameters, matrices, strict=True):
            gradient = parameter.grad
            matrix.grad = None if gradient is None else gradient.movedim(1, -1).flatten(1)
        return super().step(closure)


def _shared(weights: Tensor) -> Tensor:
    # A view or an error: a copy would be moved in vain.
    return weights.movedim(1, -1).view(len(weights), -1)


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
