"""What a run leaves behind: run.json, network.pt, heads.pt and the TensorBoard log."""

import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.atomic import write_atomically
from training.engine import parallel
from training.engine.learner import Learner
from training.engine.settings import TrainSettings


def versions() -> dict[str, str]:
    """What the run ran on."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
    }


def write_run(folder: Path, settings: TrainSettings, content: dict[str, Any]) -> None:
    """Writes run.json: settings (the seed among them), versions, processes and `content`."""
    run = {
        "settings": asdict(settings),
        "versions": versions(),
        "processes": parallel.world(),
        **content,
    }
    text = json.dumps(run, indent=1)
    write_atomically(folder / "run.json", lambda file: file.write(text.encode()))


def write_weights(folder: Path, learner: Learner) -> None:
    """Writes network.pt, a FactorisedNetwork's state, and heads.pt: CosFace and the mapping."""
    heads = {
        "identity_head": learner.identity_head.state_dict(),
        "mapping": learner.mapping.state_dict(),
    }
    network = learner.network.state_dict()
    write_atomically(folder / "network.pt", lambda file: torch.save(network, file))
    write_atomically(folder / "heads.pt", lambda file: torch.save(heads, file))


class Log:
    """The TensorBoard log of the process that writes files; resumed, it forgets later steps."""

    def __init__(self, folder: Path, step: int) -> None:
        # Imported here because tensorboard is needed for this alone and takes seconds.
        from torch.utils.tensorboard import SummaryWriter

        self._writer = (
            SummaryWriter(str(folder / "tensorboard"), purge_step=step)
            if parallel.rank() == 0
            else None
        )

    def write(self, step: int, values: dict[str, float]) -> None:
        """Adds the values of a step."""
        if self._writer is not None:
            for name, value in values.items():
                self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        """Writes what is left."""
        if self._writer is not None:
            self._writer.close()
