"""The feature x of a trained network, computed once a data set and kept beside its weights."""

import hashlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from aifr.recognition.card import sha256
from training.atomic import write_atomically
from training.distil import MEAN, SPREAD
from training.export import read_network
from training.networks.factorisation import Factors
from training.prepared import Prepared

BATCH = 256


def normalised(pixels: Tensor) -> Tensor:
    """Pixels float (n, 3, side, side), 0 to 255 -> about -1 to 1, channels last."""
    return ((pixels - MEAN) / SPREAD).contiguous(memory_format=torch.channels_last)


@torch.inference_mode()
def factors_of(network: nn.Module, crops: np.ndarray, device: torch.device) -> Factors:
    """The factors, float32 on the CPU, of crops uint8 (n, side, side, 3); n at least 1."""
    network.eval()
    found = []
    for start in tqdm(range(0, len(crops), BATCH), "factors", leave=False, delay=5):
        pixels = torch.from_numpy(crops[start : start + BATCH]).to(device).permute(0, 3, 1, 2)
        found.append([factor.float().cpu() for factor in network(normalised(pixels.float()))])
    return Factors(*(torch.cat(parts) for parts in zip(*found, strict=True)))


def kept_features(weights: Path, prepared: Prepared, device: torch.device) -> np.ndarray:
    """x, float32 (n, 512), by the network of these weights, `run.json` beside them.

    Kept beside the weights, named after them and the crops.
    """
    crops = hashlib.sha256(np.ascontiguousarray(prepared.crops).data).hexdigest()
    file = f"{prepared.name}-{sha256(weights)[:12]}-{crops[:12]}.npy"
    path = weights.parent / "features" / file
    if not path.exists():
        network = read_network(weights).to(device)
        x = factors_of(network, prepared.crops, device).x.numpy()
        write_atomically(path, lambda file: np.save(file, x))
    return np.load(path)
