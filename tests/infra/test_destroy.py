"""infra/destroy.sh: nothing is left of a deployment, and nothing goes that was not asked for."""

from pathlib import Path

import pytest

from infra.catalogue import TARGETS
from tests.infra.cloud import Cloud, deployed_cloud


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    """A project with everything."""
    return Cloud(tmp_path, deployed_cloud().state)


def kinds(cloud: Cloud) -> set[str]:
    """What kinds of things there are, without names."""
    return {key.rpartition(" ")[0] for key in cloud.state["made"]}


def test_data_stays_unless_asked_for_and_the_rest_goes(cloud: Cloud) -> None:
    ran = cloud.run("destroy.sh", typed="staging\n")

    assert ran.code == 0, ran.err
    made = cloud.state["made"]
    assert {key for key in made if "bucket" in key or "database" in key} == {
        "storage buckets gs://p-staging-incoming",
        "storage buckets gs://p-staging-photos",
        "firestore databases casebook-staging",
    }
    assert cloud.state["services"] == {}
    assert kinds(cloud) == {
        "service",
        "storage buckets",
        "firestore databases",
        "iam roles",
        "secrets",
        "logging metrics",
        "monitoring dashboards",
    }


def test_with_data_no_photo_and_no_record_is_left(cloud: Cloud) -> None:
    ran = cloud.run("destroy.sh", "--data", "--yes")

    assert ran.code == 0, ran.err
    assert not kinds(cloud) & {"storage buckets", "firestore databases", "functions"}


@pytest.mark.parametrize(
    ("words", "typed"), [([], ""), ([], "yes\n"), (["--data"], "staging\nstaging\n")]
)
def test_without_the_typed_word_nothing_goes(cloud: Cloud, words: list[str], typed: str) -> None:
    before = cloud.state

    ran = cloud.run("destroy.sh", *words, typed=typed)

    assert ran.code == 2
    assert "nothing was done" in ran.err
    assert cloud.state == before


def test_what_a_failure_left_the_next_run_takes_down(cloud: Cloud) -> None:
    cloud.fail("functions delete search")
    assert cloud.run("destroy.sh", "--yes").code != 0
    cloud.fail()

    ran = cloud.run("destroy.sh", "--yes")

    assert ran.code == 0, ran.err
    assert not {f"functions {name}-staging" for name in TARGETS} & set(cloud.state["made"])


def test_a_dry_run_asks_nothing_and_calls_nothing(cloud: Cloud) -> None:
    ran = cloud.run("destroy.sh", "--dry-run", "--data")

    assert ran.code == 0
    assert "gcloud firestore databases delete --database=casebook-staging" in ran.out
    assert cloud.calls == []
