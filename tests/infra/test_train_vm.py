"""infra/train_vm.sh: trains through preemptions, and leaves no VM behind."""

from pathlib import Path

import pytest

from tests.infra.cloud import Cloud, assert_golden

RUN = ("training/configs/compact.toml", "utkface", "lfw")
TRAINING = "compute ssh .*on_vm"


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path)


def vms(cloud: Cloud) -> list[str]:
    return [key for key in cloud.state["made"] if key.startswith("compute instances")]


def trainings(cloud: Cloud) -> int:
    """How often training was begun or resumed."""
    return sum("on_vm.sh" in " ".join(call) for call in cloud.calls)


def test_it_trains_on_a_vm_that_is_gone_afterwards(cloud: Cloud) -> None:
    ran = cloud.run("train_vm.sh", *RUN)

    assert ran.code == 0, ran.err
    assert vms(cloud) == []
    assert_golden("train_vm.txt", cloud.changes)


@pytest.mark.parametrize("failure", ["compute scp", TRAINING, "add-iam-policy-binding gs"])
def test_a_failure_leaves_no_vm(cloud: Cloud, failure: str) -> None:
    cloud.fail(failure)

    ran = cloud.run("train_vm.sh", *RUN)

    assert ran.code != 0
    assert vms(cloud) == []


def test_a_lost_connection_is_resumed(cloud: Cloud) -> None:
    cloud.fail(TRAINING, times=2, code=255)

    ran = cloud.run("train_vm.sh", *RUN)

    assert ran.code == 0, ran.err
    assert trainings(cloud) == 3
    assert vms(cloud) == []


def test_a_preempted_vm_is_started_again_and_training_resumed(cloud: Cloud) -> None:
    cloud.fail(TRAINING, times=1, code=255)
    cloud.standin.on_call("on_vm.sh", lambda state: preempt(state))

    ran = cloud.run("train_vm.sh", *RUN)

    assert ran.code == 0, ran.err
    assert trainings(cloud) == 2
    assert any(call[1:4] == ["compute", "instances", "start"] for call in cloud.calls)
    assert vms(cloud) == []


def preempt(state: dict[str, dict[str, dict[str, str]]]) -> None:
    """The VM stops once."""
    vm = state["made"]["compute instances train-compact"]
    vm.setdefault("status", "TERMINATED")


def test_a_training_that_fails_by_itself_is_not_tried_again(cloud: Cloud) -> None:
    cloud.fail(TRAINING, code=1)

    ran = cloud.run("train_vm.sh", *RUN)

    assert ran.code == 1
    assert trainings(cloud) == 1


def test_a_vm_that_cannot_be_deleted_is_shouted_about(cloud: Cloud) -> None:
    cloud.fail("instances delete")

    ran = cloud.run("train_vm.sh", *RUN)

    assert "COULD NOT BE DELETED" in ran.err


def test_it_bounds_the_life_of_the_vm_and_gives_it_no_key(cloud: Cloud) -> None:
    ran = cloud.run("train_vm.sh", "--dry-run", "--hours", "5", *RUN)

    assert "--max-run-duration=5h" in ran.out
    assert "--provisioning-model=SPOT" in ran.out
    assert "--service-account=training@p.iam.gserviceaccount.com" in ran.out
    assert cloud.calls == []
