import torch
from torch.testing import assert_close

from training.networks.build import NetworkSettings, build_network
from training.networks.factorisation import silence

SETTINGS = NetworkSettings("compact", side=16, widths=[4], depths=[1])


def pixels():
    return torch.randn(3, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def test_the_factors_sum_to_the_feature():
    factors = build_network(SETTINGS).eval()(pixels())

    assert_close(factors.x_id + factors.x_age + factors.x_gender, factors.x)


def test_identity_is_the_feature_where_neither_age_nor_gender_is_taught():
    network = build_network(SETTINGS).eval()
    silence(network.age_residual, network.age_head)
    silence(network.gender_residual, network.gender_head)

    factors = network(pixels())

    assert_close(factors.x_id, factors.x, rtol=0, atol=0)


def test_a_silenced_factor_is_not_trained_and_keeps_the_shape_of_the_network():
    network, whole = build_network(SETTINGS), build_network(SETTINGS)
    silence(network.age_residual, network.age_head)

    trained = {name for name, p in network.named_parameters() if p.requires_grad}

    assert not any(name.startswith(("age_residual", "age_head")) for name in trained)
    assert any(name.startswith("gender_residual") for name in trained)
    assert network.state_dict().keys() == whole.state_dict().keys()
