"""Int8 by post-training static quantisation: the backbone computes in int8, within ranges that were
observed on crops; what follows it stays in floating point.
"""

import copy
import warnings

import numpy as np
import torch
from torch import Tensor

from training.distil import MEAN, SPREAD
from training.networks.factorisation import FactorisedNetwork
from training.prepared import Prepared

ENGINE = "x86"
OBSERVED = 512
BATCH = 64


def quantised(network: FactorisedNetwork, crops: np.ndarray) -> FactorisedNetwork:
    """A copy in eval mode that computes in int8; crops uint8 (n, side, side, 3) tell the ranges."""
    # Imported here because it takes a second; it is deprecated, as TorchScript is.
    from torch.ao.quantization import get_default_qconfig_mapping
    from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx

    network = copy.deepcopy(network).eval()
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.backends.quantized.engine = ENGINE
        settings = get_default_qconfig_mapping(ENGINE)
        observed = prepare_fx(network.backbone, settings, (normalised(crops[:1]),))
        for start in range(0, len(crops), BATCH):
            observed(normalised(crops[start : start + BATCH]))
        network.backbone = convert_fx(observed)
    return network


def normalised(crops: np.ndarray) -> Tensor:
    """Crops uint8 (n, side, side, 3) as the network takes them, channels last."""
    pixels = (torch.from_numpy(crops).permute(0, 3, 1, 2).float() - MEAN) / SPREAD
    return pixels.contiguous(memory_format=torch.channels_last)


def observed_crops(sets: list[Prepared]) -> np.ndarray:
    """Evenly spread crops of every set, uint8 (n, side, side, 3)."""
    spread = [np.linspace(0, len(part.crops) - 1, OBSERVED).astype(np.int64) for part in sets]
    return np.concatenate(
        [part.crops[np.unique(index)] for part, index in zip(sets, spread, strict=True)]
    )
