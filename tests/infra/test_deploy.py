"""infra/deploy.sh on a stand-in for the cloud: what it does, again, after a failure, and back."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.catalogue import EVENT_TARGETS, HTTP_TARGETS, TARGETS
from infra.site import HEADERS
from tests.infra.cloud import LOOKS, WHOLE, Cloud, assert_golden, deployed_cloud
from tests.served import ROOT


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path)


@pytest.fixture
def deployed() -> Cloud:
    """A project in which everything was deployed once, only to be looked at."""
    return deployed_cloud()


def unwrapped(plan: str) -> list[str]:
    """The lines of a plan, whatever the length of the paths in it."""
    return plan.replace("\\\n    ", "").splitlines()


def commands(plan: str) -> list[str]:
    """The gcloud, curl and make commands of a dry run, each on one line."""
    joined = unwrapped(plan)
    starts = tuple(f"{tool} " for tool in ("gcloud", "curl", "make"))
    return [re.sub(r" (\|\||<<<.*)$", "", line) for line in joined if line.startswith(starts)]


def test_a_dry_run_prints_the_whole_plan_and_calls_nothing(cloud: Cloud) -> None:
    ran = cloud.run("deploy.sh", "--dry-run", *WHOLE)

    assert ran.code == 0
    assert cloud.calls == []
    assert_golden("deploy_plan.txt", unwrapped(cloud.plain(ran.out)))


def test_a_dry_run_needs_no_project(tmp_path: Path) -> None:
    ran = subprocess.run(
        ["infra/deploy.sh", "--dry-run"],
        cwd=ROOT,
        env={"PATH": os.defpath, "AIFR_BUILD": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stderr
    assert "--project=PROJECT" in ran.stdout


def test_a_run_changes_what_the_plan_says_in_its_order(deployed: Cloud, cloud: Cloud) -> None:
    plan = commands(cloud.plain(cloud.run("deploy.sh", "--dry-run", *WHOLE).out))

    told = [line for line in plan if not LOOKS.search(line)]

    known = {
        "service-NUMBER@": "service-1@",
        "IMAGE": "image-of-ingest-staging",
        "PROJECTNUMBER": "123456",
        "-URL": ".example",
        "CHANNEL": "projects/p/12",
        "rulesets/NEW": "rulesets/0",
    }
    for placeholder, value in known.items():
        told = [line.replace(placeholder, value) for line in told]
    words = [line.replace("'", "").replace('"', "").replace("\\", "") for line in told]
    done = [line.replace("'", "").replace('"', "").replace("\\", "") for line in deployed.changes]
    assert done == words


def test_a_second_run_makes_nothing_deploys_no_function_and_shows_no_token(
    deployed: Cloud, tmp_path: Path
) -> None:
    cloud = Cloud(tmp_path, deployed.state)

    ran = cloud.run("deploy.sh", *WHOLE)

    assert ran.code == 0
    assert "a-secret-token" not in ran.out + ran.err + str(cloud.calls)
    assert cloud.state == deployed.state
    assert_golden("deploy_again.txt", cloud.changes)


def test_whatever_fails_in_the_middle_the_next_run_repairs(deployed: Cloud, cloud: Cloud) -> None:
    failures = [
        "buckets create .*photos",
        "projects add-iam-policy-binding .*cases-staging",
        "databases create",
        "composite create .*matches",
        "curl .*rulesets",
        "functions deploy search",
        "curl .*cases-staging.example",
        "scheduler jobs create http retention",
        "compute url-maps import",
        "monitoring policies create .*job_failed",
    ]
    for failure in failures:
        cloud.fail(failure)
        assert cloud.run("deploy.sh", *WHOLE).code != 0, failure
    cloud.fail()

    ran = cloud.run("deploy.sh", *WHOLE)

    assert ran.code == 0, ran.err
    assert without_history(cloud.state) == without_history(deployed.state)


def without_history(state: Any) -> Any:
    """A state without the numbers of revisions and rulesets that failures used up."""
    for service in state["services"].values():
        assert service["serving"] == service["revisions"][-1]
        del service["serving"], service["revisions"]
    rules = [rule["source"] for rule in state["rules"].values() if "source" in rule]
    return {**state, "rules": rules[-1], "bound": sorted(state["bound"])}


@pytest.mark.parametrize("failure", ["curl .*search-staging.example", "functions deploy cases"])
def test_if_one_function_fails_all_that_were_replaced_go_back(cloud: Cloud, failure: str) -> None:
    assert cloud.run("deploy.sh", *TARGETS).code == 0
    before = {name: service["serving"] for name, service in cloud.state["services"].items()}
    cloud.fail(failure)

    ran = cloud.run("deploy.sh", "--min-instances", "1", *TARGETS)

    assert ran.code != 0
    services = cloud.state["services"]
    assert {name: service["serving"] for name, service in services.items()} == before
    assert len(services["similarity-staging"]["revisions"]) == 2
    assert "rolling back: similarity to similarity-staging-00001" in ran.err


def test_after_a_roll_back_the_next_run_serves_the_new_revision(cloud: Cloud) -> None:
    assert cloud.run("deploy.sh", "cases").code == 0
    cloud.fail("curl .*cases-staging.example")
    assert cloud.run("deploy.sh", "--min-instances", "1", "cases").code != 0
    cloud.fail()

    ran = cloud.run("deploy.sh", "--min-instances", "1", "cases")

    assert ran.code == 0
    service = cloud.state["services"]["cases-staging"]
    assert service["serving"] == service["revisions"][-1] == "cases-staging-00003"


def test_a_first_deployment_that_fails_says_that_there_is_no_way_back(cloud: Cloud) -> None:
    cloud.fail("curl .*cases-staging.example")

    ran = cloud.run("deploy.sh", "cases")

    assert ran.code != 0
    assert "cases has no revision to go back to" in ran.err


def test_a_new_permission_that_is_not_known_yet_is_waited_for(cloud: Cloud) -> None:
    cloud.fail("add-iam-policy-binding ingest-staging", times=3)

    ran = cloud.run("deploy.sh", "ingest")

    assert ran.code == 0
    assert "attempt 3 failed" in ran.err


def test_an_alert_on_a_counter_that_is_not_known_yet_is_made_in_the_end(cloud: Cloud) -> None:
    cloud.fail("monitoring policies create .*refusals", times=5)

    ran = cloud.run("deploy.sh", *WHOLE)

    assert ran.code == 0, ran.err
    assert "attempt 5 failed" in ran.err


def test_the_account_of_eventarc_is_there_before_its_first_trigger(deployed: Cloud) -> None:
    allowed = [who for _, who, role, _ in deployed.state["bound"] if "serviceAgent" in role]

    assert allowed == ["serviceAccount:service-123456@gcp-sa-eventarc.iam.gserviceaccount.com"]


def deployment(cloud: Cloud, name: str) -> dict[str, str]:
    """The options that a function was deployed with."""
    options = cloud.state["made"][f"functions {name.replace('_', '-')}-staging"]
    assert isinstance(options, dict)
    return options


@pytest.mark.parametrize("name", TARGETS)
def test_a_function_is_deployed_alone_under_its_own_account(deployed: Cloud, name: str) -> None:
    options = deployment(deployed, name)

    assert options["entry-point"] == TARGETS[name]
    assert options["service-account"].startswith(name.replace("_", "-") + "-staging@")
    assert options["set-build-env-vars"] == (
        "PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu"
    )
    assert "OMP_NUM_THREADS=1" in options["set-env-vars"]
    assert f"THREADS={options['concurrency']};" in options["set-env-vars"]
    assert "AIFR_STAFF_KEYS" not in options["set-env-vars"]


@pytest.mark.parametrize("name", EVENT_TARGETS)
def test_ingestion_is_closed_to_the_public_and_its_events_are_retried(
    deployed: Cloud, name: str
) -> None:
    options = deployment(deployed, name)

    assert "retry" in options and "no-allow-unauthenticated" in options
    assert "trigger-http" not in options


CLOSED = "internal-and-cloud-load-balancing"


@pytest.mark.parametrize("name", HTTP_TARGETS)
def test_behind_the_front_door_the_side_doors_are_closed(deployed: Cloud, name: str) -> None:
    service = deployed.state["services"][name.replace("_", "-") + "-staging"]

    assert service["ingress"] == CLOSED
    assert "AIFR_TRUSTED_PROXIES=2" in deployment(deployed, name)["set-env-vars"]
    assert deployment(deployed, name)["ingress-settings"] == "internal-and-gclb"


def doors(cloud: Cloud) -> dict[str, str]:
    """How each function that is called may be reached."""
    names = [name.replace("_", "-") + "-staging" for name in HTTP_TARGETS]
    return {name: cloud.state["services"][name]["ingress"] for name in names}


@pytest.mark.parametrize("failure", ["curl .*search-staging.example", "functions deploy ingest"])
def test_a_side_door_is_closed_too_where_the_deployment_fails(cloud: Cloud, failure: str) -> None:
    cloud.fail(failure)

    ran = cloud.run("deploy.sh", *WHOLE)

    assert ran.code != 0
    assert set(doors(cloud).values()) == {CLOSED}


def test_a_side_door_that_a_run_left_open_is_closed_by_the_next(cloud: Cloud) -> None:
    cloud.fail("run services update .*--ingress=internal")
    assert cloud.run("deploy.sh", *WHOLE).code != 0
    assert "all" in doors(cloud).values()
    cloud.fail()

    assert cloud.run("deploy.sh", *WHOLE).code == 0

    assert set(doors(cloud).values()) == {CLOSED}


def test_once_the_front_door_is_open_no_side_door_opens_again(
    deployed: Cloud, tmp_path: Path
) -> None:
    cloud = Cloud(tmp_path, {**deployed.state, "certified": True})

    ran = cloud.run("deploy.sh", "--min-instances", "1", *WHOLE)

    assert ran.code == 0, ran.err
    assert not [call for call in cloud.changes if "ingress=all" in call or "settings=all" in call]
    asked = [call for call in cloud.changes if call.startswith("curl") and "json" not in call]
    assert len(asked) == len(HTTP_TARGETS)
    assert all("https://faces.example.org/" in call for call in asked)


@pytest.mark.parametrize("words", [[], ["site"], ["similarity", "site"], ["--dry-run", "site"]])
def test_a_site_without_an_origin_of_its_own_is_refused(cloud: Cloud, words: list[str]) -> None:
    ran = cloud.run("deploy.sh", *words)

    assert ran.code == 2
    assert "the site needs an origin of its own: say --domain" in ran.err
    assert cloud.calls == []


def test_no_browser_may_call_functions_that_are_deployed_without_a_domain(cloud: Cloud) -> None:
    assert cloud.run("deploy.sh", "cases").code == 0

    assert "AIFR_ALLOWED_ORIGINS=;" in deployment(cloud, "cases")["set-env-vars"]


def test_no_page_or_permission_knows_the_origin_that_all_buckets_share(deployed: Cloud) -> None:
    assert "https://storage.googleapis.com" not in str(deployed.changes) + str(deployed.state)


def headers(cloud: Cloud, backend: str) -> dict[str, str]:
    """The headers that the front door adds to answers of a backend."""
    update = next(call for call in cloud.calls if call[2:5] == backend.split())
    told = [word for word in update if word.startswith("--custom-response-header=")]
    return dict(word.partition("=")[2].split(": ", 1) for word in told)


@pytest.mark.parametrize(
    "backend", ["backend-buckets update site-staging", "backend-services update cases-staging"]
)
def test_the_front_door_tells_browsers_what_to_refuse(deployed: Cloud, backend: str) -> None:
    told = headers(deployed, backend)

    assert told["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "frame-ancestors 'none'" in told["Content-Security-Policy"]
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Referrer-Policy"] == "no-referrer"


def test_the_front_door_gives_pages_the_headers_they_have_locally(deployed: Cloud) -> None:
    told = headers(deployed, "backend-buckets update site-staging")

    assert HEADERS.items() <= told.items()
    assert {"Permissions-Policy", "Cross-Origin-Opener-Policy"} <= set(HEADERS)
    proxy = deployed.state["made"]["compute target-https-proxies door-staging"]
    policy = deployed.state["made"]["compute ssl-policies door-staging"]
    assert proxy["ssl-policy"] == "door-staging"
    assert policy == {"profile": "RESTRICTED", "min-tls-version": "1.2"}


def bindings(cloud: Cloud, account: str) -> set[tuple[str, str]]:
    """(what, role) that an account was given."""
    member = f"serviceAccount:{account}-staging@p.iam.gserviceaccount.com"
    return {(what, role) for what, who, role, _ in cloud.state["bound"] if who == member}


def test_each_account_may_do_what_it_must_and_no_more(deployed: Cloud) -> None:
    incoming, photos = (
        "storage buckets gs://p-staging-incoming",
        "storage buckets gs://p-staging-photos",
    )
    user, remover = "roles/storage.objectUser", "projects/p/roles/objectRemover"
    records = ("projects p", "roles/datastore.user")
    key = ("secrets audit-key-staging", "roles/secretmanager.secretAccessor")

    assert bindings(deployed, "similarity") == bindings(deployed, "batch-similarity") == set()
    assert bindings(deployed, "search") == {records, key, (incoming, user), (photos, remover)}
    assert bindings(deployed, "ingest") == {records, key, (incoming, remover), (photos, user)}
    assert bindings(deployed, "cases") == {
        records,
        key,
        (incoming, user),
        (photos, remover),
        (
            "iam service-accounts cases-staging@p.iam.gserviceaccount.com",
            "projects/p/roles/blobSigner",
        ),
    }


@pytest.mark.parametrize("name", TARGETS)
def test_the_key_of_the_audit_goes_to_what_writes_records_only(deployed: Cloud, name: str) -> None:
    told = deployment(deployed, name).get("set-secrets")

    keeps = name not in ("similarity", "batch_similarity")
    assert told == ("AIFR_AUDIT_KEY=audit-key-staging:latest" if keeps else None)
    holders = {who for what, who, *_ in deployed.state["bound"] if what.startswith("secrets ")}
    account = f"serviceAccount:{name.replace('_', '-')}-staging@p.iam.gserviceaccount.com"
    assert (account in holders) == keeps


def test_the_key_of_the_audit_is_made_once_and_never_shown(cloud: Cloud) -> None:
    gcloud = cloud.build.parent / "bin" / "gcloud"
    gcloud.write_text(gcloud.read_text().replace("exec 3<>", KEY_TO.format(cloud.build.parent), 1))

    runs = [cloud.run("deploy.sh", *WHOLE) for _ in range(2)]

    told = (cloud.build.parent / "key").read_text()
    assert re.fullmatch(r"\d{8}:[0-9a-f]{64}\n", told)
    assert told.split(":")[1].strip() not in str([runs, cloud.calls])


KEY_TO = """[[ " $* " != *" --data-file=- "* ]] || cat >>{}/key
exec 3<>"""


def test_the_trails_are_checked_every_night_with_the_key(deployed: Cloud) -> None:
    job = deployed.state["made"]["run jobs audit-staging"]

    assert job["args"] == "--,python,-m,aifr.casebook.audit_check"
    assert job["set-secrets"] == "AIFR_AUDIT_KEY=audit-key-staging:latest"
    assert deployed.state["made"]["scheduler jobs audit-staging"]["schedule"] == "47 4 * * *"


def test_a_function_signs_uploads_and_makes_no_tokens(deployed: Cloud) -> None:
    made = deployed.state["made"]["iam roles blobSigner"]

    assert made["permissions"] == "iam.serviceAccounts.signBlob"
    assert "TokenCreator" not in str(deployed.state["bound"])


def test_the_image_that_jobs_share_holds_its_operating_system(deployed: Cloud) -> None:
    assert deployment(deployed, "ingest")["runtime-update-policy"] == "on-deploy"


def test_the_rules_api_is_asked_for_a_project(cloud: Cloud) -> None:
    curl = cloud.build.parent / "bin" / "curl"
    curl.write_text(curl.read_text().replace("exec 3<>", HEADERS_TO.format(cloud.build.parent), 1))

    assert cloud.run("deploy.sh", *WHOLE).code == 0

    told = (cloud.build.parent / "told").read_text().splitlines()
    assert told.count("X-Goog-User-Project: p") == told.count(
        "Authorization: Bearer a-secret-token"
    )
    assert told.count("X-Goog-User-Project: p") >= 3


# What curl is told on its input, where it is told anything there.
HEADERS_TO = """[[ " $* " != *" --header @- "* ]] || {{ cat; echo; }} >>{}/told
exec 3<>"""


def test_records_are_open_to_accounts_in_this_environments_database_only(deployed: Cloud) -> None:
    conditions = {
        condition for _, _, role, condition in deployed.state["bound"] if "datastore" in role
    }

    assert len(conditions) == 1
    assert 'resource.name == "projects/p/databases/casebook-staging"' in conditions.pop()


def test_only_the_site_is_public(deployed: Cloud) -> None:
    public = [(what, role) for what, who, role, _ in deployed.state["bound"] if who == "allUsers"]

    assert public == [("storage buckets gs://p-staging-site", "roles/storage.objectViewer")]
    for name in ("incoming", "photos"):
        made = deployed.state["made"][f"storage buckets gs://p-staging-{name}"]
        assert {"public-access-prevention", "uniform-bucket-level-access"} <= set(made)
        assert "clear-soft-delete" in made


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--env", "test"], "--env is staging or production"),
        (["--region"], "--region needs a value"),
        (["--sudo"], "no such option: --sudo"),
        (["similarty"], "there is no function similarty"),
    ],
)
def test_a_mistake_on_the_command_line_does_nothing(
    cloud: Cloud, words: list[str], reason: str
) -> None:
    ran = cloud.run("deploy.sh", *words)

    assert ran.code == 2
    assert reason in ran.err
    assert cloud.calls == []


def test_production_protects_its_database(cloud: Cloud) -> None:
    ran = cloud.run("deploy.sh", "--dry-run", "--env", "production")

    assert "--delete-protection" in ran.out
    assert "staging" not in ran.out
