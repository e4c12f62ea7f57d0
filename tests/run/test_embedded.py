"""The embedded endpoint gives the same words each time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from conformance.run.embedded import embedded

WRITERS = 8
# moto as it is serves two writers in about one round of six, with threads switched this often.
ROUNDS = 40


@pytest.fixture
def threads_switched_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("threads_switched_often")
def test_conditional_write_when_eight_write_at_once_serves_one() -> None:
    with embedded() as endpoint, ThreadPoolExecutor(WRITERS) as writers:
        s3 = boto3.client(
            "s3",
            endpoint_url=endpoint.url,
            region_name=endpoint.region,
            aws_access_key_id=endpoint.credentials.access_key,
            aws_secret_access_key=endpoint.credentials.secret_key,
            config=Config(max_pool_connections=WRITERS),
        )
        s3.create_bucket(Bucket="one-writer")

        def served(key: str) -> bool:
            try:
                s3.put_object(Bucket="one-writer", Key=key, Body=b"", IfNoneMatch="*")
            except ClientError:
                return False
            return True

        for key in map(str, range(ROUNDS)):
            assert sum(writers.map(served, [key] * WRITERS)) == 1
