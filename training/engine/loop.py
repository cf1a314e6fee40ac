"""The training loop."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from training.checkpoint import load_checkpoint, save_checkpoint
from training.engine import parallel
from training.engine.batches import Batches
from training.engine.figures import figures
from training.engine.learner import Batch, Learner, build_learner, maximise, minimise
from training.engine.lessons import Lessons, chosen, data_hash, held_out
from training.engine.record import Log, write_run, write_weights
from training.engine.schedule import Schedule, learning_rate, schedule
from training.engine.settings import TrainSettings
from training.losses.decorrelation import chance_floor


def train(
    settings: TrainSettings, lessons: Lessons, folder: Path, device: torch.device
) -> dict[str, dict[str, float]]:
    """Trains to the end, from the folder's checkpoint where there is one, and leaves `network.pt`,
    `heads.pt` and `run.json` there. Returns the figures over trained and held-out photos.

    Raises ValueError where the crops are not of the network's side, where nobody has enough
    photos, and where the checkpoint is of other settings or data.
    """
    if lessons.crop.side != settings.network.side:
        raise ValueError(
            f"crops of {lessons.crop.side} px for a network of {settings.network.side}"
        )
    if not lessons.people:
        raise ValueError(f"nobody has {settings.fewest_photos} photos or more")
    held = held_out(lessons, settings.held_share, settings.seed)
    taught = chosen(lessons, ~held)
    plan = schedule(settings, len(taught))
    learner = build_learner(settings, lessons.people, device)
    hashed = data_hash(lessons)
    history = _run(settings, taught, plan, learner, folder, f"{settings} {hashed}")
    found = {"trained": figures(learner, taught, settings.batch, settings.adversarial)}
    if held.any():
        found["held_out"] = figures(
            learner, chosen(lessons, held), settings.batch, settings.adversarial
        )
    if parallel.rank() == 0:
        names = [name for name, out in zip(lessons.names, held, strict=True) if out]
        content = {
            "sources": {"data": lessons.sources, "people": lessons.people},
            "data_sha256": hashed,
            "crop": asdict(lessons.crop),
            "step": plan.steps,
            "figures": found,
            "held_out": names,
            "history": history,
        }
        write_weights(folder, learner)
        write_run(folder, settings, content)
    parallel.wait_for_all()
    return found


def _run(
    settings: TrainSettings,
    taught: Lessons,
    plan: Schedule,
    learner: Learner,
    folder: Path,
    made_by: str,
) -> list[dict[str, float]]:
    """Takes the steps that are left; returns the logged losses of all."""
    checkpoint = folder / "checkpoint.pt"
    parts: dict[str, Any] = learner.parts()
    progress = load_checkpoint(checkpoint, parts, made_by) or {"step": 0, "history": []}
    batches = Batches(taught, settings, learner.identity_head.weight.device)
    log = Log(folder, progress["step"])
    bar = tqdm(total=plan.steps, initial=progress["step"], unit="step", disable=parallel.rank() > 0)
    for step in range(progress["step"], plan.steps):
        values = _step(settings, batches, plan, learner, step)
        progress["step"] = step + 1
        if step % settings.log_every == 0 or progress["step"] == plan.steps:
            logged = _figures_of_step(settings, values)
            progress["history"].append({"step": step, **logged})
            log.write(step, logged)
            bar.set_postfix({name: round(value, 4) for name, value in logged.items()})
        if _checkpoint_due(settings, plan, progress["step"]) and parallel.rank() == 0:
            save_checkpoint(checkpoint, parts, progress, made_by)
        bar.update()
    bar.close()
    log.close()
    return progress["history"]


def _step(
    settings: TrainSettings, batches: Batches, plan: Schedule, learner: Learner, step: int
) -> dict[str, Tensor]:
    return take_step(learner, batches.at(step, plan), settings, plan, step)


def take_step(
    learner: Learner, batch: Batch, settings: TrainSettings, plan: Schedule, step: int
) -> dict[str, Tensor]:
    """Minimises or maximises, as the schedule has it; returns the losses."""
    if not plan.minimises(step):
        return maximise(learner, batch, settings)
    for group in learner.network_optimiser.param_groups:
        group["lr"] = learning_rate(settings, plan.passes_before(step) / plan.passes)
    return minimise(learner, batch, settings)


def _figures_of_step(settings: TrainSettings, values: dict[str, Tensor]) -> dict[str, float]:
    """The losses as numbers; beside a correlation, what chance gives at this batch size."""
    logged = {name: float(value) for name, value in values.items()}
    if "decorrelation" in logged:
        logged["chance"] = chance_floor(settings.batch)
    return logged


def _checkpoint_due(settings: TrainSettings, plan: Schedule, step: int) -> bool:
    return step % settings.checkpoint_every == 0 or step == plan.steps
