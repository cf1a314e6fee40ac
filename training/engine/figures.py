"""What a finished run has learnt, over photos it did or did not see."""

import numpy as np
import torch

from training.engine.learner import Learner
from training.engine.lessons import Lessons
from training.features import factors_of
from training.losses.decorrelation import chance_floor
from training.networks.factorisation import Factors


def figures(learner: Learner, lessons: Lessons, batch: int, adversarial: bool) -> dict[str, float]:
    """Shares of photos told right, 0 to 1, of those whose label is known (nan where none is), and
    the mapping's mean |rho| over batches of `batch` beside what chance gives, where it was trained.
    """
    device = learner.identity_head.weight.device
    factors = factors_of(learner.network, lessons.crops, device)
    with torch.inference_mode():
        on_device = Factors(*(factor.to(device) for factor in factors))
        answers = {
            "identity": (learner.identity_head.cosines(on_device.x_id), lessons.identities),
            "age_group": (learner.network.age_group_logits(on_device.x_age), lessons.age_groups),
            "gender": (learner.network.gender_head(on_device.x_gender), lessons.genders),
        }
        shares = {f"{name}_accuracy": _share_right(*pair) for name, pair in answers.items()}
        if not adversarial:
            return shares
        rho = _mean_correlation(learner, on_device, batch)
    return {**shares, "correlation": rho, "correlation_by_chance": chance_floor(batch)}


def _share_right(scores: torch.Tensor, labels: np.ndarray) -> float:
    known = labels >= 0
    right = scores.argmax(1).cpu().numpy()[known] == labels[known]
    return float(right.mean()) if len(right) else float("nan")


def _mean_correlation(learner: Learner, factors: Factors, batch: int) -> float:
    starts = range(0, len(factors.x_id) - batch + 1, batch)
    order = torch.randperm(len(factors.x_id), generator=torch.Generator().manual_seed(0))
    found = []
    for start in starts:
        rows = order[start : start + batch].to(factors.x_id.device)
        found.append(
            learner.mapping(factors.x_id[rows], factors.x_age[rows], factors.x_gender[rows])
        )
    return float(torch.stack(found).mean()) if found else float("nan")
