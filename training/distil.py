"""Distils teachers into a factorised student:

    python -m training.distil training/configs/compact-joined.toml runs/compact-joined \
        --data cache/utkface cache/all_age_faces cache/faces --teachers edgeface_xs.pt w600k.pt

Identity comes from the teachers' embeddings less what age says of them, age and gender from the
labels where there are any. Resumes from the run's checkpoint; runs on the CPU or a GPU, in bf16
where it is fast.
"""

import argparse
import json
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity, cross_entropy
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from aifr.recognition.align import Crop
from aifr.recognition.card import sha256
from training.ages import UNKNOWN
from training.atomic import write_atomically
from training.augment import augment
from training.checkpoint import load_checkpoint, save_checkpoint
from training.composites import Recipes, composite_embeddings, draw_recipes, picture
from training.held_out import held_out
from training.losses.distillation import DistillationLoss
from training.networks.build import NetworkSettings, build_network
from training.networks.compact import FEATURE_SIZE
from training.networks.factorisation import FactorisedNetwork, Factors
from training.optimisers import ADAMW, build_optimisers
from training.precision import bf16_is_fast
from training.prepared import read_prepared, refuse_measure
from training.targets import kept_placement
from training.teachers import teacher_embeddings

MEAN, SPREAD = 127.5, 128.0
STUDENT = "student.pt"
CHECKPOINT, FLAT, PLACEMENT = "checkpoint.pt", "flat.pt", "placement.npz"
CHECKPOINT_EVERY = 200
RECORD_EVERY = 50
FIRST_RECORDED = 1000
"""So many first losses are recorded one by one, for another run to be compared with."""
MEASURE_EVERY, MEASURED = 1000, 2000
WARM_UP_STEPS = 500
AGE_SPREAD, AGE_SPREAD_GROWTH = 1.0, 0.06
"""Years: of a label's normal distribution at birth, and a year of age."""
CHANGEABLE = {"samples", "decay", "composites"}


@dataclass(frozen=True)
class DistilSettings:
    """A run: `network` as in `NetworkSettings`; samples counts pictures seen, repeats included.

    decay: share of the steps, the last, over which the rate falls from flat to zero; 1 for half a
    cosine over all. composites: pictures made of the photos, learnt from beside them. teachers:
    which, by stem, and the weight of each one's cosine; {} for all alike. erased_directions,
    erased_share: of age, taken out of what x_id is taught. start: name of the configuration, in the
    same folder, whose run this one goes on from; "" for none. optimiser: as in `build_optimisers`.
    """

    network: NetworkSettings
    samples: int
    batch: int = 128
    rate: float = 2e-3
    warm_up: float = 0.03
    decay: float = 1.0
    weight_decay: float = 0.05
    similarity_weight: float = 2.0
    age_weight: float = 0.1
    gender_weight: float = 0.1
    averaging: float = 0.999
    composites: int = 0
    teachers: dict[str, float] = field(default_factory=dict)
    erased_directions: int = 0
    erased_share: float = 1.0
    start: str = ""
    optimiser: str = ADAMW
    bf16: bool = True
    seed: int = 0

    @property
    def steps(self) -> int:
        """Optimiser steps in all."""
        return self.samples // self.batch

    @property
    def flat_until(self) -> int:
        """The step at which the rate begins to fall."""
        return round(self.steps * (1 - self.decay))


@dataclass(frozen=True)
class Lessons:
    """What the student sees: photos, then perhaps the pictures of recipes.

    sources: data set -> number of photos, teacher -> sha256. crops: uint8 (n, side, side, 3) of the
    photos, aligned to `crop`. teacher: unit (n + m, d). ages: years, int64 (n + m,), -1 unknown.
    genders: int64 (n + m,), -1 unknown. recipes: m of them. held_out, its target: crops that are
    not learnt from, and what the teachers say of them.
    """

    sources: dict[str, Any]
    crop: Crop
    crops: np.ndarray
    teacher: Tensor
    ages: Tensor
    genders: Tensor
    recipes: Recipes | None = None
    held_out: np.ndarray | None = None
    held_out_teacher: Tensor | None = None

    def __len__(self) -> int:
        return len(self.teacher)

    def pictures(self, indices: np.ndarray) -> np.ndarray:
        """The photos and pictures at these places, uint8 (b, side, side, 3)."""
        made = indices >= len(self.crops)
        shown = self.crops[np.where(made, 0, indices)]
        if self.recipes is not None and made.any():
            recipes = self.recipes.where(indices[made] - len(self.crops))
            shown[made] = picture(self.crops, recipes)
        return shown


def read_settings(path: Path) -> DistilSettings:
    """Reads a TOML file; raises TypeError for a key that does not exist."""
    content = tomllib.loads(path.read_text())
    return DistilSettings(**{**content, "network": NetworkSettings(**content["network"])})


def chosen_teachers(teachers: list[Path], settings: DistilSettings) -> tuple[list[Path], list]:
    """The teachers that the settings name, and their weights; all, alike, where none is named.

    Raises ValueError where one that is named is not there.
    """
    if not settings.teachers:
        return teachers, [1.0] * len(teachers)
    there = {teacher.stem: teacher for teacher in teachers}
    missing = settings.teachers.keys() - there.keys()
    if missing:
        raise ValueError(f"no such teacher: {', '.join(sorted(missing))}")
    return [there[stem] for stem in settings.teachers], list(settings.teachers.values())


def read_lessons(
    folders: list[Path],
    teachers: list[Path],
    folder: Path,
    settings: DistilSettings,
    device: torch.device,
) -> Lessons:
    """Joins prepared data sets, without the people held out; the teachers embed each once. folder:
    of the run.

    Raises ValueError for FG-NET, for sets of unlike crops and for a teacher that is not there.
    """
    sets = [read_prepared(place) for place in folders]
    refuse_measure(sets)
    if any(prepared.crop != sets[0].crop for prepared in sets):
        raise ValueError("the data sets were prepared to different crops")
    teachers, weights = chosen_teachers(teachers, settings)
    embeddings = np.concatenate(
        [
            teacher_embeddings(prepared, teachers, place, device, weights)
            for prepared, place in zip(sets, folders, strict=True)
        ]
    )
    crops, ages, genders = (
        np.concatenate([getattr(prepared, name) for prepared in sets])
        for name in ("crops", "ages", "genders")
    )
    outs = [held_out(prepared) for prepared in sets]
    out = np.concatenate(outs)
    kept, measured = np.flatnonzero(~out), spread(np.flatnonzero(out), MEASURED)
    chosen = (settings.erased_directions, settings.erased_share)
    placement = kept_placement(
        folder / PLACEMENT, embeddings[kept], ages[kept], FEATURE_SIZE, *chosen
    )
    learnt, recipes, said = crops[kept], None, embeddings[kept]
    if settings.composites:
        recipes = draw_recipes(learnt, settings.composites, settings.seed)
        made = composite_embeddings(
            learnt, recipes, sets[0].crop, teachers, folder, device, weights
        )
        said = np.concatenate([said, made])
    return Lessons(
        sources={
            "data": {p.name: int((~out).sum()) for p, out in zip(sets, outs, strict=True)},
            "teachers": {teacher.stem: sha256(teacher) for teacher in teachers},
        },
        crop=sets[0].crop,
        crops=learnt,
        teacher=torch.from_numpy(placement(said)),
        ages=torch.from_numpy(with_singles(ages[kept], recipes)),
        genders=torch.from_numpy(with_singles(genders[kept], recipes)),
        recipes=recipes,
        held_out=crops[measured],
        held_out_teacher=torch.from_numpy(placement(embeddings[measured])),
    )


def spread(indices: np.ndarray, most: int) -> np.ndarray:
    """So many of the indices at most, taken evenly from all of them: from every set its share."""
    return indices[:: max(1, -(-len(indices) // most))]


def with_singles(labels: np.ndarray, recipes: Recipes | None) -> np.ndarray:
    """The labels of photos (n,) and those of the pictures: a picture of one photo has its label."""
    if recipes is None:
        return labels
    return np.concatenate([labels, np.where(recipes.single, labels[recipes.first], UNKNOWN)])


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
    """Linear warm-up, then flat, then a straight line down to zero over `decay`; or half a cosine
    where the decay is all there is.
    """
    if step < WARM_UP_STEPS and settings.decay < 1:
        return settings.rate * step / WARM_UP_STEPS
    if settings.decay < 1:
        left = (settings.steps - step) / max(1, settings.steps - settings.flat_until)
        return settings.rate * min(1.0, left)
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
    teacher, ages, genders = lesson
    return {
        "identity": distillation(factors.x_id, teacher),
        "age": age_cross_entropy(network.age_head(factors.x_age), ages),
        "gender": known_cross_entropy(network.gender_head(factors.x_gender), genders),
    }


def known_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy over the labels that are known; 0 where none is."""
    total = cross_entropy(logits, labels, ignore_index=UNKNOWN, reduction="sum")
    return total / (labels != UNKNOWN).sum().clamp(min=1)


def age_cross_entropy(logits: Tensor, ages: Tensor) -> Tensor:
    """Cross-entropy to a normal distribution of years about each known age (Gao et al. 2017, "Deep
    label distribution learning with label ambiguity"); 0 where none is known.
    """
    known = ages != UNKNOWN
    years = torch.arange(logits.shape[1], device=logits.device)
    about = ages[known].clamp(max=logits.shape[1] - 1)[:, None].float()
    spread = AGE_SPREAD + AGE_SPREAD_GROWTH * about
    target = (-0.5 * ((years - about) / spread).square()).softmax(1)
    return cross_entropy(logits[known], target, reduction="sum") / known.sum().clamp(min=1)


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

    @torch.inference_mode()
    def held_out_cosine(self, lessons: Lessons) -> float:
        """The mean cosine of the averaged network's x_id to the teachers' on photos held out."""
        assert lessons.held_out is not None and lessons.held_out_teacher is not None
        self.averaged.eval()
        found = []
        for start in range(0, len(lessons.held_out), 256):
            pixels = torch.from_numpy(lessons.held_out[start : start + 256]).to(self.device)
            pixels = (pixels.permute(0, 3, 1, 2).float() - MEAN) / SPREAD
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
                x_id = self.averaged(pixels.contiguous(memory_format=torch.channels_last)).x_id
            target = lessons.held_out_teacher[start : start + 256].to(self.device)
            found.append(cosine_similarity(x_id.float(), target @ self.distillation.placement))
        return round(float(torch.cat(found).mean()), 4)

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
    progress = _resumed(folder, student, settings, lessons)
    made_by = _made_by(settings, lessons)
    order = Order(len(lessons), settings.batch, settings.seed).from_step(progress["step"])
    with tqdm(total=settings.steps, initial=progress["step"], mininterval=5) as bar:
        while progress["step"] < settings.steps:
            if progress["step"] == settings.flat_until:
                progress["falling_from"] = progress["step"]
                if settings.decay < 1:
                    save_checkpoint(folder / FLAT, student.parts, progress, made_by)
            rate = learning_rate(progress["step"], settings)
            figures = student.learn(lessons, next(order), rate)
            progress["step"] += 1
            bar.update()
            if progress["step"] % RECORD_EVERY == 0 or progress["step"] <= FIRST_RECORDED:
                progress["history"].append({"step": progress["step"], **figures})
                bar.set_postfix(figures)
            if progress["step"] % MEASURE_EVERY == 0 and lessons.held_out is not None:
                cosine = student.held_out_cosine(lessons)
                progress["history"].append({"step": progress["step"], "held_out": cosine})
                tqdm.write(f"step {progress['step']}: held-out cosine {cosine}")
            if progress["step"] % CHECKPOINT_EVERY == 0 or progress["step"] == settings.steps:
                save_checkpoint(folder / CHECKPOINT, student.parts, progress, made_by)
                _write_result(folder, settings, lessons, student.averaged, progress)
    # Once more, since a run may die between its last checkpoint and what is written after it.
    _write_result(folder, settings, lessons, student.averaged, progress)


def _made_by(settings: DistilSettings, lessons: Lessons) -> str:
    """What a checkpoint may not go on without. How long a run is to be may change on its way, and
    how many pictures are made, where its rate is flat.
    """
    told = asdict(settings)
    if settings.decay < 1:
        told = {name: told[name] for name in told if name not in CHANGEABLE}
    return json.dumps([told, lessons.sources], sort_keys=True)


def _resumed(
    folder: Path, student: Student, settings: DistilSettings, lessons: Lessons
) -> dict[str, Any]:
    """Restores the run's last checkpoint; the last one before its rate fell where it fell earlier
    than it is to now.
    """
    made_by = _made_by(settings, lessons)
    progress = load_checkpoint(folder / CHECKPOINT, student.parts, made_by)
    fell = progress.get("falling_from", settings.flat_until)
    if fell != settings.flat_until and (folder / FLAT).exists():
        progress = load_checkpoint(folder / FLAT, student.parts, made_by)
        # Its rate is flat again, and has not fallen where it is stopped on its way.
        progress.pop("falling_from", None)
    return progress or {"step": 0, "history": []}


def run(
    configuration: Path, folder: Path, data: list[Path], teachers: list[Path], device: torch.device
) -> None:
    """Trains a configuration, before it the one that it goes on from, each from its checkpoint."""
    settings, start = read_settings(configuration), None
    if settings.start:
        before, start = folder.with_name(settings.start), folder.with_name(settings.start) / STUDENT
        run(configuration.with_stem(settings.start), before, data, teachers, device)
    lessons = read_lessons(data, teachers, folder, settings, device)
    if start:
        lessons = replace(lessons, sources={**lessons.sources, "start": sha256(start)})
    distil(settings, lessons, folder, device, start)


def batch_of(
    lessons: Lessons, indices: np.ndarray, generator: torch.Generator, device: torch.device
) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor]]:
    """Augmented, normalised pixels (batch, 3, side, side) and their teacher, age, gender."""
    pixels = torch.from_numpy(lessons.pictures(indices)).to(device).permute(0, 3, 1, 2).float()
    pixels = (augment(pixels, generator) - MEAN) / SPREAD
    chosen = torch.from_numpy(indices)
    lesson = (lessons.teacher[chosen], lessons.ages[chosen], lessons.genders[chosen])
    teacher, ages, genders = (part.to(device) for part in lesson)
    return pixels.contiguous(memory_format=torch.channels_last), (teacher, ages, genders)


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
    run(arguments.configuration, arguments.run, arguments.data, arguments.teachers, device)


if __name__ == "__main__":
    main()
