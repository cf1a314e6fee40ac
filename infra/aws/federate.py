"""Credentials of AWS for a function on Google Cloud, without any stored key.

What boto3 runs where the AWS configuration beside this file is used (AWS_CONFIG_FILE): it shows
the function's own Google identity to AWS, whose role AIFR_AWS_ROLE trusts it, and prints the
credentials of an hour.
"""

import json
import os
import urllib.request

import boto3
from botocore import UNSIGNED
from botocore.config import Config

# What the role's trust policy demands the token to be for.
AUDIENCE = "aifr-partner-bucket"


def google_token() -> str:
    """The identity token of the account that this function runs under."""
    host = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
    place = "computeMetadata/v1/instance/service-accounts/default/identity"
    request = urllib.request.Request(
        f"http://{host}/{place}?audience={AUDIENCE}&format=full",
        headers={"Metadata-Flavor": "Google"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        token: str = answer.read().decode()
        return token


def credentials(token: str, role: str) -> dict[str, object]:
    """What boto3 expects of a credential process."""
    client = boto3.client("sts", config=Config(signature_version=UNSIGNED))
    answer = client.assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="aifr-ingest", WebIdentityToken=token, DurationSeconds=3600
    )["Credentials"]
    return {
        "Version": 1,
        "AccessKeyId": answer["AccessKeyId"],
        "SecretAccessKey": answer["SecretAccessKey"],
        "SessionToken": answer["SessionToken"],
        "Expiration": answer["Expiration"].isoformat(),
    }


if __name__ == "__main__":
    # The client that asks for credentials must not ask for them the same way.
    role = os.environ["AIFR_AWS_ROLE"]
    os.environ.pop("AWS_CONFIG_FILE", None)
    print(json.dumps(credentials(google_token(), role)))
