"""Checkpoints: written atomically, restored exactly."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.atomic import write_atomically


def save_checkpoint(
    path: Path, parts: dict[str, Any], progress: dict[str, Any], made_by: str | None = None
) -> None:
    """Saves the state of every part (whatever has state_dict or get_state), progress and the global
    random states, those of the GPUs among them. made_by: tells runs that may not resume each other
    apart, such as settings and a hash of the data.
    """
    content = {
        "parts": {name: _state(part) for name, part in parts.items()},
        "progress": progress,
        "made_by": made_by,
        "random": {
            "python": random.getstate(),
            "numpy": np.random.get_state(),
            "torch": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        },
    }
    write_atomically(path, lambda file: torch.save(content, file))


def load_checkpoint(
    path: Path, parts: dict[str, Any], made_by: str | None = None
) -> dict[str, Any]:
    """Restores what `save_checkpoint` saved and returns its progress; {} where there is none.

    Raises ValueError where something else made the checkpoint; one that does not say passes.
    """
    if not path.exists():
        return {}
    # Own files alone are read here; random states are not tensors.
    content = torch.load(path, map_location="cpu", weights_only=False)
    if content.get("made_by") not in (None, made_by):
        raise ValueError(f"{path} was made by other settings or data: remove it to start anew")
    for name, part in parts.items():
        _restore(part, content["parts"][name])
    random.setstate(content["random"]["python"])
    np.random.set_state(content["random"]["numpy"])
    torch.set_rng_state(content["random"]["torch"])
    # A run may resume on a machine with fewer GPUs, or with none.
    for device, state in enumerate(content["random"].get("cuda", [])[: torch.cuda.device_count()]):
        torch.cuda.set_rng_state(state, device)
    return content["progress"]


def _state(part: Any) -> Any:
    return part.get_state() if isinstance(part, torch.Generator) else part.state_dict()


def _restore(part: Any, state: Any) -> None:
    if isinstance(part, torch.Generator):
        part.set_state(state)
    else:
        part.load_state_dict(state)
