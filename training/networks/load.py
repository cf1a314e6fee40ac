"""The network of a finished run."""

import json
from pathlib import Path

import torch

from training.networks.build import NetworkSettings, build_network
from training.networks.factorisation import FactorisedNetwork

WEIGHTS = ("network.pt", "student.pt")


def weights_path(run: Path) -> Path:
    """The final weights that training or distillation left; raises FileNotFoundError."""
    for name in WEIGHTS:
        if (run / name).is_file():
            return run / name
    raise FileNotFoundError(f"{run} holds neither {' nor '.join(WEIGHTS)}")


def load_network(run: Path) -> FactorisedNetwork:
    """The network of a run's folder, in eval mode on the CPU."""
    settings = json.loads((run / "run.json").read_text())["settings"]["network"]
    network = build_network(NetworkSettings(**{**settings, "pretrained": "none"}))
    network.load_state_dict(torch.load(weights_path(run), map_location="cpu", weights_only=True))
    return network.eval()
