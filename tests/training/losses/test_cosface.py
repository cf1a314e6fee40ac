import math

import torch
from torch.testing import assert_close

from training.losses.cosface import CosFace


def naive_cosface(x, weight, identities, scale, margin):
    """The formula of the paper, one photo and one identity at a time."""
    losses = []
    for feature, identity in zip(x.tolist(), identities.tolist(), strict=True):
        if identity < 0:
            continue
        cosines = []
        for row in weight.tolist():
            product = sum(a * b for a, b in zip(feature, row, strict=True))
            cosines.append(product / (math.hypot(*feature) * math.hypot(*row)))
        right = math.exp(scale * (cosines[identity] - margin))
        wrong = sum(math.exp(scale * c) for i, c in enumerate(cosines) if i != identity)
        losses.append(-math.log(right / (right + wrong)))
    return sum(losses) / len(losses)


def made_features(count=7, size=5):
    return torch.randn(count, size, generator=torch.Generator().manual_seed(1))


def test_is_the_formula_of_the_paper():
    x, identities = made_features(), torch.tensor([0, 2, 1, 1, 0, 2, 2])
    head = CosFace(3, 5, scale=8.0, margin=0.35)

    loss = head(x, identities)

    assert math.isclose(
        float(loss.detach()), naive_cosface(x, head.weight, identities, 8.0, 0.35), rel_tol=1e-5
    )


def test_photos_of_unknown_identity_do_not_count():
    x, identities = made_features(), torch.tensor([0, -1, 1, 1, -1, 2, 2])
    head = CosFace(3, 5, scale=8.0, margin=0.35)

    loss = head(x, identities)

    assert math.isclose(
        float(loss.detach()), naive_cosface(x, head.weight, identities, 8.0, 0.35), rel_tol=1e-5
    )


def test_a_batch_of_strangers_teaches_nothing():
    x = made_features().requires_grad_()

    loss = CosFace(3, 5, scale=8.0, margin=0.35)(x, torch.full((7,), -1))
    loss.backward()

    assert float(loss.detach()) == 0
    assert_close(x.grad, torch.zeros_like(x))


def test_the_length_of_a_feature_does_not_matter():
    x, identities = made_features(), torch.tensor([0, 2, 1, 1, 0, 2, 2])
    head = CosFace(3, 5, scale=8.0, margin=0.35)

    assert_close(head(x, identities), head(3 * x, identities))


def test_a_margin_makes_the_task_harder():
    x, identities = made_features(), torch.tensor([0, 2, 1, 1, 0, 2, 2])
    easy, hard = CosFace(3, 5, 8.0, 0.0), CosFace(3, 5, 8.0, 0.35)
    hard.load_state_dict(easy.state_dict())

    assert float(hard(x, identities)) > float(easy(x, identities)) + 1
