"""infra/trust_github.sh: workflows deploy without a stored key, and only those that should."""

from pathlib import Path

from tests.infra.cloud import Cloud


def test_only_one_environment_of_one_repository_is_trusted(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path)

    ran = cloud.run("trust_github.sh", "owner/faces")

    assert ran.code == 0, ran.err
    provider = cloud.state["made"]["iam workload-identity-pools providers github"]
    subject = "repo:owner/faces:environment:staging"
    assert provider["attribute-condition"] == f"assertion.sub == '{subject}'"
    trusted = [who for _, who, role, _ in cloud.state["bound"] if "workloadIdentityUser" in role]
    assert [who.endswith(f"/subject/{subject}") for who in trusted] == [True]
    assert not any("keys" in call for call in cloud.calls)
    assert "GCP_PROVIDER=projects/123456/locations/global/" in ran.out


def test_an_environment_needs_a_project_of_its_own(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path)
    assert cloud.run("trust_github.sh", "--env", "staging", "owner/repository").code == 0
    cloud.forget()

    ran = cloud.run("trust_github.sh", "--env", "production", "owner/repository")

    assert ran.code == 2
    assert "production needs a project of its own" in ran.err
    assert cloud.changes == []
    assert cloud.run("trust_github.sh", "--env", "staging", "owner/repository").code == 0


def test_the_deployer_may_look_at_the_bucket_it_copies_to(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path)

    cloud.run("trust_github.sh", "owner/repository")

    roles = {role for what, _, role, _ in cloud.state["bound"] if what.endswith("-site")}
    assert roles == {"roles/storage.objectAdmin", "roles/storage.legacyBucketReader"}
