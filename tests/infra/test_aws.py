"""infra/aws: an S3 event of a partner's bucket reaches ingest, with no key and few permissions."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from aifr.casebook.events import arrival_of
from aifr.casebook.objects.open import open_objects
from infra.aws.forward import send
from infra.stage import stage
from tests.emulators import s3_server as s3_server
from tests.infra.cloud import Cloud
from tests.served import ROOT

FOLDER = ROOT / "infra" / "aws"
ROLE = "arn:aws:iam::123456789012:role/aifr-read"
# As EventBridge sends it.
EVENT = {
    "version": "0",
    "id": "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": "Object Created",
    "source": "aws.s3",
    "account": "123456789012",
    "time": "2026-11-12T00:00:00Z",
    "region": "eu-central-1",
    "resources": ["arn:aws:s3:::partner"],
    "detail": {
        "version": "0",
        "bucket": {"name": "partner"},
        "object": {
            "key": "photos/c00000000000000000000/1.jpg",
            "size": 5,
            "etag": "b1946ac92492d2347c6235b4d2611184",
            "sequencer": "617f08299329d189",
        },
        "request-id": "N4N7GDK58NMKJ12R",
        "requester": "123456789012",
        "reason": "PutObject",
    },
}


class Listener:
    """A server that notes what it is asked, and answers with a status and a body."""

    def __init__(self, status: int = 200, body: bytes = b"") -> None:
        self.asked: list[tuple[str, Mapping[str, str], bytes]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = (self.path, headers, self.rfile.read(length))
                listener.asked.append(asked)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer

            def log_message(self, *_: Any) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def ingest() -> Iterator[Listener]:
    """Something that takes events."""
    listener = Listener()
    yield listener
    listener.server.shutdown()


def test_an_event_reaches_ingest_as_it_understands_it(ingest: Listener, tmp_path: Path) -> None:
    send(EVENT, f"http://{ingest.place}/", "a-token")

    ((_, headers, body),) = ingest.asked
    incoming = open_objects(f"file:{tmp_path}")
    arrival = arrival_of(
        headers["ce-type"], json.loads(body), incoming, ["s3://partner/photos=police"]
    )
    assert headers["authorization"] == "Bearer a-token"
    assert (headers["ce-id"], headers["ce-time"]) == (EVENT["id"], EVENT["time"])
    assert arrival is not None
    assert (arrival.name, arrival.ours) == ("c00000000000000000000/1.jpg", False)


def test_an_event_that_ingest_does_not_take_is_tried_again() -> None:
    with pytest.raises(HTTPError):
        send(EVENT, f"http://{Listener(status=503).place}/", "a-token")


def test_googles_identity_becomes_credentials_of_an_hour(s3_server: str) -> None:
    metadata = Listener(body=b"header.payload.signature")
    variables = {
        "AIFR_AWS_ROLE": ROLE,
        "AWS_CONFIG_FILE": str(FOLDER / "config"),
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_REGION": "eu-central-1",
        "GCE_METADATA_HOST": metadata.place,
    }

    done = subprocess.run(
        [sys.executable, str(FOLDER / "federate.py")],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["Version"] == 1
    assert {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"} <= set(said)
    ((path, headers, _),) = metadata.asked
    assert "audience=aifr-partner-bucket" in path
    assert headers["metadata-flavor"] == "Google"


def policy(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())["Statement"]


def test_the_role_may_read_one_prefix_and_nothing_else() -> None:
    allowed = {statement["Action"]: statement["Resource"] for statement in policy("read_policy")}

    assert allowed == {
        "s3:GetObject": "arn:aws:s3:::BUCKET/PREFIX/*",
        "s3:ListBucket": "arn:aws:s3:::BUCKET",
    }
    assert policy("read_policy")[1]["Condition"] == {"StringLike": {"s3:prefix": "PREFIX/*"}}


def test_the_role_is_open_to_two_accounts_for_this_purpose_only() -> None:
    ((trust),) = policy("trust_policy")

    from infra.aws.federate import AUDIENCE

    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    conditions = trust["Condition"]["StringEquals"]
    assert len(conditions["accounts.google.com:sub"]) == 2
    assert conditions["accounts.google.com:oaud"] == AUDIENCE


def test_the_configuration_is_staged_where_ingest_is_told_it_is(tmp_path: Path) -> None:
    stage("ingest", tmp_path / "out")
    (tmp_path / "cloud").mkdir()
    words = ["--partner-buckets", "s3://partner/photos=police", "--partner-role", ROLE]

    plan = Cloud(tmp_path / "cloud").run("deploy.sh", "--dry-run", *words, "ingest", "search")

    staged = {
        str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out" / "aws").iterdir()
    }
    assert staged == {"aws/config", "aws/federate.py"}
    assert plan.out.count("AWS_CONFIG_FILE=/workspace/aws/config") == 5
    assert f"AIFR_PARTNER_BUCKETS=s3://partner/photos=police;AIFR_AWS_ROLE={ROLE}" in plan.out
    assert "/workspace/aws/federate.py" in (tmp_path / "out" / "aws" / "config").read_text()
