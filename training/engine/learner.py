"""What a run trains, and its two kinds of step."""

from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn
from torch.optim import SGD

from training.distil import known_cross_entropy
from training.engine import parallel
from training.engine.settings import TrainSettings
from training.losses.cosface import CosFace
from training.losses.decorrelation import Decorrelation
from training.networks.build import build_network
from training.networks.compact import FEATURE_SIZE
from training.networks.factorisation import FactorisedNetwork, Factors, silence


@dataclass(frozen=True)
class Batch:
    """own_pixels: float (n / processes, 3, side, side), this process's part. The labels, int64
    (n,), -1 unknown, are of the whole batch.
    """

    own_pixels: Tensor
    identities: Tensor
    age_groups: Tensor
    genders: Tensor


@dataclass(frozen=True)
class Learner:
    """replica: the network, replicated over processes. mapping: BCCM's canonical mapping."""

    network: FactorisedNetwork
    replica: nn.Module
    identity_head: CosFace
    mapping: Decorrelation
    network_optimiser: SGD
    mapping_optimiser: SGD

    def parts(self) -> dict[str, nn.Module | SGD]:
        """What a checkpoint holds."""
        names = [field.name for field in fields(self) if field.name != "replica"]
        return {name: getattr(self, name) for name in names}


def build_learner(settings: TrainSettings, people: int, device: torch.device) -> Learner:
    """A learner at its start, the same for the same seed."""
    torch.manual_seed(settings.seed)
    network = build_network(settings.network)
    if settings.start:
        network.load_state_dict(torch.load(settings.start, map_location="cpu", weights_only=True))
    _silence_untaught(network, settings)
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return learner_of(network, settings, people, FEATURE_SIZE, device)


def learner_of(
    network: FactorisedNetwork,
    settings: TrainSettings,
    people: int,
    size: int,
    device: torch.device,
) -> Learner:
    """The learner that teaches this network, of factors of this size, to know so many people."""
    head = CosFace(people, size, settings.scale, settings.margin).to(device)
    mapping = Decorrelation(size).to(device)
    taught = [p for p in [*network.parameters(), *head.parameters()] if p.requires_grad]
    momentum, decay = settings.momentum, settings.weight_decay
    return Learner(
        network=network,
        replica=parallel.replicated(network),
        identity_head=head,
        mapping=mapping,
        network_optimiser=SGD(taught, settings.rate, momentum, weight_decay=decay),
        mapping_optimiser=SGD(mapping.parameters(), settings.mapping_rate, momentum, maximize=True),
    )


def _silence_untaught(network: FactorisedNetwork, settings: TrainSettings) -> None:
    if not settings.age_weight:
        silence(network.age_residual, network.age_head)
    if not settings.gender_weight:
        silence(network.gender_residual, network.gender_head)


def minimise(learner: Learner, batch: Batch, settings: TrainSettings) -> dict[str, Tensor]:
    """Teaches the network, the canonical mapping frozen; returns the losses, unweighted."""
    learner.replica.train()
    learner.mapping.requires_grad_(False)
    factors = _all_factors(learner.replica, batch, settings)
    losses = network_losses(learner, factors, batch, settings)
    total = torch.stack([weights(settings)[name] * loss for name, loss in losses.items()]).sum()
    learner.network_optimiser.zero_grad()
    total.backward()
    learner.network_optimiser.step()
    return {"total": total.detach(), **{name: loss.detach() for name, loss in losses.items()}}


def maximise(learner: Learner, batch: Batch, settings: TrainSettings) -> dict[str, Tensor]:
    """Teaches the canonical mapping to find correlation; returns the correlation it found.

    The network stays as it is: in eval mode, so that the statistics of its batch normalisation do
    not move, and without gradients.
    """
    learner.network.eval()
    learner.mapping.requires_grad_(True)
    with torch.no_grad():
        factors = _all_factors(learner.network, batch, settings)
    found = learner.mapping(factors.x_id, factors.x_age, factors.x_gender)
    learner.mapping_optimiser.zero_grad()
    found.backward()
    learner.mapping_optimiser.step()
    learner.mapping.rescale()
    return {"decorrelation": found.detach()}


def network_losses(
    learner: Learner, factors: Factors, batch: Batch, settings: TrainSettings
) -> dict[str, Tensor]:
    """The losses whose weight is not 0, of the whole batch."""
    network = learner.network
    losses = {
        "identity": lambda: learner.identity_head(factors.x_id, batch.identities),
        "age": lambda: known_cross_entropy(
            network.age_group_logits(factors.x_age), batch.age_groups
        ),
        "gender": lambda: known_cross_entropy(network.gender_head(factors.x_gender), batch.genders),
        "decorrelation": lambda: learner.mapping(factors.x_id, factors.x_age, factors.x_gender),
    }
    return {name: loss() for name, loss in losses.items() if weights(settings)[name]}


def weights(settings: TrainSettings) -> dict[str, float]:
    """The weight of each loss."""
    return {
        "identity": settings.identity_weight,
        "age": settings.age_weight,
        "gender": settings.gender_weight,
        "decorrelation": settings.decorrelation_weight,
    }


def _all_factors(network: nn.Module, batch: Batch, settings: TrainSettings) -> Factors:
    """The factors of the whole batch in float32, whatever the network computed in."""
    pixels = batch.own_pixels
    with torch.autocast(pixels.device.type, torch.bfloat16, enabled=settings.bf16):
        own = network(pixels)
    return Factors(*(parallel.gathered(factor.float()) for factor in own))
