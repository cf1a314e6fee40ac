"""The two steps of DAL: what moves in each and what does not."""

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import cross_entropy
from torch.testing import assert_close

from tests.training.made import made_set
from training.engine.batches import Batches
from training.engine.learner import build_learner, maximise, minimise, network_losses, weights
from training.engine.lessons import join
from training.engine.schedule import schedule
from training.engine.settings import TrainSettings
from training.networks.build import NetworkSettings

SETTINGS = TrainSettings(NetworkSettings("compact", 16, [4], [1]), batch=16, scale=8.0)
CPU = torch.device("cpu")


def made_run(settings=SETTINGS):
    lessons = join([made_set()], fewest_photos=2)
    learner = build_learner(settings, lessons.people, CPU)
    return learner, Batches(lessons, settings, CPU), schedule(settings, len(lessons))


def state(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


def moved(before, module):
    return {
        name for name, value in module.state_dict().items() if not torch.equal(value, before[name])
    }


def test_minimising_moves_network_heads_and_statistics_but_not_the_mapping():
    learner, batches, plan = made_run()
    network, head, mapping = map(state, (learner.network, learner.identity_head, learner.mapping))

    minimise(learner, batches.at(0, plan), SETTINGS)

    assert moved(network, learner.network) == set(network)
    assert moved(head, learner.identity_head) == {"weight"}
    assert moved(mapping, learner.mapping) == set()


def test_maximising_moves_the_mapping_and_neither_network_nor_its_running_statistics():
    learner, batches, plan = made_run()
    minimise(learner, batches.at(0, plan), SETTINGS)
    network, head, mapping = map(state, (learner.network, learner.identity_head, learner.mapping))

    maximise(learner, batches.at(40, plan), SETTINGS)

    assert moved(network, learner.network) == set()
    assert moved(head, learner.identity_head) == set()
    assert {name.split(".")[0] for name in moved(mapping, learner.mapping)} == {
        "identity", "age", "gender",
    }  # fmt: skip


def test_maximising_finds_more_correlation_and_minimising_leaves_less():
    learner, batches, plan = made_run(replace(SETTINGS, rate=0.05))
    settings = replace(
        SETTINGS, rate=0.05, identity_weight=0.0, age_weight=1e-9, gender_weight=1e-9
    )
    batch = batches.at(0, plan)

    climbing = [float(maximise(learner, batch, settings)["decorrelation"]) for _ in range(30)]
    falling = [float(minimise(learner, batch, settings)["decorrelation"]) for _ in range(30)]

    assert climbing[-1] > climbing[0] + 0.1
    assert falling[-1] < falling[0] - 0.1


def test_the_total_is_the_weighted_sum_of_losses_computed_another_way():
    learner, batches, plan = made_run()
    batch = batches.at(0, plan)
    untouched = build_learner(SETTINGS, 6, CPU)
    network = untouched.network.train()

    given = minimise(learner, batch, SETTINGS)

    factors = network(batch.own_pixels)
    expected = (
        untouched.identity_head(factors.x_id, batch.identities)
        + 0.9 * cross_entropy(network.age_group_logits(factors.x_age), batch.age_groups)
        + 0.9 * cross_entropy(network.gender_head(factors.x_gender), batch.genders)
        + 0.9 * untouched.mapping(factors.x_id, factors.x_age, factors.x_gender)
    )
    assert_close(given["total"], expected.detach())


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"age_weight": 0, "gender_weight": 0, "decorrelation_weight": 0}, {"identity"}),
        ({"decorrelation_weight": 0}, {"identity", "age", "gender"}),
        ({}, {"identity", "age", "gender", "decorrelation"}),
    ],
)
def test_a_loss_of_weight_zero_is_not_computed(changes, names):
    settings = replace(SETTINGS, **changes)
    learner, batches, plan = made_run(settings)
    batch = batches.at(0, plan)

    losses = network_losses(learner, learner.network(batch.own_pixels), batch, settings)

    assert set(losses) == names == {name for name, w in weights(settings).items() if w}


def test_single_task_identity_is_the_whole_feature_after_training_too():
    settings = replace(SETTINGS, age_weight=0, gender_weight=0, decorrelation_weight=0)
    learner, batches, plan = made_run(settings)

    minimise(learner, batches.at(0, plan), settings)

    factors = learner.network.eval()(batches.at(1, plan).own_pixels)
    assert_close(factors.x_id, factors.x, rtol=0, atol=0)


def test_photos_without_labels_teach_neither_age_nor_gender():
    learner, batches, plan = made_run()
    batch = batches.at(0, plan)
    unknown = torch.full_like(batch.genders, -1)

    losses = minimise(learner, replace(batch, age_groups=unknown, genders=unknown), SETTINGS)

    assert float(losses["age"]) == float(losses["gender"]) == 0
    assert torch.isfinite(losses["total"])


def test_a_step_has_the_same_batch_whatever_came_before():
    _, batches, plan = made_run()
    _, others, _ = made_run()
    others.at(7, plan)

    assert_close(batches.at(3, plan).own_pixels, others.at(3, plan).own_pixels, rtol=0, atol=0)


def test_both_phases_pass_over_all_photos():
    lessons = join([made_set(people=4, photos_each=8)], fewest_photos=2)
    settings = replace(SETTINGS, batch=8, minimising=4, maximising=4, augment=False, epochs=2)
    batches, plan = Batches(lessons, settings, CPU), schedule(settings, len(lessons))

    for steps in (range(4), range(4, 8)):
        seen = torch.cat([batches.at(step, plan).own_pixels for step in steps])
        assert len({tuple(pixels.flatten().tolist()) for pixels in seen}) == 32
