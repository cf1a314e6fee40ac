"""Exports MTCNN's three networks to TorchScript: `python -m training.export_detector FOLDER`.

The weights ship in the facenet-pytorch wheel (MIT licence) and are read from its files: importing
that package would need a torchvision that works, which a CPU installation of torch has not.
They are not this project's, so the file is made at installation and never committed.
"""

import argparse
from collections import OrderedDict
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from aifr.recognition.card import CARD, check_files, read_card
from aifr.recognition.model import DETECTOR
from training.torchscript import save


class Flatten(nn.Module):
    """Flattens (n, c, h, w) in the order w, h, c, in which the dense weights were trained."""

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 3, 2, 1).flatten(1)


def proposal_network() -> nn.ModuleDict:
    """P-Net (Zhang et al. 2016, figure 2)."""
    trunk = nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(3, 10, 3),
            prelu1=nn.PReLU(10),
            pool1=nn.MaxPool2d(2, 2, ceil_mode=True),
            conv2=nn.Conv2d(10, 16, 3),
            prelu2=nn.PReLU(16),
            conv3=nn.Conv2d(16, 32, 3),
            prelu3=nn.PReLU(32),
        )
    )
    heads = {"conv4_1": nn.Conv2d(32, 2, 1), "conv4_2": nn.Conv2d(32, 4, 1)}
    return nn.ModuleDict({"trunk": trunk, **heads})


def refinement_network() -> nn.ModuleDict:
    """R-Net."""
    trunk = nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(3, 28, 3),
            prelu1=nn.PReLU(28),
            pool1=nn.MaxPool2d(3, 2, ceil_mode=True),
            conv2=nn.Conv2d(28, 48, 3),
            prelu2=nn.PReLU(48),
            pool2=nn.MaxPool2d(3, 2, ceil_mode=True),
            conv3=nn.Conv2d(48, 64, 2),
            prelu3=nn.PReLU(64),
            flatten=Flatten(),
            dense4=nn.Linear(576, 128),
            prelu4=nn.PReLU(128),
        )
    )
    heads = {"dense5_1": nn.Linear(128, 2), "dense5_2": nn.Linear(128, 4)}
    return nn.ModuleDict({"trunk": trunk, **heads})


def output_network() -> nn.ModuleDict:
    """O-Net."""
    trunk = nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(3, 32, 3),
            prelu1=nn.PReLU(32),
            pool1=nn.MaxPool2d(3, 2, ceil_mode=True),
            conv2=nn.Conv2d(32, 64, 3),
            prelu2=nn.PReLU(64),
            pool2=nn.MaxPool2d(3, 2, ceil_mode=True),
            conv3=nn.Conv2d(64, 64, 3),
            prelu3=nn.PReLU(64),
            pool3=nn.MaxPool2d(2, 2, ceil_mode=True),
            conv4=nn.Conv2d(64, 128, 2),
            prelu4=nn.PReLU(128),
            flatten=Flatten(),
            dense5=nn.Linear(1152, 256),
            prelu5=nn.PReLU(256),
        )
    )
    heads = {
        "dense6_1": nn.Linear(256, 2),
        "dense6_2": nn.Linear(256, 4),
        "dense6_3": nn.Linear(256, 10),
    }
    return nn.ModuleDict({"trunk": trunk, **heads})


def load_weights(network: nn.ModuleDict, file_name: str) -> nn.ModuleDict:
    """Loads one of the wheel's files; raises FileNotFoundError where facenet-pytorch is missing."""
    spec = find_spec("facenet_pytorch")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("facenet-pytorch, whose wheel holds MTCNN's weights, is missing")
    weights = torch.load(Path(spec.origin).parent / "data" / file_name, weights_only=True)
    heads = {name for name in network if name != "trunk"}
    network.load_state_dict(
        {
            name if name.split(".")[0] in heads else f"trunk.{name}": value
            for name, value in weights.items()
        }
    )
    return network.eval()


class Networks(nn.Module):
    """The three networks behind the calls of `aifr.recognition.detect.Detector`."""

    def __init__(self) -> None:
        super().__init__()
        propose = load_weights(proposal_network(), "pnet.pt")
        refine = load_weights(refinement_network(), "rnet.pt")
        settle = load_weights(output_network(), "onet.pt")
        self.propose_trunk = propose["trunk"].to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.propose_face, self.propose_box = propose["conv4_1"], propose["conv4_2"]
        self.refine_trunk = refine["trunk"]
        self.refine_face, self.refine_box = refine["dense5_1"], refine["dense5_2"]
        self.settle_trunk = settle["trunk"]
        self.settle_face, self.settle_box = settle["dense6_1"], settle["dense6_2"]
        self.settle_points = settle["dense6_3"]

    def forward(self, image: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
        return self.propose(image, height, width)

    @torch.jit.export
    def propose(self, image: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
        level = adaptive_avg_pool2d(image, (height, width))
        level = normalised(level).unsqueeze(0).contiguous(memory_format=torch.channels_last)
        features = self.propose_trunk(level)
        return self.propose_face(features).softmax(1)[0, 1], self.propose_box(features)[0]

    @torch.jit.export
    def refine(self, image: Tensor, regions: Tensor) -> tuple[Tensor, Tensor]:
        features = self.refine_trunk(cut(image, regions, 24))
        return self.refine_face(features).softmax(1)[:, 1], self.refine_box(features)

    @torch.jit.export
    def settle(self, image: Tensor, regions: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = self.settle_trunk(cut(image, regions, 48))
        faces = self.settle_face(features).softmax(1)[:, 1]
        return faces, self.settle_box(features), self.settle_points(features)


def normalised(pixels: Tensor) -> Tensor:
    """0 to 255 -> about -1 to 1."""
    return (pixels - 127.5) * 0.0078125


def cut(image: Tensor, regions: Tensor, side: int) -> Tensor:
    """Regions int64 (n, 4) of an image (3, h, w), each averaged down to (3, side, side)."""
    pieces: list[Tensor] = []
    for region in regions:
        left, top, right, bottom = (
            int(region[0]),
            int(region[1]),
            int(region[2]),
            int(region[3]),
        )
        pieces.append(adaptive_avg_pool2d(image[:, top:bottom, left:right], (side, side)))
    return normalised(torch.stack(pieces))


def export_detector(folder: Path) -> Path:
    """Writes detector.pt into a model folder.

    Raises ModelUnavailable where the folder's card describes another one, as another version of
    torch may write it.
    """
    networks = torch.jit.script(Networks().eval())
    frozen = torch.jit.freeze(networks, preserved_attrs=["propose", "refine", "settle"])
    folder.mkdir(parents=True, exist_ok=True)
    save(frozen, folder / DETECTOR)
    if (folder / CARD).exists():
        check_files(folder, read_card(folder))
    return folder / DETECTOR


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    export_detector(parser.parse_args().folder)
