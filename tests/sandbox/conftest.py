"""moto and a client of it, whose keys boto3 finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests

from conformance.run.embedded import embedded
from conformance.s3.endpoint import Endpoint


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with embedded() as endpoint:
        requests.post(f"{endpoint.url}/moto-api/reset", timeout=10)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", endpoint.credentials.access_key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", endpoint.credentials.secret_key)
        yield endpoint


@pytest.fixture
def s3(moto: Endpoint) -> Any:
    return boto3.client("s3", endpoint_url=moto.url, region_name="us-east-1")
