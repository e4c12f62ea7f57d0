"""Signatures as `serve` verifies them, held against botocore's."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from conformance.s3.endpoint import Credentials
from conformance.serve.aws_chunked import Unframed, WrongSignature
from conformance.serve.body import MalformedBody
from conformance.serve.http import Answer, Request
from conformance.serve.messages import named
from conformance.serve.signature import Chain, Signature, refusal, signature_of
from conformance.serve.signing import Refused, signed_again, verified

KEYS = Credentials(access_key="AK", secret_key="SK")
KNOWN = {"AK": KEYS}
HOST = "127.0.0.1:9"


def signed(
    target: str = "/b/k",
    method: str = "PUT",
    body: bytes = b"body",
    *,
    secret: str = "SK",  # noqa: S107
    region: str = "us-east-1",
    presigned: bool = False,
    **headers: str,
) -> Request:
    """A request as botocore signs it."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    # botocore reads the data of a presigned request as a form's.
    data = None if presigned else body
    aws = AWSRequest(method=method, url=f"http://{HOST}{target}", data=data, headers=given)
    kind = S3SigV4QueryAuth if presigned else S3SigV4Auth
    kind(BotoCredentials("AK", secret), "s3", region).add_auth(aws)
    return Request(
        method=method,
        target=aws.url.removeprefix(f"http://{HOST}"),
        headers=(("Host", HOST), *((n, str(v)) for n, v in aws.headers.items())),
        body=body,
    )


@pytest.mark.parametrize(
    "target",
    [
        "/b/k",
        "/",
        "/b/a%20b/%C3%A4%2B%26%3D~%27%28%29%2A%21",
        "/b//double/",
        "/b?uploads",
        "/b?list-type=2&prefix=a%2Fb%20c&delimiter=%2F",
        "/b/k?partNumber=1&uploadId=x%2By%3D",
    ],
)
@pytest.mark.parametrize("presigned", [False, True])
def test_verified_when_botocore_signed_it_accepts(target: str, presigned: bool) -> None:
    request = signed(target, presigned=presigned, x_amz_meta_a="  two   words ")
    assert verified(request, KNOWN) is None
    assert signature_of(request) is not None


def code(answer: Answer | None) -> str:
    return "" if answer is None else named(answer)


@pytest.mark.parametrize("presigned", [False, True])
def test_verified_when_anything_signed_was_changed_refuses(presigned: bool) -> None:
    fine = signed(presigned=presigned, x_amz_meta_a="1")
    changes: list[dict[str, Any]] = [
        {"method": "DELETE"},
        {"target": fine.target.replace("/b/k", "/b/other")},
        {"headers": tuple((n, "2" if n == "x-amz-meta-a" else v) for n, v in fine.headers)},
        {"headers": tuple((n, "evil" if n == "Host" else v) for n, v in fine.headers)},
    ]
    for change in changes:
        parts = {name: getattr(fine, name) for name in ("method", "target", "headers", "body")}
        assert code(verified(Request(**{**parts, **change}), KNOWN)) == "SignatureDoesNotMatch"
    wrong = signed(presigned=presigned, secret="other")
    assert code(verified(wrong, KNOWN)) == "SignatureDoesNotMatch"


def test_verified_when_a_header_of_s3_is_not_signed_refuses() -> None:
    """Signed anew it would have a force that its author never gave it."""
    fine = signed()
    added = Request(
        method=fine.method,
        target=fine.target,
        headers=(*fine.headers, ("x-amz-acl", "public-read")),
        body=fine.body,
    )
    assert code(verified(added, KNOWN)) == "AccessDenied"


@pytest.mark.parametrize(
    ("presigned", "later", "said"),
    [
        (False, 0, ""),
        (False, 16 * 60, "RequestTimeTooSkewed"),
        (False, -16 * 60, "RequestTimeTooSkewed"),
        (True, 3500, ""),
        (True, 3700, "AccessDenied"),
        (True, -16 * 60, "AccessDenied"),
    ],
)
def test_refusal_when_the_time_is_over_says_so(presigned: bool, later: int, said: str) -> None:
    request = signed(presigned=presigned)
    it = signature_of(request)
    assert it is not None
    assert code(refusal(request, it, KEYS, datetime.now(UTC) + timedelta(seconds=later))) == said


def test_verified_when_the_access_key_is_not_known_leaves_it_to_the_upstream_endpoint() -> None:
    assert verified(signed(secret="other"), {}) is None


def test_signed_again_when_the_signature_is_wrong_refuses() -> None:
    came = signed(secret="other", x_amz_tagging="a=b")
    with pytest.raises(Refused) as refused:
        signed_again(came.without("x-amz-tagging"), came, KNOWN)
    assert code(refused.value.answer) == "SignatureDoesNotMatch"


def test_signed_again_when_the_body_is_not_what_was_signed_refuses() -> None:
    fine = signed()
    came = Request(method="PUT", target="/b/k", headers=fine.headers, body=b"evil")
    with pytest.raises(Refused) as refused:
        signed_again(came, came, KNOWN, "eu-west-1")
    assert code(refused.value.answer) == "XAmzContentSHA256Mismatch"


@pytest.mark.parametrize("presigned", [False, True])
@pytest.mark.parametrize("region", ["auto", ""])
def test_signed_again_for_another_region_is_valid_there(presigned: bool, region: str) -> None:
    came = signed(presigned=presigned, region=region)
    again = signed_again(came, came, KNOWN, "eu-west-1")
    it = signature_of(again)
    assert it is not None
    assert (it.region, it.expires) == ("eu-west-1", None)
    assert again.body == b"body"
    assert again.target == "/b/k"
    assert verified(again, KNOWN) is None


def test_signed_again_when_nobody_here_has_the_key_changes_the_region_only() -> None:
    came = signed(region="auto")
    again = signed_again(came, came, {}, "eu-west-1")
    assert "/eu-west-1/s3/aws4_request" in (again.header("Authorization") or "")
    assert again.body == came.body


def framed(chunks: list[bytes], it: Signature, trailers: str = "") -> bytes:
    """A body in signed chunks, made by the page's rules and not by the code under test."""
    key = b"AWS4SK"
    for word in it.scope.split("/"):
        key = hmac.digest(key, word.encode(), "sha256")
    last, body = it.value, b""

    def sign(kind: str, *digests: str) -> str:
        text = "\n".join((f"AWS4-HMAC-SHA256-{kind}", it.timestamp, it.scope, last, *digests))
        return hmac.digest(key, text.encode(), "sha256").hex()

    for chunk in [*chunks, b""]:
        digests = [hashlib.sha256(part).hexdigest() for part in (b"", chunk)]
        last = sign("PAYLOAD", *digests)
        body += b"%x;chunk-signature=%s\r\n" % (len(chunk), last.encode())
        body += chunk + b"\r\n" if chunk else b""
    if trailers:
        signature = sign("TRAILER", hashlib.sha256(trailers.encode()).hexdigest())
        body += trailers.replace("\n", "\r\n").encode()
        body += f"x-amz-trailer-signature:{signature}\r\n".encode()
    return body + b"\r\n"


def seed() -> Signature:
    it = signature_of(signed())
    assert it is not None
    return it


def test_unframed_when_the_chunks_are_signed_gives_bytes_and_trailers() -> None:
    it = seed()
    body = framed([b"a" * 70_000, b"bc"], it, "x-amz-checksum-crc32:AAAAAA==\n")
    pieces = (body[at : at + 1000] for at in range(0, len(body), 1000))
    frames = Unframed(pieces, Chain(it, KEYS))
    assert b"".join(frames) == b"a" * 70_000 + b"bc"
    assert frames.trailers == {"x-amz-checksum-crc32": "AAAAAA=="}


@pytest.mark.parametrize(("old", "new"), [(b"bc", b"bd"), (b"AAAAAA==", b"AAAAAB==")])
def test_unframed_when_a_chunk_or_a_trailer_was_changed_refuses(old: bytes, new: bytes) -> None:
    it = seed()
    body = framed([b"a" * 10, b"bc"], it, "x-amz-checksum-crc32:AAAAAA==\n").replace(old, new)
    with pytest.raises(WrongSignature):
        b"".join(Unframed(iter([body]), Chain(it, KEYS)))


@pytest.mark.parametrize(
    "body",
    [b"", b"zz\r\n", b"5\r\nab", b"2\r\nabc\r\n0\r\n\r\n", b"-1\r\n", b"1" * 9000],
)
def test_unframed_when_the_frames_are_broken_says_so(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        b"".join(Unframed(iter([body])))
