"""Checkpoints: written atomically, restored exactly."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.atomic import write_atomically


def save_checkpoint(path: Path, parts: dict[str, Any], progress: dict[str, Any]) -> None:
    """Saves the state of every part (whatever has state_dict or get_state), progress and the global
    random states.
    """
    content = {
        "parts": {name: _state(part) for name, part in parts.items()},
        "progress": progress,
        "random": {
            "python": random.getstate(),
            "numpy": np.random.get_state(),
            "torch": torch.get_rng_state(),
        },
    }
    write_atomically(path, lambda file: torch.save(content, file))


def load_checkpoint(path: Path, parts: dict[str, Any]) -> dict[str, Any]:
    """Restores what `save_checkpoint` saved and returns its progress; {} where there is none."""
    if not path.exists():
        return {}
    # Own files alone are read here; random states are not tensors.
    content = torch.load(path, map_location="cpu", weights_only=False)
    for name, part in parts.items():
        _restore(part, content["parts"][name])
    random.setstate(content["random"]["python"])
    np.random.set_state(content["random"]["numpy"])
    torch.set_rng_state(content["random"]["torch"])
    return content["progress"]


def _state(part: Any) -> Any:
    return part.get_state() if isinstance(part, torch.Generator) else part.state_dict()


def _restore(part: Any, state: Any) -> None:
    if isinstance(part, torch.Generator):
        part.set_state(state)
    else:
        part.load_state_dict(state)
