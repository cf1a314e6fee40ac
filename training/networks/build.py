"""Networks from configuration."""

from dataclasses import dataclass, field

from torch import nn

from training.networks.compact import CompactBackbone
from training.networks.factorisation import FactorisedNetwork
from training.networks.oe_cnn import OeCnnBackbone


@dataclass(frozen=True)
class NetworkSettings:
    """backbone: "compact", "oe-cnn" or "inception". side: pixels of the crop. Widths and depths
    shape the first two backbones, pretrained the last (see their classes).
    """

    backbone: str
    side: int
    widths: list[int] = field(default_factory=lambda: [64, 128, 256, 512])
    depths: list[int] = field(default_factory=lambda: [1, 2, 2, 1])
    pretrained: str = "none"


def build_backbone(settings: NetworkSettings) -> nn.Module:
    """The backbone a configuration names; raises ValueError for another name."""
    if settings.backbone == "compact":
        return CompactBackbone(settings.side, tuple(settings.widths), tuple(settings.depths))
    if settings.backbone == "oe-cnn":
        return OeCnnBackbone(settings.side, tuple(settings.widths), tuple(settings.depths))
    if settings.backbone == "inception":
        # Imported here because facenet-pytorch is needed for this backbone alone.
        from training.networks.inception import InceptionBackbone

        return InceptionBackbone(settings.pretrained)
    raise ValueError(f"unknown backbone {settings.backbone!r}")


def build_network(settings: NetworkSettings) -> FactorisedNetwork:
    """The backbone with FRFM and the age and gender heads."""
    return FactorisedNetwork(build_backbone(settings))
