import numpy as np
import pytest
import torch
from torch.testing import assert_close

from training.losses.decorrelation import Decorrelation, chance_floor, correlation


def made_factors(count=64, size=6, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(count, size, generator=generator) for _ in range(3)]


def test_correlation_is_pearsons():
    a, b, _ = made_factors()
    mixed = a[:, 0] + 0.5 * b[:, 0]

    assert float(correlation(a[:, 0], mixed)) == pytest.approx(
        np.corrcoef(a[:, 0], mixed)[0, 1], abs=1e-5
    )


def test_numbers_that_are_one_another_correlate_fully():
    a = torch.arange(10.0)

    assert float(correlation(a, 3 * a + 1)) == pytest.approx(1, abs=1e-5)
    assert float(correlation(a, -a)) == pytest.approx(-1, abs=1e-5)


def test_numbers_that_do_not_vary_correlate_with_nothing_and_have_a_gradient():
    a = torch.ones(10, requires_grad=True)

    rho = correlation(a, torch.arange(10.0))
    rho.backward()

    assert float(rho) == 0
    assert a.grad is not None and torch.isfinite(a.grad).all()


def test_is_the_mean_absolute_correlation_of_three_pairs():
    x_id, x_age, x_gender = made_factors()
    mapping = Decorrelation(6)

    found = mapping(x_id, x_age, x_gender)

    numbers = [
        (factor @ linear.weight[0] + linear.bias).detach().numpy()
        for factor, linear in (
            (x_id, mapping.identity),
            (x_age, mapping.age),
            (x_gender, mapping.gender),
        )
    ]
    pairs = [(0, 1), (0, 2), (1, 2)]
    naive = np.mean([abs(np.corrcoef(numbers[i], numbers[j])[0, 1]) for i, j in pairs])
    assert float(found) == pytest.approx(naive, abs=1e-5)


def test_minimising_leads_to_no_correlation_and_not_to_an_opposite_one():
    x_id, x_age, x_gender = made_factors()
    x_id = (x_age + 0.1 * x_id).requires_grad_()
    mapping = Decorrelation(6)
    mapping.age.load_state_dict(mapping.identity.state_dict())
    optimiser = torch.optim.SGD([x_id], 5.0)

    for _ in range(300):
        optimiser.zero_grad()
        mapping(x_id, x_age, x_gender).backward()
        optimiser.step()

    rho = correlation(mapping.identity(x_id).squeeze(1), mapping.age(x_age).squeeze(1))
    assert abs(float(rho)) < 0.1


def test_every_factor_feels_the_loss():
    factors = [factor.requires_grad_() for factor in made_factors()]

    Decorrelation(6)(*factors).backward()

    assert all(float(factor.grad.abs().sum()) > 0 for factor in factors)


@pytest.mark.parametrize("batch", [8, 64, 256])
def test_the_floor_is_what_independent_numbers_show(batch):
    generator = np.random.default_rng(0)
    pairs = generator.normal(size=(4000, 2, batch))
    drawn = [abs(np.corrcoef(a, b)[0, 1]) for a, b in pairs]

    assert chance_floor(batch) == pytest.approx(np.mean(drawn), rel=0.05)


def test_the_floor_at_the_batch_of_the_thesis():
    assert chance_floor(64) == pytest.approx(0.10, abs=0.002)


def test_scale_and_shift_do_not_matter():
    x_id, x_age, x_gender = made_factors()
    mapping = Decorrelation(6)

    assert_close(mapping(x_id, x_age, x_gender), mapping(10 * x_id + 1, x_age, 5 * x_gender))


def test_rescaling_gives_unit_maps_and_changes_no_correlation():
    factors, mapping = made_factors(), Decorrelation(6)
    before = mapping(*factors)

    mapping.rescale()

    maps = (mapping.identity, mapping.age, mapping.gender)
    assert [float(m.weight.detach().norm()) for m in maps] == pytest.approx([1, 1, 1])
    assert_close(mapping(*factors), before)
