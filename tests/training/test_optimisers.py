"""training.optimisers"""

import pytest
import torch
from torch import nn
from torch.optim import Muon

from tests.training.made_lessons import SMALL
from training.networks.build import build_network
from training.networks.factorisation import FactorisedNetwork
from training.optimisers import ADAMW, MUON, KernelMuon, build_optimisers, orthogonal


def small_network() -> FactorisedNetwork:
    torch.manual_seed(0)
    network = build_network(SMALL)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def test_muon_moves_a_kernel_by_the_orthogonal_part_of_its_gradient() -> None:
    torch.manual_seed(0)
    kernel = nn.Parameter(torch.randn(8, 4, 3, 3).to(memory_format=torch.channels_last))
    before, gradient = kernel.detach().clone(), torch.randn(8, 4, 3, 3)
    muon = KernelMuon([kernel], weight_decay=0.0)
    muon.param_groups[0]["lr"] = 0.01

    kernel.grad = gradient
    muon.step()

    left, _, right = torch.linalg.svd(gradient.reshape(8, 36), full_matrices=False)
    moved = (before - kernel.detach()).reshape(8, 36) / (0.01 * 0.2 * 36**0.5)
    assert torch.cosine_similarity(moved.flatten(), (left @ right).flatten(), dim=0) > 0.95
    # Five steps of Newton and Schulz bring singular values near 1, no nearer (Jordan et al. 2024).
    sizes = torch.linalg.svdvals(moved)
    assert sizes.min() > 0.5
    assert sizes.max() < 1.5


@pytest.mark.parametrize("shape", [(6, 40), (40, 6), (8, 8)])
def test_the_small_side_tells_what_all_of_newton_and_schulz_does(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    x = matrix / matrix.norm()
    for _ in range(5):
        gram = x @ x.T
        x = 3.4445 * x - 4.7750 * gram @ x + 2.0315 * gram @ gram @ x

    torch.testing.assert_close(orthogonal(matrix), x)


def test_a_matrix_moves_as_by_torchs_muon() -> None:
    generator = torch.Generator().manual_seed(0)
    begin = torch.randn(12, 36, generator=generator)
    ours, theirs = nn.Parameter(begin.view(12, 4, 3, 3).clone()), nn.Parameter(begin.clone())
    muons = (
        KernelMuon([ours], weight_decay=0.1),
        Muon([theirs], weight_decay=0.1, adjust_lr_fn="match_rms_adamw"),
    )

    for _ in range(5):
        gradient = torch.randn(12, 36, generator=generator)
        ours.grad, theirs.grad = gradient.view(12, 4, 3, 3), gradient
        for muon in muons:
            muon.param_groups[0]["lr"] = 0.02
            muon.step()

    moved = (ours.detach().flatten(1) - begin).flatten()
    expected = (theirs.detach() - begin).flatten()
    # torch's is computed in bf16.
    assert (moved - expected).norm() < 0.02 * expected.norm()


@pytest.mark.parametrize("kind", [ADAMW, MUON])
def test_every_parameter_moves_and_none_twice(kind: str) -> None:
    network = small_network()
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter) + torch.rand_like(parameter)

    optimisers = build_optimisers(network, kind, weight_decay=0.0)
    for optimiser in optimisers.values():
        optimiser.step()

    counted = [p for o in optimisers.values() for g in o.param_groups for p in g["params"]]
    assert len(counted) == len(before)
    assert sum(p.numel() for p in counted) == sum(p.numel() for p in before.values())
    for name, parameter in network.named_parameters():
        assert not torch.equal(parameter, before[name]), name


def test_muon_moves_the_backbone_and_adamw_the_rest() -> None:
    network = small_network()

    optimisers = build_optimisers(network, MUON, weight_decay=0.1)

    held = [p for group in optimisers[ADAMW].param_groups for p in group["params"]]
    ids = {id(parameter) for parameter in held}
    rest = [name for name, p in network.named_parameters() if id(p) in ids]
    assert all(p.ndim == 1 for name, p in network.backbone.named_parameters() if id(p) in ids)
    assert {name.split(".")[0] for name in rest} == {
        "backbone", "age_residual", "gender_residual", "age_head", "gender_head",
    }  # fmt: skip


def test_normalisation_and_biases_do_not_decay() -> None:
    for group in build_optimisers(small_network(), ADAMW, weight_decay=0.1)[ADAMW].param_groups:
        expected = {True: 0.1, False: 0.0}
        assert {expected[p.ndim > 1] for p in group["params"]} == {group["weight_decay"]}


def test_an_unknown_optimiser_is_refused() -> None:
    with pytest.raises(ValueError, match="adamw or muon, not 'sgd'"):
        build_optimisers(small_network(), "sgd", weight_decay=0.0)
