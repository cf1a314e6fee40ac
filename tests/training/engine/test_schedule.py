import pytest

from training.engine.schedule import Schedule, learning_rate, schedule
from training.engine.settings import TrainSettings
from training.networks.build import NetworkSettings

NETWORK = NetworkSettings("compact", 16, [4], [1])


def test_forty_minimising_and_thirty_maximising_steps_alternate():
    plan = schedule(TrainSettings(NETWORK, epochs=1, batch=1), photos=100)

    phases = [plan.minimises(step) for step in range(plan.steps)]

    assert phases == [True] * 40 + [False] * 30 + [True] * 40 + [False] * 30 + [True] * 20


def test_the_counts_are_configurable():
    plan = Schedule(passes=5, minimising=2, maximising=1)

    assert [plan.minimises(step) for step in range(plan.steps)] == [
        True, True, False, True, True, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize("passes", [1, 39, 40, 41, 80, 200])
def test_the_network_is_taught_equally_often_with_and_without_dal(passes):
    plan = Schedule(passes, minimising=40, maximising=30)

    assert sum(plan.minimises(step) for step in range(plan.steps)) == passes
    assert plan.minimises(plan.steps - 1)


def test_passes_before_counts_minimising_steps():
    plan = Schedule(passes=10, minimising=3, maximising=2)

    for step in range(plan.steps):
        assert plan.passes_before(step) == sum(plan.minimises(s) for s in range(step))


def test_without_dal_every_step_minimises():
    settings = TrainSettings(NETWORK, epochs=3, batch=10, decorrelation_weight=0)

    plan = schedule(settings, photos=105)

    assert plan.steps == plan.passes == 30
    assert all(plan.minimises(step) for step in range(30))


def test_the_rate_is_constant_in_the_thesis_and_a_half_cosine_where_asked():
    thesis = TrainSettings(NETWORK, rate=0.01)
    decaying = TrainSettings(NETWORK, rate=0.01, decay="cosine")

    assert {learning_rate(thesis, progress) for progress in (0, 0.5, 1)} == {0.01}
    assert [learning_rate(decaying, p) for p in (0, 0.5, 1)] == pytest.approx([0.01, 0.005, 0])
