"""The batch of any step, a pure function of the step: what makes a resumed run exact."""

import numpy as np
import torch

from training.augment import augment
from training.distil import Order
from training.engine import parallel
from training.engine.learner import Batch
from training.engine.lessons import Lessons
from training.engine.schedule import Schedule
from training.engine.settings import TrainSettings
from training.features import normalised

MINIMISING, MAXIMISING = 0, 1


class Batches:
    """The batches of a run. The two phases of DAL draw theirs from shuffles of their own."""

    def __init__(self, lessons: Lessons, settings: TrainSettings, device: torch.device) -> None:
        self._lessons, self._settings, self._device = lessons, settings, device
        self._orders = [
            Order(len(lessons), settings.batch, 2 * settings.seed + phase)
            for phase in (MINIMISING, MAXIMISING)
        ]

    def at(self, step: int, schedule: Schedule) -> Batch:
        """The batch of a step; seeds torch for it, so that dropout is the step's as well."""
        torch.manual_seed(_seed(self._settings.seed, step, parallel.rank()))
        passes = schedule.passes_before(step)
        if schedule.minimises(step):
            indices = next(self._orders[MINIMISING].from_step(passes))
        else:
            indices = next(self._orders[MAXIMISING].from_step(step - passes))
        return self._batch(indices, step)

    def _batch(self, indices: np.ndarray, step: int) -> Batch:
        lessons, device = self._lessons, self._device
        pixels = torch.from_numpy(lessons.crops[indices]).to(device).permute(0, 3, 1, 2).float()
        if self._settings.augment:
            # Of the whole batch, so that a photo is changed alike however many processes share it.
            generator = torch.Generator().manual_seed(_seed(self._settings.seed, step))
            pixels = augment(pixels, generator)
        labels = (lessons.identities, lessons.age_groups, lessons.genders)
        return Batch(
            normalised(pixels[parallel.own_share(len(indices))]),
            *(torch.from_numpy(label[indices]).to(device) for label in labels),
        )


def _seed(*numbers: int) -> int:
    """One seed of many, such as run, step and process."""
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])
