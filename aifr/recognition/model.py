"""A model folder in memory: the detector, the embedder and their card.

The only module of the package that imports torch, and only when a model is loaded: that costs
seconds, which an answer of 4xx need not wait for.
"""

import os
import threading
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from aifr.errors import ModelUnavailable
from aifr.recognition.card import Card, check_files, read_card

DETECTOR = "detector.pt"
EMBEDDER = "embedder.pt"
CALLS_TO_COMPILE = 3

_loading = threading.Lock()


@dataclass(frozen=True)
class Model:
    """A loaded model; `detector` is a `detect.Detector`."""

    card: Card
    detector: "TorchDetector"
    embedder: Any

    @property
    def version(self) -> str:
        """Embeddings compare only within one version."""
        return self.card.version

    def embed(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Aligned crops uint8 (n, side, side, 3) -> embeddings, age groups, gender.

        Returns float32: unit x_id (n, embedding_size), probabilities of young, adult and elderly
        (n, 3), probability of female (n,).
        """
        pixels = (
            crops.transpose(0, 3, 1, 2).astype(np.float32) - self.card.mean
        ) / self.card.spread
        identity, age_groups, female = _run(self.embedder, pixels)
        return identity, age_groups, female


class TorchDetector:
    """The three networks of `detector.pt`, numpy in and out (see `detect.Detector`)."""

    def __init__(self, networks: Any) -> None:
        self._networks = networks

    def propose(self, image: np.ndarray, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
        return _run(self._networks.propose, image, height, width)

    def refine(self, image: np.ndarray, regions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return _run(self._networks.refine, image, regions)

    def settle(
        self, image: np.ndarray, regions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return _run(self._networks.settle, image, regions)


def load_model(folder: Path, threads: int = 1) -> Model:
    """The model of a folder, loaded once however many threads ask.

    threads: CPU threads of torch for the whole process.
    Raises ModelUnavailable for a missing, altered or unreadable file.
    """
    with _loading:
        return _load(folder, threads)


@cache
def _load(folder: Path, threads: int) -> Model:
    card = read_card(folder)
    check_files(folder, card)
    # OpenMP reads this when torch is imported; idle threads of its pool cost more than they give.
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    detector, embedder = (
        load_detector(folder / DETECTOR),
        load_embedder(folder / EMBEDDER, card.crop.side),
    )
    import torch

    torch.set_num_threads(threads)
    return Model(card, detector, embedder)


def load_detector(path: Path) -> TorchDetector:
    """The detector of a file, without a card; raises ModelUnavailable."""
    return TorchDetector(load_network(path))


def load_embedder(path: Path, side: int) -> Any:
    """The embedder of a file, in fp32 whatever its weights are stored in, frozen and fused."""
    network = load_network(path)
    import torch

    try:
        frozen = torch.jit.freeze(network.float(), optimize_numerics=False)
        _fuse(frozen, torch.zeros(1, 3, side, side))
    except RuntimeError:
        raise ModelUnavailable(f"The model's {path.name} cannot be run.") from None
    return frozen


def _fuse(network: Any, pixels: Any) -> None:
    """Fuses the network by oneDNN for inputs of this shape; others take the plain way.

    TorchScript looks at the switch when it compiles, in a network's first calls. It is on for these
    alone: the detector, whose shapes change with every photo, would be compiled for each of them.
    """
    import torch

    torch.jit.enable_onednn_fusion(True)
    try:
        with torch.inference_mode():
            for _ in range(CALLS_TO_COMPILE):
                network(pixels)
    finally:
        torch.jit.enable_onednn_fusion(False)


def load_network(path: Path) -> Any:
    """A TorchScript network on the CPU; raises ModelUnavailable where it cannot be read."""
    import torch

    # TorchScript is deprecated, and still loads many times faster than its successor.
    warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
    try:
        return torch.jit.load(str(path), map_location="cpu")
    except (OSError, RuntimeError, ValueError):
        raise ModelUnavailable(f"The model's {path.name} cannot be loaded.") from None


def _run(network: Any, *inputs: Any) -> Any:
    import torch

    tensors = [torch.from_numpy(x) if isinstance(x, np.ndarray) else x for x in inputs]
    with torch.inference_mode():
        return tuple(output.numpy() for output in network(*tensors))
