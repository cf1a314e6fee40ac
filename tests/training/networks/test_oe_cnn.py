import torch
from torch import nn
from torch.testing import assert_close

from training.networks.build import NetworkSettings, build_network
from training.networks.oe_cnn import OeCnnBackbone, StackedBlock


def test_has_the_64_layers_of_the_paper():
    backbone = OeCnnBackbone()

    convolutions = [module for module in backbone.modules() if isinstance(module, nn.Conv2d)]

    assert len(convolutions) == 64
    assert all(convolution.kernel_size == (3, 3) for convolution in convolutions)


def test_every_convolution_has_its_batch_normalisation():
    backbone = OeCnnBackbone(side=16, widths=(4, 8), depths=(1, 2))

    kinds = [type(module) for module in backbone.modules()]

    assert kinds.count(nn.Conv2d) == kinds.count(nn.BatchNorm2d) == 2 + 3 * 3


def test_gives_512_features_for_an_odd_side_too():
    for side in (16, 17, 23):
        backbone = OeCnnBackbone(side, widths=(4, 8), depths=(1, 1)).eval()
        assert backbone(torch.zeros(2, 3, side, side)).shape == (2, 512)


def test_a_block_adds_three_units_to_its_input():
    block = StackedBlock(4).eval()
    x = torch.randn(2, 4, 5, 5)

    stacked = x
    for unit in block.units:
        stacked = unit(stacked)

    assert_close(block(x), x + stacked)


def test_is_built_from_a_configuration():
    settings = NetworkSettings("oe-cnn", side=16, widths=[4], depths=[1])

    assert build_network(settings)(torch.zeros(2, 3, 16, 16)).x_id.shape == (2, 512)
