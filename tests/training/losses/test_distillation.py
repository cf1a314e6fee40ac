"""training.losses.distillation"""

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize

from training.losses.distillation import DistillationLoss, isometry


def test_the_distillation_loss_agrees_with_the_naive_one() -> None:
    generator = torch.Generator().manual_seed(0)
    x_id = torch.randn(6, 512, generator=generator)
    teacher = normalize(torch.randn(6, 128, generator=generator))
    loss = DistillationLoss(128)

    given = float(loss(x_id, teacher))

    student, placed = normalize(x_id).numpy(), (teacher @ loss.placement).numpy()
    cosine = np.mean([1 - student[i] @ placed[i] for i in range(6)])
    squares = [
        (student[i] @ student[j] - float(teacher[i] @ teacher[j])) ** 2
        for i in range(6)
        for j in range(6)
    ]
    assert given == pytest.approx(cosine + 2 * np.mean(squares), rel=1e-5)
    assert float(loss(teacher @ loss.placement, teacher)) == pytest.approx(0, abs=1e-5)


def test_the_isometry_keeps_every_cosine() -> None:
    rows = isometry(128, 512)

    torch.testing.assert_close(rows @ rows.T, torch.eye(128), atol=1e-5, rtol=0)
    torch.testing.assert_close(rows, isometry(128, 512))
