"""Signatures that are computed here: AWS's own examples, and the bytes that botocore sends."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config

from conformance.s3.checksums import checksum
from conformance.s3.client import Client
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.exchange import Exchange
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.s3.sigv4 import Chain, Chunked, Fault, Presigned, Signer
from conformance.s3.wire import prepare
from tests.servers import http, saying

# The key of AWS's documentation.
KEYS = Credentials(
    access_key="AKIAIOSFODNN7EXAMPLE", secret_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)
MOMENT = datetime(2013, 5, 24, tzinfo=UTC)
EXAMPLE = "https://s3.amazonaws.com/examplebucket/chunkObject.txt"
BODY = b"a" * 66560
ENDPOINT = Endpoint(url="http://127.0.0.1:1", region="us-east-1", credentials=KEYS)
PUT = Call(operation="PutObject", bucket="b", key="k", body=b"x" * 10000)
SIGNED = Chunked(payload="STREAMING-AWS4-HMAC-SHA256-PAYLOAD", size=65536)


def chunk_signatures(body: bytes) -> list[str]:
    return [it[:64].decode() for it in body.split(b"signature=")[1:]]


def test_chunk_signatures_are_those_of_the_documentation() -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html"""
    signer = Signer(KEYS, "us-east-1", MOMENT)
    headers = SIGNED.headers(BODY, {"x-amz-storage-class": "REDUCED_REDUNDANCY"})
    assert headers["Content-Length"] == "66824"

    sent = signer.headers("PUT", EXAMPLE, headers, SIGNED.payload)
    seed = sent["Authorization"].rpartition("=")[2]
    body = SIGNED.framed(BODY, Chain(signer, seed))

    assert seed == "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
    assert chunk_signatures(body) == [
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ]
    assert len(body) == 66824


def test_trailer_signature_is_that_of_the_documentation() -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html"""
    trailer = ("x-amz-checksum-crc32c", "sOO8/Q==")
    how = Chunked(payload="STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", size=65536, trailer=trailer)
    signer = Signer(KEYS, "us-east-1", MOMENT)
    headers = how.headers(BODY, {"x-amz-storage-class": "REDUCED_REDUNDANCY"})
    del headers["Content-Length"]  # the example does not sign it

    sent = signer.headers("PUT", EXAMPLE, headers, how.payload)
    seed = sent["Authorization"].rpartition("=")[2]
    body = how.framed(BODY, Chain(signer, seed))

    assert checksum("CRC32C", BODY) == trailer[1]
    assert seed == "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
    assert chunk_signatures(body) == [
        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ]
    assert body.endswith(
        b"x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:"
        b"d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n"
    )


def test_unsigned_trailer_is_what_botocore_sends() -> None:
    """boto3's own defaults over https, whose connection is taken from it: nothing is sent."""
    seen: dict[str, Any] = {}

    def keep(request: Any, **_: Any) -> Any:
        seen["headers"] = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        seen["body"] = request.body.read()
        raise ConnectionError

    client = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url="https://127.0.0.1:1",
        aws_access_key_id=KEYS.access_key,
        aws_secret_access_key=KEYS.secret_key,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )
    client.meta.events.register("before-send.s3.PutObject", keep)
    with pytest.raises(ConnectionError):
        client.put_object(Bucket="b", Key="k", Body=PUT.body, ContentEncoding="gzip")

    header = "x-amz-checksum-crc32"
    how = Chunked(
        payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        size=1 << 20,
        trailer=(header, checksum("CRC32", PUT.body)),
    )
    wire = prepare(ENDPOINT, PUT.plus(headers={"Content-Encoding": "gzip"}), {"chunked": how})
    ours = {name.lower(): value for name, value in wire.headers.items()}
    names = ("content-encoding", "x-amz-content-sha256", "x-amz-decoded-content-length",
             "x-amz-trailer")  # fmt: skip
    assert wire.body == seen["body"]
    assert {name: ours[name] for name in names} == {name: seen["headers"][name] for name in names}
    assert ours["content-length"] == str(len(wire.body))


@pytest.mark.parametrize("method", ["get_object", "put_object", "delete_object"])
def test_presigned_url_has_botocore_s_signature(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: MOMENT.replace(tzinfo=None))
    client = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url="https://s3.example",
        aws_access_key_id=KEYS.access_key,
        aws_secret_access_key=KEYS.secret_key,
        aws_session_token="a/token+",
        config=Config(s3={"addressing_style": "path"}, signature_version="s3v4"),
    )
    theirs = client.generate_presigned_url(
        method, Params={"Bucket": "b", "Key": "a b/é+%"}, ExpiresIn=77
    )

    signer = Signer(replace(KEYS, token="a/token+"), "us-east-1", MOMENT)
    verb = {"get_object": "GET", "put_object": "PUT", "delete_object": "DELETE"}[method]
    ours = signer.url(verb, "https://s3.example/b/a%20b/%C3%A9%2B%25", {}, 77)

    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(theirs).query)
    assert urlsplit(ours).path == urlsplit(theirs).path


@pytest.mark.parametrize("how", [Presigned(method="PUT"), Presigned(endless=True)])
def test_url_signed_for_something_else_has_the_signature_of_that(how: Presigned) -> None:
    """Sent with GET, and good in itself, so that a server must look at what else was signed."""
    call = Call(operation="GetObject", bucket="b", key="k")
    url = prepare(ENDPOINT, call, {"presigned": how}).url
    date = parse_qs(urlsplit(url).query)["X-Amz-Date"][0]
    moment = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    signer = Signer(KEYS, "us-east-1", moment)
    expires = None if how.endless else how.expires

    assert url == signer.url(how.method or "GET", "http://127.0.0.1:1/b/k", {}, expires)
    assert ("X-Amz-Expires" in url) is not how.endless


def test_own_header_signature_is_that_of_the_usual_signer() -> None:
    """With the body's digest given, a request is the one that is sent without it."""
    call = PUT.plus(headers={"x-amz-meta-a": "two  blanks"}, query={"b": "", "a": "1 2"})
    usual = prepare(ENDPOINT, call, {})
    said = {name.lower(): value for name, value in usual.headers.items()}
    moment = datetime.strptime(said["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    headers = {**call.headers, "Content-Length": "10000"}

    ours = Signer(KEYS, "us-east-1", moment).headers(
        "PUT", usual.url, headers, said["x-amz-content-sha256"]
    )

    assert ours["Authorization"] == said["authorization"]


@pytest.mark.parametrize("what", ["chunk", "trailer"])
def test_spoilt_signature_is_another_at_its_place_only(what: Any) -> None:
    good = Chunked(
        payload="STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        trailer=("x-amz-checksum-crc32", "AAAAAA=="),
    )
    signer = Signer(KEYS, "us-east-1", MOMENT)
    right = good.framed(PUT.body, Chain(signer, "0" * 64))
    wrong = replace(good, spoilt=what).framed(PUT.body, Chain(signer, "0" * 64))

    differing = [at for at, (a, b) in enumerate(zip(right, wrong, strict=True)) if a != b]
    assert len(differing) == 1
    before = right[: differing[0]]
    assert before.count(b"chunk-signature=") == (2 if what == "chunk" else 3)


def test_send_with_a_presigned_url_stores_no_signature() -> None:
    record: list[Exchange] = []
    received: list[bytes] = []
    with saying(http(200), received=received) as url:
        client = Client(replace(ENDPOINT, url=url), Redactor())
        client.send(PUT, presigned=Presigned(), record=record)

    (signature,) = parse_qs(received[0].decode().split()[1])["X-Amz-Signature"]
    stored = json.dumps(record)
    assert signature not in stored
    assert KEYS.access_key not in stored
    assert "X-Amz-Signature=[redacted]" in stored
    assert b"authorization" not in received[0].lower()
    assert "sign it anew" in record[0]["curl"]


def test_signature_of_a_header_has_one_space_for_several_unless_all_are_asked_for() -> None:
    signer = Signer(KEYS, "us-east-1", MOMENT)
    one, several = {"x-amz-meta-a": "b c"}, {"x-amz-meta-a": "b   c"}
    url = "http://127.0.0.1:1/b/k"

    usual = signer.request("PUT", url, several, "UNSIGNED-PAYLOAD")
    assert usual == signer.request("PUT", url, one, "UNSIGNED-PAYLOAD")
    assert usual != signer.request("PUT", url, several, "UNSIGNED-PAYLOAD", all_spaces=True)


@pytest.mark.parametrize(
    ("fault", "body"),
    [
        ("", b"3\r\nabc\r\n0\r\n\r\n"),
        ("size", b"2\r\nabc\r\n0\r\n\r\n"),
        ("short", b""),
        ("cut", b"3\r\nabc\r\n"),
        ("end", b"3\r\nabc\r\n0\r\n\rX"),
    ],
)
def test_framing_with_a_fault_is_wrong_in_that_place_alone(fault: Fault, body: bytes) -> None:
    framing = Chunked(payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER", fault=fault)
    wire = prepare(ENDPOINT, replace(PUT, body=b"abc"), {"chunked": framing})
    assert wire.body == body
    assert wire.headers["Content-Length"] == str(len(body))


def test_framing_that_is_not_named_says_so_in_the_digest_alone() -> None:
    framing = Chunked(payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER", named=False)
    headers = prepare(ENDPOINT, PUT, {"chunked": framing}).headers
    assert "Content-Encoding" not in headers
    unsized = prepare(ENDPOINT, PUT, {"chunked": framing, "unsized": True}).headers
    assert "Content-Length" not in unsized
