"""From places on disk to photos: what is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize

from training.evaluation.sources import photos_of, require_same
from training.evaluation.subject import Subject, load_subject
from training.features import factors_of
from training.networks.build import NetworkSettings, build_network
from training.networks.factorisation import FactorisedNetwork

CROPS = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3), dtype=np.uint8)


@pytest.fixture
def subject(teacher: Path, detector: Path) -> Subject:
    return load_subject(teacher, detector)


def network(seed: int) -> FactorisedNetwork:
    torch.manual_seed(seed)
    return build_network(NetworkSettings("compact", 16, [8], [1]))


def as_exported(network: FactorisedNetwork) -> Callable:
    """What an exported embedder answers, photo by photo."""

    def unit(crop: np.ndarray) -> np.ndarray:
        x_id = factors_of(network, crop[None].copy(), torch.device("cpu")).x_id
        return normalize(x_id)[0].numpy()

    def embed(crops: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        means = np.stack([unit(crop) + unit(crop[:, ::-1]) for crop in crops])
        return means / np.linalg.norm(means, axis=1, keepdims=True), np.empty((len(crops), 3))

    return embed


def test_the_network_that_a_model_was_exported_from_passes(subject: Subject) -> None:
    model = replace(subject, embed=as_exported(network(seed=1)))

    require_same(model, network(seed=1), CROPS)


def test_another_network_than_the_models_own_is_refused(subject: Subject) -> None:
    model = replace(subject, embed=as_exported(network(seed=1)))

    with pytest.raises(ValueError, match="not exported from"):
        require_same(model, network(seed=2), CROPS)


def test_nothing_but_fgnet_in_its_own_format_is_aligned_by_landmarks(
    subject: Subject, people: Path, fgnet: Path, tmp_path: Path
) -> None:
    for place, dataset in ((people, "fgnet"), (fgnet, "utkface")):
        with pytest.raises(ValueError, match="only FG-NET"):
            photos_of(subject, place, dataset, "landmarks", tmp_path)
