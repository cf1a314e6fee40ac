"""What a training run is told."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from training.networks.build import NetworkSettings


@dataclass(frozen=True)
class TrainSettings:
    """A row of the ladder. A loss of weight 0 is not computed, and the factor it would teach is
    zero: identity alone is the single-task row; with age and gender, the multi-task row; with
    decorrelation as well, DAL.

    epochs: passes over the data by minimising steps. batch: photos a step, over all processes.
    minimising, maximising: steps of each phase of DAL, in turn. mapping_rate: learning rate of the
    maximising ones, which is not decayed. scale, margin: CosFace's s and m.
    decay: "none", or "cosine" from rate down to zero. held_share: of each person's photos, kept out
    of training. fewest_photos: people with fewer keep their photos but teach no identity.
    pseudo_labels: estimated ages and genders stand in for unknown ones. start: weights to begin
    from, a `network.pt` or `student.pt`; "" for none.
    """

    network: NetworkSettings
    epochs: int = 40
    batch: int = 64
    rate: float = 0.01
    momentum: float = 0.9
    weight_decay: float = 0.0
    decay: str = "none"
    identity_weight: float = 1.0
    age_weight: float = 0.9
    gender_weight: float = 0.9
    decorrelation_weight: float = 0.9
    scale: float = 64.0
    margin: float = 0.35
    mapping_rate: float = 0.01
    minimising: int = 40
    maximising: int = 30
    held_share: float = 0.2
    fewest_photos: int = 2
    pseudo_labels: bool = False
    start: str = ""
    augment: bool = True
    bf16: bool = False
    seed: int = 0
    log_every: int = 20
    checkpoint_every: int = 500

    def __post_init__(self) -> None:
        if self.decay not in ("none", "cosine"):
            raise ValueError(f'decay must be "none" or "cosine", not {self.decay!r}')
        if self.decorrelation_weight and not (self.age_weight and self.gender_weight):
            raise ValueError("decorrelation needs the age and gender factors: give them weights")

    @property
    def adversarial(self) -> bool:
        """Whether the row has DAL."""
        return self.decorrelation_weight > 0


def read_settings(path: Path) -> TrainSettings:
    """Reads a TOML file; raises TypeError for a key that does not exist, ValueError for a value
    that makes no sense.
    """
    content = tomllib.loads(path.read_text())
    return TrainSettings(**{**content, "network": NetworkSettings(**content["network"])})
