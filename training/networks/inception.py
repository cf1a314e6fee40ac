"""InceptionResnetV1 of facenet-pytorch, its feature taken before its normalisation.

The one module that imports facenet_pytorch.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

PRETRAINED = ("vggface2", "casia-webface")

# Kept here, since a library that is collected takes its operators with it.
_declared: list[torch.library.Library] = []


def facenet() -> Any:
    """facenet_pytorch, importable beside a torchvision that lacks its compiled operators.

    It imports torchvision for detection alone; the backbone needs none of it.
    """
    if not _declared and not hasattr(torch.ops.torchvision, "nms"):
        operators = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            operators.define(f"{name}(Tensor boxes, Tensor scores, float iou_threshold) -> Tensor")
        _declared.append(operators)
    import facenet_pytorch

    return facenet_pytorch


class InceptionBackbone(nn.Module):
    """(n, 3, 160, 160) about -1 to 1 -> feature x (n, 512), not normalised.

    pretrained: "vggface2" or "casia-webface" (facenet-pytorch fetches the weights), "none", or the
    path of a state dict.
    """

    def __init__(self, pretrained: str = "none") -> None:
        super().__init__()
        named = pretrained if pretrained in PRETRAINED else None
        network = facenet().InceptionResnetV1(pretrained=named)
        if pretrained not in (*PRETRAINED, "none"):
            weights = torch.load(Path(pretrained), map_location="cpu", weights_only=True)
            network.load_state_dict(
                {name: value for name, value in weights.items() if not name.startswith("logits.")}
            )
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        net = self.network
        x = net.conv2d_2b(net.conv2d_2a(net.conv2d_1a(x)))
        x = net.conv2d_4b(net.conv2d_4a(net.conv2d_3b(net.maxpool_3a(x))))
        x = net.mixed_6a(net.repeat_1(x))
        x = net.mixed_7a(net.repeat_2(x))
        x = net.avgpool_1a(net.block8(net.repeat_3(x)))
        return net.last_bn(net.last_linear(net.dropout(x).flatten(1)))
