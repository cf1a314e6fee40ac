"""A Lambda that hands each new object of a partner's bucket to `ingest`, as a CloudEvent.

EventBridge calls it with "Object Created". It reads no object and holds no key: it shows its AWS
identity to Google, which lets it be the account INGEST_CALLER for this one call to INGEST_URL. What
it raises makes Lambda try again.
"""

import json
import os
import urllib.request
from collections.abc import Mapping
from typing import Any

CREATED = "com.amazonaws.s3.object.created"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
SECONDS = 60


def handler(event: Mapping[str, Any], context: object) -> None:
    """What Lambda calls."""
    url = os.environ["INGEST_URL"]
    send(event, url, identity_token(url, os.environ["INGEST_CALLER"]))


def send(event: Mapping[str, Any], url: str, token: str) -> None:
    """Posts an event of EventBridge in binary mode; raises URLError unless it is taken."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "ce-specversion": "1.0",
        "ce-type": CREATED,
        "ce-source": f"//s3.amazonaws.com/{event['detail']['bucket']['name']}",
        "ce-id": event["id"],
        "ce-time": event["time"],
    }
    body = json.dumps(event["detail"]).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=SECONDS):
        pass


def identity_token(audience: str, account: str) -> str:
    """An OpenID token of the account for this audience."""
    import google.auth
    from google.auth import impersonated_credentials
    from google.auth.transport.requests import Request

    own, _ = google.auth.default(scopes=[SCOPE])
    other = impersonated_credentials.Credentials(own, account, [SCOPE])
    token = impersonated_credentials.IDTokenCredentials(other, audience, include_email=True)
    token.refresh(Request())
    return str(token.token)
