"""The compact backbone: a small residual network of plain convolutions.

Depthwise convolutions save arithmetic, but on a CPU hardly any time.
"""

from torch import Tensor, nn
from torch.nn.functional import relu

FEATURE_SIZE = 512


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """A convolution without bias and its batch normalisation."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)
    )


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut (He et al. 2016, figure 2)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = convolution(inputs, outputs, 3, stride)
        self.second = convolution(outputs, outputs, 3)
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else convolution(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return relu(self.second(relu(self.first(x))) + self.shortcut(x))


class CompactBackbone(nn.Module):
    """(n, 3, side, side) about -1 to 1 -> feature x (n, 512), not normalised.

    widths, depths: channels and blocks of each stage; each stage halves the side, as the stem does.
    The feature is a linear map of the whole last map: in an aligned face, place means something.
    """

    def __init__(
        self,
        side: int = 112,
        widths: tuple[int, ...] = (64, 128, 256, 512),
        depths: tuple[int, ...] = (1, 2, 2, 1),
    ) -> None:
        super().__init__()
        blocks: list[nn.Module] = [convolution(3, widths[0], 3, 2), nn.ReLU()]
        channels, final_side = widths[0], -(-side // 2)
        for width, depth in zip(widths, depths, strict=True):
            for index in range(depth):
                blocks.append(ResidualBlock(channels, width, 2 if index == 0 else 1))
                channels = width
            final_side = -(-final_side // 2)
        self.trunk = nn.Sequential(*blocks)
        self.feature = nn.Linear(channels * final_side**2, FEATURE_SIZE, bias=False)
        self.last_bn = nn.BatchNorm1d(FEATURE_SIZE)

    def forward(self, x: Tensor) -> Tensor:
        return self.last_bn(self.feature(self.trunk(x).flatten(1)))
