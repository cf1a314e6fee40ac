"""training.quantise"""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from aifr.recognition.model import DETECTOR, EMBEDDER, load_embedder
from aifr.settings import Settings
from tests.training.made import made_set
from tests.training.made_lessons import made_lessons, settings
from training import export as export_module
from training.distil import distil
from training.export import export, read_network
from training.networks.factorisation import FactorisedNetwork
from training.quantise import OBSERVED, normalised, observed_crops, quantised

CROPS = made_lessons().crops


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small trained student."""
    run = tmp_path_factory.mktemp("run")
    distil(settings(40), made_lessons(), run, torch.device("cpu"))
    return run / "student.pt"


def identities(network: FactorisedNetwork) -> torch.Tensor:
    with torch.inference_mode():
        return network(normalised(CROPS)).x_id


def test_int8_changes_the_embedding_little_and_not_the_network_given(weights: Path) -> None:
    network = read_network(weights)
    before = copy.deepcopy(network.state_dict())

    found = identities(quantised(network, CROPS))

    expected = identities(network)
    assert torch.cosine_similarity(found, expected).min() > 0.98
    assert not torch.equal(found, expected)
    after = network.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_ranges_are_those_of_the_crops_given(weights: Path) -> None:
    network = read_network(weights)
    expected = identities(network)

    grey = np.full_like(CROPS, 128)
    own, other = (identities(quantised(network, crops)) for crops in (CROPS, grey))

    errors = [1 - torch.cosine_similarity(found, expected).mean() for found in (own, other)]
    assert errors[1] > 2 * errors[0]


def test_an_int8_export_computes_as_the_int8_network(weights: Path, tmp_path: Path) -> None:
    (tmp_path / DETECTOR).write_bytes((Settings().model_folder / DETECTOR).read_bytes())

    card = export(weights, tmp_path, "made", CROPS)

    embedder = load_embedder(tmp_path / EMBEDDER, 32)
    expected = export_module.Embedder(quantised(read_network(weights), CROPS))
    with torch.inference_mode():
        given, wanted = (one(normalised(CROPS[:4]))[0] for one in (embedder, expected))
    torch.testing.assert_close(given, wanted, atol=5e-3, rtol=0)
    assert card.training["computes_in"] == "int8"


def test_crops_are_observed_from_the_whole_of_every_set() -> None:
    small = made_set(side=32)

    found = observed_crops([small, small])

    assert len(found) == 2 * min(OBSERVED, len(small.crops))
    assert (found[0] == small.crops[0]).all() and (found[-1] == small.crops[-1]).all()


def test_a_set_larger_than_what_is_observed_is_spread() -> None:
    made = made_set(side=32)
    crops = np.zeros((3 * OBSERVED, 1, 1, 3), np.uint8)
    large = type(made)(**{**vars(made), "crops": crops})

    assert len(observed_crops([large])) == OBSERVED
