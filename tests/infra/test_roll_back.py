"""infra/roll_back.sh: functions serve what they served before."""

from pathlib import Path

import pytest

from tests.infra.cloud import Cloud


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    """A project in which `cases` has two revisions and `similarity` one."""
    cloud = Cloud(tmp_path)
    assert cloud.run("deploy.sh", "cases", "similarity").code == 0
    assert cloud.run("deploy.sh", "--min-instances", "1", "cases").code == 0
    return cloud


def serving(cloud: Cloud, name: str) -> str:
    revision: str = cloud.state["services"][f"{name}-staging"]["serving"]
    return revision


def test_a_function_goes_back_to_its_previous_revision(cloud: Cloud) -> None:
    ran = cloud.run("roll_back.sh", "--yes", "cases")

    assert ran.code == 0, ran.err
    assert serving(cloud, "cases") == "cases-staging-00001"


def test_a_function_goes_to_the_revision_that_is_named(cloud: Cloud) -> None:
    cloud.run("roll_back.sh", "--yes", "cases")

    ran = cloud.run("roll_back.sh", "--yes", "cases=cases-staging-00002")

    assert ran.code == 0, ran.err
    assert serving(cloud, "cases") == "cases-staging-00002"


def test_a_function_with_one_revision_stays_and_says_so(cloud: Cloud) -> None:
    ran = cloud.run("roll_back.sh", "--yes", "similarity")

    assert ran.code == 2
    assert "similarity has no revision to go back to" in ran.err
    assert serving(cloud, "similarity") == "similarity-staging-00001"


def test_it_asks_first(cloud: Cloud) -> None:
    ran = cloud.run("roll_back.sh", "cases", typed="no\n")

    assert ran.code == 2
    assert serving(cloud, "cases") == "cases-staging-00002"
