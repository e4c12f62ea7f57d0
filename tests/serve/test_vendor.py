"""The documented vendor in front of an endpoint, as its clients meet it."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from conformance.matrix import load
from conformance.run.embedded import embedded
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.serve.http import Answer, Limits, Request, serving
from conformance.serve.refusals import Refusals
from conformance.serve.vendor import serving_documented

R2 = Path(__file__).parents[2] / "specs" / "r2.yaml"
KEYS = Credentials(access_key="AK", secret_key="SK")
BIG = os.urandom(3 * 2**20)


@pytest.fixture(scope="module")
def moto() -> Iterator[Endpoint]:
    with embedded() as endpoint:
        yield endpoint


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def refusals(lines: list[str]) -> Refusals:
    return Refusals(load(R2), lines.append)


@pytest.fixture
def url(moto: Endpoint, refusals: Refusals) -> Iterator[str]:
    with serving_documented(load(R2), moto.url, keys=[KEYS], refused=refusals) as address:
        requests.post(f"{moto.url}/moto-api/reset", timeout=10)
        yield address


def client(url: str, secret: str = "SK", region: str = "auto", **config: Any) -> Any:  # noqa: S107
    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="AK",
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, signature_version="s3v4", **config),
    )


def test_create_bucket_in_the_region_auto_is_served(url: str) -> None:
    s3 = client(url)
    s3.create_bucket(Bucket="bucket")
    assert s3.list_buckets(MaxBuckets=5)["Buckets"][0]["Name"] == "bucket"


def test_put_object_with_another_secret_stores_nothing(url: str, lines: list[str]) -> None:
    client(url).create_bucket(Bucket="bucket")
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client(url, secret="other").put_object(Bucket="bucket", Key="k", Body=b"x")
    assert "Contents" not in client(url).list_objects(Bucket="bucket")
    assert lines == ["refused: PUT /bucket/k: 403 SignatureDoesNotMatch"]


@pytest.mark.parametrize("region", ["us-east-1", "auto"])
def test_bodies_of_any_size_are_passed_on(url: str, region: str) -> None:
    s3 = client(url, region=region)
    s3.create_bucket(Bucket="bucket")
    digest = base64.b64encode(hashlib.md5(BIG, usedforsecurity=False).digest()).decode()
    s3.put_object(Bucket="bucket", Key="k", Body=BIG, ContentMD5=digest)
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == BIG
    presigned = s3.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "k"})
    assert requests.get(presigned, timeout=30).content == BIG


@pytest.mark.parametrize("region", ["us-east-1", "auto"])
def test_put_object_when_a_large_body_has_another_md5_stores_nothing(url: str, region: str) -> None:
    s3 = client(url, region=region)
    s3.create_bucket(Bucket="bucket")
    digest = base64.b64encode(bytes(16)).decode()
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket="bucket", Key="k", Body=BIG, ContentMD5=digest)
    assert "Contents" not in s3.list_objects(Bucket="bucket")


def test_refused_requests_are_named_and_counted(
    url: str, lines: list[str], refusals: Refusals
) -> None:
    s3 = client(url)
    for _ in range(2):
        with pytest.raises(ClientError, match="'x-amz-tagging' with value 'a=b' not implemented"):
            s3.put_object(Bucket="bucket", Key="k", Body=BIG, Tagging="a=b")
    with pytest.raises(ClientError, match="GetBucketPolicy not implemented"):
        s3.get_bucket_policy(Bucket="bucket")
    answer = requests.get(f"{url}/bucket/k?frobnicate=1&X-Amz-Date=x", timeout=10)
    assert "Query parameter 'frobnicate' of GetObject not implemented" in answer.text
    assert lines[0].startswith(
        "refused: PUT /bucket/k: PutObject x-amz-tagging: documented as unimpl"
    )
    assert "r2.yaml:" in lines[0]
    assert lines[-1] == "refused: GET /bucket/k: GetObject frobnicate: not in r2.yaml"
    assert [*refusals.summary()] == [
        "4 requests were refused:",
        "     2  PutObject x-amz-tagging",
        "     1  GetBucketPolicy",
        "     1  GetObject frobnicate",
    ]


def test_serve_when_the_upstream_endpoint_is_gone_says_so() -> None:
    with serving_documented(load(R2), "http://127.0.0.1:1") as address:
        answer = requests.get(address, timeout=10)
    assert (answer.status_code, "BadGateway" in answer.text) == (502, True)


def talk(url: str, *said: bytes) -> bytes:
    """What a server answers until it closes the connection."""
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), parts.port or 80), timeout=20) as it:
        for part in said:
            it.sendall(part)
        answer = b""
        while block := it.recv(65536):
            answer += block
    return answer


@pytest.mark.parametrize(
    "said", [b"", b"GET / HT", b"PUT /k HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"]
)
def test_serving_when_a_client_is_idle_closes_the_connection(said: bytes) -> None:
    with serving(lambda _: Answer(status=200), limits=Limits(idle=0.1)) as url:
        assert talk(url, said) == b""


def test_serving_when_headers_drip_closes_the_connection() -> None:
    with serving(lambda _: Answer(status=200), limits=Limits(idle=10, head=0.1)) as url:
        assert talk(url, b"GET / HTTP/1.1\r\n") == b""


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: -1",
        b"Content-Length: 1\r\nContent-Length: 2",
        b"Content-Length: 1\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip",
        b"Transfer-Encoding: chunked\r\n\r\nzz",
    ],
)
def test_serving_when_the_framing_is_broken_answers_400(head: bytes) -> None:
    with serving(lambda _: Answer(status=200)) as url:
        assert b" 400 " in talk(url, b"PUT / HTTP/1.1\r\n" + head + b"\r\n\r\n")


def test_serving_when_nobody_wants_the_body_does_not_ask_for_it() -> None:
    head = b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5000000\r\n\r\n"
    with serving(lambda _: Answer(status=501), limits=Limits()) as url:
        assert talk(url, head).startswith(b"HTTP/1.1 501")


def test_serving_when_a_body_is_not_read_finds_the_next_request() -> None:
    seen: list[str] = []

    def respond(request: Request) -> Answer:
        seen.append(f"{request.method} {request.target}")
        return Answer(status=200)

    body = bytes(2**21)
    first = b"PUT /1 HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body)
    last = b"GET /2 HTTP/1.1\r\nConnection: close\r\n\r\n"
    with serving(respond, limits=Limits()) as url:
        assert talk(url, first, body, last).count(b"HTTP/1.1 200") == 2
    assert seen == ["PUT /1", "GET /2"]


def test_serve_when_a_request_was_refused_fails_if_it_is_told_to() -> None:
    command = [sys.executable, "-m", "conformance.cli", "serve", str(R2), "--fail-on-refusal"]
    with subprocess.Popen(
        [*command, "--endpoint-url", "http://127.0.0.1:1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split(": ")[1].partition(" ")[0]
        assert requests.get(f"{address}/b?policy", timeout=10).status_code == 501
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert said.splitlines()[-2:] == ["1 requests were refused:", "     1  GetBucketPolicy"]


CLAIMS = """
s3-conformance: 1
vendor: Example
source: https://s3.example.com/table
published: 2026-11-01
retrieved: 2026-11-25
operations:
  bucket:
    CreateBucket: {status: implemented}
    PutBucketAcl: {status: no-effect}
    ListObjectsV2:
      status: implemented
      features:
        - members: {list-type: no-effect, prefix: no-effect}
  object:
    GetObject: {status: implemented}
    PutObject:
      status: implemented
      features:
        - members:
            "x-amz-meta-*": unimplemented
            x-amz-tagging: {status: unimplemented, refused-with: 400 InvalidArgument}
            x-amz-acl: {status: unimplemented, refused-with: 405}
            x-amz-website-redirect-location: {status: unimplemented, refused-with: AccessDenied}
            Cache-Control: no-effect
            x-amz-storage-class: implemented
            STANDARD_IA: {status: no-effect, value-of: x-amz-storage-class}
"""


@pytest.fixture
def s3(moto: Endpoint, tmp_path: Path) -> Iterator[Any]:
    """A client of a vendor who makes these claims, with a bucket `claims`."""
    (tmp_path / "claims.yaml").write_text(CLAIMS)
    requests.post(f"{moto.url}/moto-api/reset", timeout=10)
    with serving_documented(load(tmp_path / "claims.yaml"), moto.url, keys=[KEYS]) as address:
        it = client(address, region="us-east-1")
        it.create_bucket(Bucket="claims")
        yield it


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"Tagging": "a=b"}, 400, "InvalidArgument"),
        ({"ACL": "private"}, 405, "MethodNotAllowed"),
        ({"WebsiteRedirectLocation": "/x"}, 403, "AccessDenied"),
        ({"Metadata": {"any": "1"}}, 501, "NotImplemented"),
    ],
)
def test_refusal_is_the_one_that_the_matrix_names(
    s3: Any, sent: dict[str, str], status: int, code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket="claims", Key="k", **sent)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert caught.value.response["Error"]["Code"] == code


def test_header_that_is_documented_to_have_no_effect_has_none(s3: Any) -> None:
    s3.put_object(
        Bucket="claims", Key="k", CacheControl="no-store", StorageClass="STANDARD_IA",
        ContentLanguage="fr",
    )  # fmt: skip
    got = s3.get_object(Bucket="claims", Key="k")
    assert "CacheControl" not in got
    assert "StorageClass" not in got
    assert got["ContentLanguage"] == "fr"


def test_parameter_and_operation_documented_to_have_no_effect_have_none(s3: Any) -> None:
    s3.put_object(Bucket="claims", Key="k", Body=b"")
    s3.put_bucket_acl(Bucket="claims", ACL="public-read")
    assert s3.list_objects_v2(Bucket="claims", Prefix="other")["KeyCount"] == 1


def test_preflight_where_the_table_has_cors_is_passed_on(url: str, lines: list[str]) -> None:
    client(url).create_bucket(Bucket="bucket")
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    assert requests.options(f"{url}/bucket/k", headers=asked, timeout=10).status_code == 200
    assert lines == []


def test_tables_joined_serve_what_the_first_of_them_says_of_a_row(moto: Endpoint) -> None:
    pages = load(R2.with_name("r2-pages.yaml"))
    lines: list[str] = []
    refusals = Refusals(pages, lines.append, [load(R2)])
    with serving_documented(pages.joined(load(R2)), moto.url, keys=[KEYS], refused=refusals) as url:
        requests.post(f"{moto.url}/moto-api/reset", timeout=10)
        s3 = client(url)
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="k", Body=b"x")
        # Of the table alone, and of the pages alone.
        assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"x"
        s3.copy_object(Bucket="bucket", Key="l", CopySource="bucket/k", MetadataDirective="MERGE")
        with pytest.raises(ClientError, match="not implemented"):
            s3.put_object_tagging(Bucket="bucket", Key="k", Tagging={"TagSet": []})
        framed = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}
        assert requests.put(f"{url}/bucket/m", headers=framed, timeout=10).status_code == 501
    assert ["r2.yaml:" in lines[0], "r2-pages.yaml:" in lines[1], len(lines)] == [True, True, 2]
