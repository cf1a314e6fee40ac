"""DAL on made data where identity and age are correlated: it leaves correlation within 0.1 of the
floor that chance sets and less of age and gender in x_id, and people are known about as well.

The network is small, so that a run takes seconds; the steps and their schedule are the engine's.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from training.engine.learner import Batch, learner_of
from training.engine.loop import take_step
from training.engine.schedule import schedule
from training.engine.settings import TrainSettings
from training.losses.decorrelation import Decorrelation, chance_floor
from training.networks.build import NetworkSettings
from training.networks.factorisation import FactorisedNetwork, Factors

PEOPLE, SIZE, PHOTOS, PROBED = 8, 8, 4096, 64
INPUTS = PEOPLE + 3 + 2
SETTINGS = TrainSettings(
    NetworkSettings("made", side=1),
    epochs=80,
    batch=256,
    rate=0.01,
    decay="cosine",
    decorrelation_weight=1.0,
    mapping_rate=0.3,
    minimising=1,
    maximising=3,
    scale=8.0,
    margin=0.1,
)


@dataclass(frozen=True)
class Made:
    """pixels: float (n, INPUTS), a mixture of what tells person, age group and gender, under noise.
    Half of a person's photos are of their own age group, so that identity tells age half the time;
    gender is independent.
    """

    pixels: Tensor
    people: Tensor
    age_groups: Tensor
    genders: Tensor


def made(count, seed):
    generator = np.random.default_rng(seed)
    mixing = np.linalg.qr(np.random.default_rng(5).normal(size=(INPUTS, INPUTS)))[0]
    people = np.arange(count) % PEOPLE
    other = (people + generator.integers(1, 3, count)) % 3
    groups = np.where(generator.random(count) < 0.5, people % 3, other)
    genders = generator.integers(0, 2, count)
    told = np.concatenate([np.eye(PEOPLE)[people], np.eye(3)[groups], np.eye(2)[genders]], axis=1)
    pixels = (told + 0.2 * generator.normal(size=told.shape)) @ mixing
    labels = (torch.from_numpy(label) for label in (people, groups, genders))
    return Made(torch.from_numpy(pixels.astype(np.float32)), *labels)


def trained(settings, data):
    torch.manual_seed(settings.seed)
    backbone = nn.Sequential(
        nn.Linear(INPUTS, 64), nn.ReLU(), nn.Linear(64, SIZE), nn.BatchNorm1d(SIZE)
    )
    network = FactorisedNetwork(backbone, SIZE)
    learner = learner_of(network, settings, PEOPLE, SIZE, torch.device("cpu"))
    plan = schedule(settings, PHOTOS)
    generator = torch.Generator().manual_seed(settings.seed)
    for step in range(plan.steps):
        rows = torch.randint(PHOTOS, (settings.batch,), generator=generator)
        batch = Batch(
            data.pixels[rows], data.people[rows], data.age_groups[rows], data.genders[rows]
        )
        take_step(learner, batch, settings, plan, step)
    return learner


@torch.inference_mode()
def factors(learner, data):
    return Factors(*(factor.clone() for factor in learner.network.eval()(data.pixels)))


def batches(known, count, seed):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(count):
        rows = torch.randint(len(known.x), (PROBED,), generator=generator)
        yield known.x_id[rows], known.x_age[rows], known.x_gender[rows]


def correlation_found(known, sought):
    """What a mapping that never met the network finds: fitted to `known`, measured on `sought`."""
    torch.manual_seed(1)
    mapping = Decorrelation(SIZE)
    optimiser = torch.optim.SGD(mapping.parameters(), 0.1, 0.9, maximize=True)
    for batch in batches(known, 300, seed=1):
        optimiser.zero_grad()
        mapping(*batch).backward()
        optimiser.step()
        mapping.rescale()
    with torch.inference_mode():
        return float(torch.stack([mapping(*batch) for batch in batches(sought, 100, 2)]).mean())


def leakage(known, labels, sought, sought_labels):
    """Accuracy of a linear probe."""
    scale = known.std(0)
    probe = LogisticRegression(max_iter=1000).fit(known / scale, labels)
    return probe.score(sought / scale, sought_labels)


def measured(settings):
    data, unseen = made(PHOTOS, seed=0), made(1000, seed=1)
    learner = trained(settings, data)
    known, sought = factors(learner, data), factors(learner, unseen)
    told = learner.identity_head.cosines(sought.x_id).argmax(1) == unseen.people
    return {
        "correlation": correlation_found(known, sought),
        "identity": float(told.float().mean()),
        "age": leakage(known.x_id, data.age_groups, sought.x_id, unseen.age_groups),
        "gender": leakage(known.x_id, data.genders, sought.x_id, unseen.genders),
    }


@pytest.fixture(scope="module")
def with_dal():
    return measured(SETTINGS)


@pytest.fixture(scope="module")
def without_dal():
    return measured(replace(SETTINGS, decorrelation_weight=0.0))


def test_correlation_falls_to_within_a_tenth_of_the_floor_that_chance_sets(with_dal, without_dal):
    floor = chance_floor(PROBED)

    assert with_dal["correlation"] < floor + 0.1
    assert without_dal["correlation"] > floor + 0.3


def test_identity_gives_less_of_age_and_gender_away(with_dal, without_dal):
    assert with_dal["age"] < without_dal["age"] - 0.15
    assert with_dal["gender"] < without_dal["gender"] - 0.08


def test_age_cannot_be_told_better_than_by_knowing_the_person(with_dal, without_dal):
    by_person = 0.5

    assert with_dal["age"] < by_person + 0.05
    assert without_dal["age"] > by_person + 0.15


def test_people_are_known_as_well(with_dal, without_dal):
    assert with_dal["identity"] > without_dal["identity"] - 0.02
    assert with_dal["identity"] > 0.95


def test_the_alternation_of_the_thesis_leaves_correlation_that_a_fast_mapping_does_not(with_dal):
    thesis = replace(SETTINGS, minimising=40, maximising=30, mapping_rate=0.01, decay="none")

    assert measured(thesis)["correlation"] > with_dal["correlation"] + 0.15
