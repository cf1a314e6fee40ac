"""Which step does what: the phases of DAL, and the learning rate."""

import math
from dataclasses import dataclass

from training.engine.settings import TrainSettings


@dataclass(frozen=True)
class Schedule:
    """Steps of a run, counted from 0 over both phases; `passes` counts minimising steps alone, so
    that rows with and without DAL teach the network equally often.
    """

    passes: int
    minimising: int
    maximising: int

    @property
    def steps(self) -> int:
        """Steps in all; the run ends with the last minimising one."""
        whole_turns = (self.passes - 1) // self.minimising
        return self.passes + whole_turns * self.maximising

    def minimises(self, step: int) -> bool:
        """Whether the step trains the network (else it trains the canonical mapping)."""
        return step % (self.minimising + self.maximising) < self.minimising

    def passes_before(self, step: int) -> int:
        """Minimising steps before this step."""
        turns, place = divmod(step, self.minimising + self.maximising)
        return turns * self.minimising + min(place, self.minimising)


def schedule(settings: TrainSettings, photos: int) -> Schedule:
    """The schedule of a run over so many training photos; no maximising steps without DAL."""
    passes = settings.epochs * (photos // settings.batch)
    return Schedule(passes, settings.minimising, settings.maximising * settings.adversarial)


def learning_rate(settings: TrainSettings, progress: float) -> float:
    """The rate at `progress` (0 to 1) of the run."""
    if settings.decay == "none":
        return settings.rate
    return settings.rate * 0.5 * (1 + math.cos(math.pi * progress))
