"""Age in years and gender, read off a trained network's feature x."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss
from tqdm import tqdm

from training.ages import age_groups
from training.distil import known_cross_entropy

OLDEST = 100
YEARS_WEIGHT = 0.1
EPOCHS, BATCH, RATE, WEIGHT_DECAY = 20, 256, 1e-3, 1e-2


@dataclass(frozen=True)
class Labelled:
    """features: float32 (n, d). ages: int64 years. genders: int64, 0 male, 1 female; -1 unknown."""

    features: np.ndarray
    ages: np.ndarray
    genders: np.ndarray


class Estimator(nn.Module):
    """x (n, size) -> years (n,), 0 to 100, and gender logits (n, 2).

    Years are the mean of a distribution over whole years (Rothe et al. 2018, "DEX", section 3.2).
    """

    centre: Tensor
    spread: Tensor
    years: Tensor

    def __init__(self, features: np.ndarray, hidden: int = 256) -> None:
        super().__init__()
        size = features.shape[1]
        self.register_buffer("centre", torch.from_numpy(features.mean(0)))
        self.register_buffer("spread", torch.from_numpy(features.std(0) + 1e-6))
        self.register_buffer("years", torch.arange(OLDEST + 1, dtype=torch.float32))
        self.trunk = nn.Sequential(nn.Linear(size, hidden), nn.ReLU(), nn.Dropout(0.2))
        self.age = nn.Linear(hidden, OLDEST + 1)
        self.gender = nn.Linear(hidden, 2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.trunk((x - self.centre) / self.spread)
        return self.age(hidden).softmax(1) @ self.years, self.gender(hidden)


def train_estimator(labelled: Labelled, seed: int = 0) -> Estimator:
    """An estimator fitted to photos of known age, the same for the same seed."""
    torch.manual_seed(seed)
    estimator = Estimator(labelled.features)
    optimiser = torch.optim.AdamW(estimator.parameters(), RATE, weight_decay=WEIGHT_DECAY)
    features = torch.from_numpy(labelled.features)
    ages, genders = torch.from_numpy(labelled.ages), torch.from_numpy(labelled.genders)
    for _ in tqdm(range(EPOCHS), "estimator", leave=False):
        for rows in torch.randperm(len(features)).split(BATCH):
            loss = estimation_loss(estimator, features[rows], ages[rows], genders[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return estimator.eval()


def estimation_loss(
    estimator: Estimator, features: Tensor, ages: Tensor, genders: Tensor
) -> Tensor:
    """A tenth of the mean error in years, and the cross-entropy of gender, over known labels."""
    years, logits = estimator(features)
    known = ages >= 0
    error = l1_loss(years[known], ages[known].float()) if known.any() else years.sum() * 0
    return YEARS_WEIGHT * error + known_cross_entropy(logits, genders)


@torch.inference_mode()
def estimate(estimator: Estimator, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Years float32 (n,) and the chance of female float32 (n,), 0 to 1."""
    years, logits = estimator(torch.from_numpy(features))
    return years.numpy(), logits.softmax(1)[:, 1].numpy()


def errors(estimator: Estimator, labelled: Labelled) -> dict[str, float]:
    """The estimator's own error: mean absolute error in years, shares of age groups and of genders
    told right, and what always saying the median age and the commonest group and gender would give.
    """
    years, female = estimate(estimator, labelled.features)
    known, gendered = labelled.ages >= 0, labelled.genders >= 0
    ages, genders = labelled.ages[known], labelled.genders[gendered]
    groups = age_groups(ages)
    return {
        "photos": len(labelled.ages),
        "mean_error_years": float(np.abs(years[known] - ages).mean()),
        "mean_error_years_of_median": float(np.abs(np.median(ages) - ages).mean()),
        "age_group_accuracy": float((age_groups(whole_years(years[known])) == groups).mean()),
        "age_group_accuracy_of_commonest": float(np.bincount(groups).max() / len(groups)),
        "gender_accuracy": float(((female[gendered] > 0.5) == genders).mean()),
        "gender_accuracy_of_commonest": float(np.bincount(genders).max() / len(genders)),
    }


def whole_years(years: np.ndarray) -> np.ndarray:
    """Years rounded, int64."""
    return np.rint(years).astype(np.int64)
