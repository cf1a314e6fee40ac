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
