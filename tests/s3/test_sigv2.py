"""The signature from before version 4: the one that the SDK computes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config

from conformance.s3 import sigv2
from conformance.s3.endpoint import Credentials
from conformance.s3.operations import Call

KEYS = Credentials(access_key="fake-access", secret_key="fake-secret")


def presigned(method: str, **parameters: Any) -> dict[str, list[str]]:
    client = boto3.client(
        "s3",
        endpoint_url="http://127.0.0.1:1",
        region_name="us-east-1",
        aws_access_key_id=KEYS.access_key,
        aws_secret_access_key=KEYS.secret_key,
        config=Config(signature_version="s3", s3={"addressing_style": "path"}),
    )
    url = client.generate_presigned_url(method, Params={"Bucket": "b", **parameters})
    return parse_qs(urlsplit(url).query)


@pytest.mark.parametrize(
    ("method", "parameters", "call"),
    [
        (
            "get_object",
            {"Key": "a/b c+é"},
            Call(operation="GetObject", bucket="b", key="a/b c+é"),
        ),
        (
            "get_object",
            {"Key": "k", "VersionId": "v1"},
            Call(operation="GetObject", bucket="b", key="k", query={"versionId": "v1"}),
        ),
        (
            "put_object",
            {"Key": "k", "ContentType": "text/x"},
            Call(operation="PutObject", bucket="b", key="k", headers={"Content-Type": "text/x"}),
        ),
    ],
    ids=["odd key", "version", "type"],
)
def test_signature_of_a_url_is_that_of_botocore(
    method: str, parameters: dict[str, str], call: Call
) -> None:
    asked = presigned(method, **parameters)
    until = int(asked["Expires"][0])
    assert sigv2.signature(call, KEYS, until) == asked["Signature"][0]


def test_spoilt_signature_is_another_one() -> None:
    right = sigv2.signature(Call(operation="GetObject", bucket="b", key="k"), KEYS, 1)
    assert sigv2.spoilt(right) != right
