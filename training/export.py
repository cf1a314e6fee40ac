"""Exports a trained network as the embedder of a model folder:

    python -m training.export runs/compact/student.pt models/default --name compact

Reads `run.json` beside the weights; folds batch normalisation into the convolutions, traces, checks
against the eager network and writes the card. Weights are stored as fp16: half the size, and the
embeddings differ by less than a rounded figure shows. With --int8 and prepared data sets, whose
crops tell the ranges, the backbone computes in int8.
"""

import argparse
import copy
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from aifr.recognition.align import Crop
from aifr.recognition.card import Card, sha256, write_card
from aifr.recognition.model import DETECTOR, EMBEDDER, load_embedder
from training.distil import MEAN, SPREAD
from training.networks.build import NetworkSettings, build_network
from training.networks.factorisation import FactorisedNetwork
from training.prepared import read_prepared, refuse_measure
from training.quantise import observed_crops, quantised
from training.torchscript import save

LEAST_COSINE = 0.9999
TERMS = (
    "Trained on data sets and teachers licensed for non-commercial research; "
    "the weights are for non-commercial research too."
)


Network = TypeVar("Network", bound=nn.Module)


class Embedder(nn.Module):
    """What serving calls: pixels -> unit x_id, age-group probabilities, probability of female.

    Each is the mean over the photo and its mirror image, which the network sees as one batch.
    """

    def __init__(self, network: FactorisedNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        network = self.network
        both = torch.cat([pixels, pixels.flip(3)])
        factors = network(both.contiguous(memory_format=torch.channels_last))
        groups = network.age_group_logits(factors.x_age).softmax(1)
        females = network.gender_head(factors.x_gender).softmax(1)[:, 1]
        return (
            normalize(over_mirror(normalize(factors.x_id))),
            over_mirror(groups),
            over_mirror(females),
        )


def over_mirror(values: Tensor) -> Tensor:
    """The mean of the first half of a batch (2n, ...) and the second, (n, ...)."""
    photos, mirrored = values.chunk(2)
    return (photos + mirrored) / 2


@dataclass(frozen=True)
class Origin:
    """Where weights come from, as `run.json` tells it."""

    network: NetworkSettings
    crop: Crop
    run: dict[str, Any]


def read_origin(weights: Path) -> Origin:
    """Reads the run.json beside the weights."""
    run = json.loads((weights.parent / "run.json").read_text())
    # The weights replace whatever the run began from, which need not be fetched again.
    network = NetworkSettings(**{**run["settings"]["network"], "pretrained": "none"})
    return Origin(network, Crop.read(run["crop"]), run)


def read_network(weights: Path) -> FactorisedNetwork:
    """The trained network, in eval mode, its batch normalisation not folded."""
    network = build_network(read_origin(weights).network)
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return network.eval()


def folded(module: Network) -> Network:
    """A copy in which every batch normalisation right after a convolution or a linear map (in the
    order of definition) is folded into it.
    """
    module = copy.deepcopy(module)
    _fold_children(module)
    return module


def _fold_children(module: nn.Module) -> None:
    previous_name, previous = "", nn.Module()
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d) and isinstance(previous, nn.Conv2d):
            setattr(module, previous_name, fuse_conv_bn_eval(previous, child))
            setattr(module, name, nn.Identity())
        elif isinstance(child, nn.BatchNorm1d) and isinstance(previous, nn.Linear):
            setattr(module, previous_name, fuse_linear_bn_eval(previous, child))
            setattr(module, name, nn.Identity())
        else:
            _fold_children(child)
        previous_name, previous = name, child


def trace(
    network: FactorisedNetwork, side: int, stored: torch.dtype = torch.float16
) -> torch.jit.ScriptModule:
    """The embedder as TorchScript with its weights stored so; `load_embedder` widens and freezes
    it. int8 has its own weights and needs its scales in fp32.
    """
    embedder = Embedder(folded(network)).eval()
    embedder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(embedder, torch.zeros(2, 3, side, side), check_trace=False)
    return traced.to(stored)


def check(network: FactorisedNetwork, exported: Path, side: int) -> float:
    """The least cosine between exported and eager embeddings of noise; raises ValueError below
    LEAST_COSINE.
    """
    pixels = torch.randn(8, 3, side, side, generator=torch.Generator().manual_seed(0))
    embedder = load_embedder(exported, side)
    with torch.inference_mode():
        expected, _, _ = Embedder(network)(pixels)
        # One at a time, as serving does: batches take another path.
        given = torch.cat([embedder(photo[None])[0] for photo in pixels])
    cosine = float((expected * given).sum(1).min())
    if cosine < LEAST_COSINE:
        raise ValueError(f"exported and eager embeddings differ: cosine {cosine:.5f}")
    return cosine


def export(weights: Path, folder: Path, name: str, observed: np.ndarray | None = None) -> Card:
    """Writes embedder.pt and card.json; the folder's detector.pt must be there already.

    observed: crops uint8 (n, side, side, 3) that tell the ranges of int8; without them, fp32.
    """
    origin, network = read_origin(weights), read_network(weights)
    if observed is not None:
        network = quantised(network, observed)
    files = {DETECTOR: sha256(folder / DETECTOR)}
    # What is served stays as it is until its successor has passed.
    candidate = folder / "embedder.new"
    stored = torch.float16 if observed is None else torch.float32
    save(trace(network, origin.crop.side, stored), candidate)
    cosine = check(network, candidate, origin.crop.side)
    files[EMBEDDER] = sha256(candidate.replace(folder / EMBEDDER))
    sources = origin.run["sources"]
    card = Card(
        version=f"{name}-{files[EMBEDDER][:8]}",
        sha256=files,
        crop=origin.crop,
        mean=MEAN,
        spread=SPREAD,
        embedding_size=512,
        trained_on=[f"{data}: {count} photos" for data, count in sources["data"].items()],
        terms=TERMS,
        training={
            "teachers": sources.get("teachers", {}),
            "settings": origin.run["settings"],
            "steps": origin.run["step"],
            "computes_in": "fp32" if observed is None else "int8",
            "export_cosine": round(cosine, 6),
        },
    )
    write_card(folder, card)
    return card


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", required=True, help="the version is this and the file's hash")
    parser.add_argument("--int8", type=Path, nargs="+", metavar="SET", help="prepared data sets")
    arguments = parser.parse_args()
    sets = [read_prepared(folder) for folder in arguments.int8 or ()]
    refuse_measure(sets)
    observed = observed_crops(sets) if sets else None
    print(export(arguments.weights, arguments.folder, arguments.name, observed).version)


if __name__ == "__main__":
    main()
