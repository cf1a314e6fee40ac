"""Distils teachers into a factorised student:

    python -m training.distil training/configs/compact.toml runs/compact \
        --data cache/utkface cache/all_age_faces cache/lfw --teachers ms1m.pt casia.pt

Identity comes from the teachers' embeddings, age group and gender from the labels where there are
any. Resumes from the run's checkpoint; runs on the CPU or a GPU, in bf16 where it is fast.
"""

import argparse
import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from aifr.recognition.align import Crop
from aifr.recognition.card import sha256
from training.ages import UNKNOWN, age_groups
from training.atomic import write_atomically
from training.augment import augment
from training.checkpoint import load_checkpoint, save_checkpoint
from training.composites import composite_embeddings, draw_recipes, pictures
from training.losses.distillation import DistillationLoss
from training.networks.build import NetworkSettings, build_network
from training.networks.factorisation import FactorisedNetwork, Factors
from training.optimisers import ADAMW, build_optimisers
from training.precision import bf16_is_fast
from training.prepared import read_prepared, refuse_measure
from training.teachers import teacher_embeddings

MEAN, SPREAD = 127.5, 128.0
STUDENT = "student.pt"
CHECKPOINT_EVERY = 200
RECORD_EVERY = 50


@dataclass(frozen=True)
class DistilSettings:
    """A run: `network` as in `NetworkSettings`; samples counts pictures seen, repeats included.

    composites: pictures made of the photos, learnt from beside them. start: name of the
    configuration, in the same folder, whose run this one goes on from; "" for none. optimiser: as
    in `build_optimisers`.
    """

    network: NetworkSettings
    samples: int
    batch: int = 128
    rate: float = 2e-3
    warm_up: float = 0.03
    weight_decay: float = 0.05
    similarity_weight: float = 2.0
    age_weight: float = 0.1
    gender_weight: float = 0.1
    averaging: float = 0.999
    composites: int = 0
    start: str = ""
    optimiser: str = ADAMW
    bf16: bool = True
    seed: int = 0

    @property
    def steps(self) -> int:
        """Optimiser steps in all."""
        return self.samples // self.batch


@dataclass(frozen=True)
class Lessons:
    """What the student sees, photos and perhaps composites. sources: data set -> number of photos,
    teacher -> sha256. crops: uint8 (n, side, side, 3), aligned to `crop`. teacher: unit (n, d).
    age_groups and genders: int64 (n,), -1 unknown.
    """

    sources: dict[str, Any]
    crop: Crop
    crops: np.ndarray
    teacher: Tensor
    age_groups: Tensor
    genders: Tensor


def read_settings(path: Path) -> DistilSettings:
    """Reads a TOML file; raises TypeError for a key that does not exist."""
    content = tomllib.loads(path.read_text())
    return DistilSettings(**{**content, "network": NetworkSettings(**content["network"])})


def read_lessons(folders: list[Path], teachers: list[Path], device: torch.device) -> Lessons:
    """Joins prepared data sets; the teachers embed each once.

    Raises ValueError for FG-NET and for sets of unlike crops.
    """
    sets = [read_prepared(folder) for folder in folders]
    refuse_measure(sets)
    embeddings = [
        teacher_embeddings(prepared, teachers, folder, device)
        for prepared, folder in zip(sets, folders, strict=True)
    ]
    if any(prepared.crop != sets[0].crop for prepared in sets):
        raise ValueError("the data sets were prepared to different crops")
    sources = {
        "data": {prepared.name: len(prepared.crops) for prepared in sets},
        "teachers": {teacher.stem: sha256(teacher) for teacher in teachers},
    }
    return Lessons(
        sources=sources,
        crop=sets[0].crop,
        crops=np.concatenate([prepared.crops for prepared in sets]),
        teacher=torch.from_numpy(np.concatenate(embeddings)),
        age_groups=torch.from_numpy(age_groups(np.concatenate([p.ages for p in sets]))),
        genders=torch.from_numpy(np.concatenate([p.genders for p in sets])),
    )


def with_composites(
    lessons: Lessons, count: int, seed: int, embed: Callable[[np.ndarray], np.ndarray]
) -> Lessons:
    """The lessons and so many composites, which `embed` lets the teachers embed. One of a single
    photo has its age group and gender.
    """
    recipes = draw_recipes(lessons.crops, count, seed)
    made = pictures(lessons.crops, recipes)
    embeddings = embed(made)
    first, single = torch.from_numpy(recipes.first), torch.from_numpy(recipes.single)
    groups, genders = (
        torch.cat([labels, torch.where(single, labels[first], UNKNOWN)])
        for labels in (lessons.age_groups, lessons.genders)
    )
    return replace(
        lessons,
        crops=np.concatenate([lessons.crops, made]),
        teacher=torch.cat([lessons.teacher, torch.from_numpy(embeddings)]),
        age_groups=groups,
        genders=genders,
    )


class Order:
    """An endless seeded shuffle of n photos, told apart by epoch, resumable at any step."""

    def __init__(self, count: int, batch: int, seed: int) -> None:
        if batch > count:
            raise ValueError(f"a batch of {batch} is more than the {count} photos there are")
        self._count, self._batch, self._seed = count, batch, seed

    def from_step(self, step: int) -> Iterator[np.ndarray]:
        """Indices (batch,) of each step from `step` on."""
        steps_an_epoch = self._count // self._batch
        while True:
            epoch, place = divmod(step, steps_an_epoch)
            order = np.random.default_rng((self._seed, epoch)).permutation(self._count)
            yield order[place * self._batch : (place + 1) * self._batch]
            step += 1


def learning_rate(step: int, settings: DistilSettings) -> float:
    """Linear warm-up, then half a cosine down to zero."""
    progress = step / settings.steps
    if progress < settings.warm_up:
        return settings.rate * progress / settings.warm_up
    share = (progress - settings.warm_up) / (1 - settings.warm_up)
    return settings.rate * 0.5 * (1 + float(np.cos(np.pi * share)))


def losses(
    network: FactorisedNetwork,
    factors: Factors,
    lesson: tuple[Tensor, Tensor, Tensor],
    distillation: DistillationLoss,
) -> dict[str, Tensor]:
    """The three losses of a batch, unweighted."""
    teacher, groups, genders = lesson
    return {
        "identity": distillation(factors.x_id, teacher),
        "age": known_cross_entropy(network.age_head(factors.x_age), groups),
        "gender": known_cross_entropy(network.gender_head(factors.x_gender), genders),
    }


def known_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy over the labels that are known; 0 where none is."""
    total = cross_entropy(logits, labels, ignore_index=UNKNOWN, reduction="sum")
    return total / (labels != UNKNOWN).sum().clamp(min=1)


class Student:
    """A network in training and all that a checkpoint must hold of it."""

    def __init__(
        self,
        settings: DistilSettings,
        teacher_size: int,
        device: torch.device,
        start: Path | None = None,
    ) -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.device = settings, device
        self.bf16 = settings.bf16 and bf16_is_fast(device)
        network = build_network(settings.network)
        if start:
            network.load_state_dict(torch.load(start, map_location="cpu", weights_only=True))
        self.network = network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.averaged = AveragedModel(
            network, multi_avg_fn=get_ema_multi_avg_fn(settings.averaging), use_buffers=True
        )
        self.distillation = DistillationLoss(
            teacher_size, similarity_weight=settings.similarity_weight
        ).to(device)
        self.optimisers = build_optimisers(network, settings.optimiser, settings.weight_decay)
        self.generator = torch.Generator().manual_seed(settings.seed)

    @property
    def parts(self) -> dict[str, Any]:
        """What a checkpoint saves."""
        return {
            "network": self.network,
            "averaged": self.averaged,
            "generator": self.generator,
            **self.optimisers,
        }

    def learn(self, lessons: Lessons, indices: np.ndarray, rate: float) -> dict[str, float]:
        """One step on a batch; returns its losses."""
        pixels, lesson = batch_of(lessons, indices, self.generator, self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            factors = self.network(pixels)
        parts = losses(
            self.network, Factors(*(f.float() for f in factors)), lesson, self.distillation
        )
        self.network.zero_grad()
        weighted(parts, self.settings).backward()
        self._move(rate)
        self.averaged.update_parameters(self.network)
        return {name: round(float(loss.detach()), 4) for name, loss in parts.items()}

    def _move(self, rate: float) -> None:
        for optimiser in self.optimisers.values():
            for group in optimiser.param_groups:
                group["lr"] = rate
            optimiser.step()


def weighted(parts: dict[str, Tensor], settings: DistilSettings) -> Tensor:
    """The sum that is minimised."""
    return (
        parts["identity"]
        + settings.age_weight * parts["age"]
        + settings.gender_weight * parts["gender"]
    )


def distil(
    settings: DistilSettings,
    lessons: Lessons,
    folder: Path,
    device: torch.device,
    start: Path | None = None,
) -> None:
    """Trains to the end, leaving `student.pt` (averaged weights) and `run.json` in the folder.
    start: weights to begin from, such as another run's `student.pt`.
    """
    if lessons.crop.side != settings.network.side:
        raise ValueError(
            f"crops of {lessons.crop.side} px for a network of {settings.network.side}"
        )
    student = Student(settings, lessons.teacher.shape[1], device, start)
    checkpoint = folder / "checkpoint.pt"
    made_by = json.dumps([asdict(settings), lessons.sources], sort_keys=True)
    progress = load_checkpoint(checkpoint, student.parts, made_by) or {"step": 0, "history": []}
    order = Order(len(lessons.crops), settings.batch, settings.seed).from_step(progress["step"])
    with tqdm(total=settings.steps, initial=progress["step"], mininterval=5) as bar:
        while progress["step"] < settings.steps:
            rate = learning_rate(progress["step"], settings)
            figures = student.learn(lessons, next(order), rate)
            progress["step"] += 1
            bar.update()
            if progress["step"] % RECORD_EVERY == 0:
                progress["history"].append({"step": progress["step"], **figures})
                bar.set_postfix(figures)
            if progress["step"] % CHECKPOINT_EVERY == 0 or progress["step"] == settings.steps:
                save_checkpoint(checkpoint, student.parts, progress, made_by)
                _write_result(folder, settings, lessons, student.averaged, progress)
    # Once more, since a run may die between its last checkpoint and what is written after it.
    _write_result(folder, settings, lessons, student.averaged, progress)


def run(
    configuration: Path, folder: Path, lessons: Lessons, teachers: list[Path], device: torch.device
) -> None:
    """Trains a configuration, before it the one that it goes on from, each from its checkpoint."""
    settings, start = read_settings(configuration), None
    if settings.start:
        before, start = folder.with_name(settings.start), folder.with_name(settings.start) / STUDENT
        run(configuration.with_stem(settings.start), before, lessons, teachers, device)
        lessons = replace(lessons, sources={**lessons.sources, "start": sha256(start)})
    if settings.composites:

        def embed(made: np.ndarray) -> np.ndarray:
            return composite_embeddings(made, lessons.crop, teachers, folder, device)

        lessons = with_composites(lessons, settings.composites, settings.seed, embed)
    distil(settings, lessons, folder, device, start)


def batch_of(
    lessons: Lessons, indices: np.ndarray, generator: torch.Generator, device: torch.device
) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor]]:
    """Augmented, normalised pixels (batch, 3, side, side) and their teacher, age group, gender."""
    pixels = torch.from_numpy(lessons.crops[indices]).to(device).permute(0, 3, 1, 2).float()
    pixels = (augment(pixels, generator) - MEAN) / SPREAD
    chosen = torch.from_numpy(indices)
    lesson = (lessons.teacher[chosen], lessons.age_groups[chosen], lessons.genders[chosen])
    teacher, groups, genders = (part.to(device) for part in lesson)
    return pixels.contiguous(memory_format=torch.channels_last), (teacher, groups, genders)


def _write_result(
    folder: Path,
    settings: DistilSettings,
    lessons: Lessons,
    averaged: AveragedModel,
    progress: dict[str, Any],
) -> None:
    weights = averaged.module.state_dict()
    write_atomically(folder / STUDENT, lambda file: torch.save(weights, file))
    run = {
        "settings": asdict(settings),
        "sources": lessons.sources,
        "crop": asdict(lessons.crop),
        "torch": torch.__version__,
        **progress,
    }
    write_atomically(
        folder / "run.json", lambda file: file.write(json.dumps(run, indent=1).encode())
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("configuration", type=Path)
    parser.add_argument("run", type=Path, help="folder of the run; resumed where it exists")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="prepared data sets")
    parser.add_argument("--teachers", type=Path, nargs="+", required=True, help="TorchScript files")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    lessons = read_lessons(arguments.data, arguments.teachers, device)
    run(arguments.configuration, arguments.run, lessons, arguments.teachers, device)


if __name__ == "__main__":
    main()
