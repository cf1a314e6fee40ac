"""The custom backbone: the plain residual network of OE-CNN, with batch normalisation.

Wang et al. 2018, "Orthogonal Deep Features Decomposition for Age-Invariant Face Recognition",
section 4.1, and Wang et al. 2019 ("DAL"), section 4.1: 64 layers in four stages of 3, 4, 10 and 3
residual blocks, each of three stacked units of 3 x 3 convolution, batch normalisation and ReLU;
a fully connected layer gives 512 features. Each stage opens with one such unit, which halves the
side.
"""

from torch import Tensor, nn

from training.networks.compact import FEATURE_SIZE, convolution

UNITS = 3


def unit(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """3 x 3 convolution, batch normalisation, ReLU."""
    return nn.Sequential(convolution(inputs, outputs, 3, stride), nn.ReLU())


class StackedBlock(nn.Module):
    """Three units beside an identity shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.units = nn.Sequential(*(unit(channels, channels) for _ in range(UNITS)))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.units(x)


class OeCnnBackbone(nn.Module):
    """(n, 3, side, side) about -1 to 1 -> feature x (n, 512), not normalised.

    widths, depths: channels and residual blocks of each stage; every stage halves the side.
    """

    def __init__(
        self,
        side: int = 112,
        widths: tuple[int, ...] = (64, 128, 256, 512),
        depths: tuple[int, ...] = (3, 4, 10, 3),
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels, final_side = 3, side
        for width, depth in zip(widths, depths, strict=True):
            layers += [unit(channels, width, 2), *(StackedBlock(width) for _ in range(depth))]
            channels, final_side = width, -(-final_side // 2)
        self.trunk = nn.Sequential(*layers)
        self.feature = nn.Linear(channels * final_side**2, FEATURE_SIZE, bias=False)
        self.last_bn = nn.BatchNorm1d(FEATURE_SIZE)

    def forward(self, x: Tensor) -> Tensor:
        return self.last_bn(self.feature(self.trunk(x).flatten(1)))
