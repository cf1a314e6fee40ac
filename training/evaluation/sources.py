"""From places on disk to the photos a protocol is run on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import normalize

from training.evaluation.crops import Mode
from training.evaluation.embedded import Embedded, data_hash, embed_dataset, embed_prepared
from training.evaluation.leakage import balanced_photos
from training.evaluation.subject import Subject
from training.evaluation.ten_fold import TenFold, drawn_folds, ten_fold
from training.export import read_network
from training.features import factors_of
from training.networks.factorisation import FactorisedNetwork
from training.prepared import read_prepared

LABELLED_PHOTOS = 400
"""At most so many of each age group and gender for the probes of leakage."""
COMPARED_PHOTOS = 8
LEAST_COSINE = 0.999


def photos_of(subject: Subject, place: Path, dataset: str, mode: Mode, cache: Path) -> Embedded:
    """All photos of a prepared data set, or of one in its own format, by its reader's name.

    Raises MissingDataset; ValueError for a prepared set that the model's crops do not fit, and for
    alignment by landmarks of anything but FG-NET in its own format, which alone has them.
    """
    if mode == "landmarks" and (dataset != "fgnet" or is_prepared(place)):
        raise ValueError("only FG-NET in its own format has landmarks to align by")
    if not is_prepared(place):
        return embed_dataset(subject, dataset, place, mode, cache)
    prepared = read_prepared(place)
    everything = np.arange(len(prepared.crops))
    return embed_prepared(subject, prepared, data_hash(place), everything, cache)


def labelled_photos(
    subject: Subject, folder: Path, network: Path | None, seed: int, cache: Path
) -> Embedded:
    """As many photos of each age group and gender out of a prepared set, with x and x_id before
    normalisation where a training checkpoint is given.

    Raises ValueError where the checkpoint is not what the model was exported from.
    """
    prepared = read_prepared(folder)
    index = balanced_photos(prepared.ages, prepared.genders, LABELLED_PHOTOS, seed)
    photos = embed_prepared(subject, prepared, data_hash(folder), index, cache)
    if network is None:
        return photos
    trained = read_network(network)
    require_same(subject, trained, prepared.crops[index][:COMPARED_PHOTOS])
    factors = factors_of(trained, prepared.crops[index], torch.device("cpu"))
    return replace(photos, features={"x": factors.x.numpy(), "x_id": factors.x_id.numpy()})


def require_same(subject: Subject, network: FactorisedNetwork, crops: np.ndarray) -> None:
    """Raises ValueError where model and network do not embed crops (n, side, side, 3) alike.

    An exported model gives the mean direction of a photo and its mirror image.
    """
    both = [
        normalize(factors_of(network, views, torch.device("cpu")).x_id)
        for views in (crops, np.ascontiguousarray(crops[:, :, ::-1]))
    ]
    expected = normalize(both[0] + both[1]).numpy()
    cosines = (subject.embed(crops)[0] * expected).sum(axis=1)
    if cosines.min() < LEAST_COSINE:
        raise ValueError(f"{subject.name} was not exported from the network given")


def ten_fold_on(subject: Subject, folder: Path, seed: int, cache: Path) -> TenFold:
    """Ten-fold verification on prepared LFW; embeds the drawn photos alone."""
    prepared = read_prepared(folder)
    folds = drawn_folds(prepared.identities, seed)
    index = np.unique(np.concatenate(folds))
    photos = embed_prepared(subject, prepared, data_hash(folder), index, cache)
    return ten_fold(photos, [np.searchsorted(index, fold) for fold in folds])


def is_prepared(place: Path) -> bool:
    """Whether `python -m training.prepare` wrote the folder."""
    return (place / "spec.json").is_file()
