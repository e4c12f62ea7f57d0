"""What users have reported of stores, where no other fault of these modules is the same.

Above a fault stands the report in which it was found; curtis0x/fake-s3#92 (no 100 Continue) is
shown by a test of its own.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from conformance.probes.behaviour_presigned_scope import OTHER_HOST
from conformance.serve.http import Answer, Request
from tests.mutants.assembling import edited_error
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damages.errors import refusing
from tests.mutants.damaging import (
    Behind,
    answering,
    carrying,
    headed,
    is_head,
    reads,
    short,
    strict,
    when,
    with_header,
)
from tests.mutants.forging import (
    FRAMING,
    is_framed,
    is_presigned,
    plain,
    taken,
    unsigned,
)

ANY: Final = "Body/STREAMING-.*"
SIGNATURE: Final = "SignatureDoesNotMatch"
CACHE: Final = "Cache-Control"
META: Final = "x-amz-meta-"
M: Final = "MultipartRules"
P: Final = "Presigned"
served = refusing(lambda answer: Answer(status=200))


def _method(name: str, parameter: str = "") -> Callable[[Request], bool]:
    return lambda r: r.method == name and (not parameter or parameter in r.parameters)


# Bodies.


def _unnamed(request: Request) -> bool:
    return is_framed(request) and "aws-chunked" not in (request.header("Content-Encoding") or "")


def _unsized(request: Request) -> bool:
    return is_framed(request) and request.header("Content-Length") is None


def _framing_kept(request: Request, behind: Behind) -> Answer:
    return behind.ask(unsigned(request.without(*FRAMING)))


def _compressed(request: Request, behind: Behind) -> Answer:
    """What is served is compressed on its way, to a client that takes that."""
    answer = behind.ask(request)
    if "gzip" not in (request.header("Accept-Encoding") or "") or answer.status != 200:
        return answer
    bare = answer.with_headers(Content_Length=None, Content_Encoding="gzip")
    return replace(bare, body=gzip.compress(answer.body, mtime=0))


# Errors.


def _speechless(answer: Answer) -> Answer:
    kept = rb"<(?!/?(?:Error|Code|Message|RequestId)\b)(\w+)>[^<]*</\1>"
    return replace(answer, body=re.sub(kept, b"", answer.body))


def _in_a_bucket(request: Request) -> bool:
    return "/" in request.path.strip("/")


def _without_token(request: Request, behind: Behind) -> Answer:
    return behind.ask(unsigned(request.without("x-amz-security-token")))


# URLs.


def _older(minutes: int) -> Callable[[Request], bool]:
    def test(request: Request) -> bool:
        date = request.parameters.get("X-Amz-Date", "")
        if not date:
            return False
        moment = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return moment + timedelta(minutes=minutes) < datetime.now(UTC)

    return test


def _spelled(request: Request) -> bool:
    return is_presigned(request) and "%3D" in request.path


def _is_legacy(request: Request) -> bool:
    return "AWSAccessKeyId" in request.parameters


def _any_legacy(request: Request, behind: Behind) -> Answer:
    """A signature of version 2 is not looked at."""
    answer = behind.ask(request)
    if answer.status != 403 or not _is_legacy(request):
        return answer
    bare = request.without("AWSAccessKeyId", "Expires", "Signature")
    key = request.parameters["AWSAccessKeyId"]
    said = f"AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/s3/aws4_request, Signature=0"
    return behind.ask(replace(bare, headers=(*bare.headers, ("Authorization", said))))


def _any_host(request: Request, behind: Behind) -> Answer:
    """The host that a URL was signed for is not looked at."""
    host = request.header("Host") or ""
    if host != OTHER_HOST:
        behind.memory["host"] = host
        return behind.ask(request)
    own = with_header(request, "Host", behind.memory["host"])
    return behind.ask(plain(own))


# Metadata.


def _in_capitals(answer: Answer) -> Answer:
    named = [(n.title() if n.startswith(META) else n, v) for n, v in answer.headers]
    return replace(answer, headers=tuple(named))


def _one_space(value: str) -> str:
    return " ".join(value.split())


LINES: Final[tuple[Line, ...]] = (
    # mojatter/s2#45
    (ANY, shown_by("unnamed", wrong("framing is known by Content-Encoding alone",
        when(_unnamed, _framing_kept)))),
    (ANY, shown_by("unsized", wrong("no body without a length", when(_unsized,
        strict(411, "MissingContentLength"))))),
    # versity/versitygw#1666
    (ANY, shown_by("wrong-size", wrong("chunks of any size", taken("IncompleteBody")))),
    (ANY, shown_by("short", wrong("fewer bytes", taken("IncompleteBody")))),
    (ANY, shown_by("cut", wrong("no last chunk is needed", taken("IncompleteBody")))),
    # versity/versitygw#1660
    (ANY, shown_by("end", wrong("any end", taken("IncompleteBody")))),
    # versity/versitygw#1665
    (ANY, shown_by("small-chunk", wrong("small chunks", taken("InvalidChunkSizeError")))),
    ("HTTP/accept-encoding", shown_by("bytes", wrong("compressed", when(
        _method("GET"), _compressed)))),
    # minio/minio-hs#151, async-aws/aws#2077
    ("HTTP/accept-encoding", shown_by("length", wrong("no length", when(is_head,
        headed("Content-Length", None))))),
    ("HTTP/accept-encoding", shown_by("ranged", wrong("cut", when(carrying("Range"), short)))),
    ("HTTP/expect-100-continue", shown_by("held-back", wrong("cut", when(reads, short)))),
    # Errors.
    # versity/versitygw#2081
    ("Error/NoSuch(Key|Bucket|Upload|Version)", shown_by("names-it", wrong("no word of it",
        refusing(_speechless)))),
    # brekkylab/backlot#335
    ("Error/NoSuchBucket", shown_by("key-in-it", wrong("another code for a key", when(
        _in_a_bucket, edited_error(b"NoSuchBucket", b"NoSuchKey"))))),
    # aws/aws-sdk-net#3009
    ("Error/(?!BucketAlreadyOwnedByYou).*", shown_by("no-parameters", wrong("with a charset",
        refusing(lambda a: a.with_headers(Content_Type="application/xml;charset=utf-8"))))),
    # minio/minio#13335
    ("Error/InvalidToken", shown_by("refused", wrong("any token", when(
        carrying("x-amz-security-token"), _without_token)))),
    # URLs.
    # faiscadev/fakecloud#1577
    (f"{P}/expired", shown_by("before", wrong("good for a quarter of an hour", when(_older(15),
        strict(403, "RequestTimeTooSkewed"))))),
    # noobaa/noobaa-core#8873
    (f"{P}/expires-after-a-week", shown_by("negative", wrong("any number",
        taken("AuthorizationQueryParametersError")))),
    # localstack/localstack#6298
    (f"{P}/signed-header", shown_by("other-header", wrong("no other header than the type",
        taken(SIGNATURE, lambda r: r.header(CACHE) is None)))),
    # localstack/localstack#8663
    (f"{P}/unusual-key", shown_by("read", wrong("signed as it is decoded", when(_spelled,
        strict(403, SIGNATURE))))),
    # floci-io/floci#1841
    (f"{P}/other-host", shown_by("refused", wrong("any host", _any_host))),
    (f"{P}/unusual-key", shown_by("written", wrong("nodded at", when(
        lambda r: _spelled(r) and r.method == "PUT", lambda *_: Answer(status=200))))),
    (f"{P}/unusual-key", shown_by("other-signature", wrong("any signature", taken(SIGNATURE)))),
    (f"{P}/headers-in-the-query", shown_by("stored", wrong("not stored", when(is_head,
        headed(f"{META}in-the-query", None))))),
    (f"{P}/headers-in-the-query", shown_by("right-checksum", wrong("no checksum there", when(
        lambda r: "x-amz-checksum-crc32" in r.parameters, strict(400, "InvalidRequest"))))),
    (f"{P}/headers-in-the-query", shown_by("wrong-checksum", wrong("any checksum there",
        taken("BadDigest")))),
    ("Address/virtual-hosted-style", shown_by("missing-with-dots", wrong("200 for 404",
        served))),
    (f"{P}/signature-version-2", shown_by("carried-out", wrong("not known", when(_is_legacy,
        strict(400, "InvalidRequest"))))),
    (f"{P}/signature-version-2", shown_by("other-signature", wrong("any", _any_legacy))),
    (f"{P}/signature-version-2", shown_by("expired", wrong("for ever", _any_legacy))),
    (f"{P}/signature-version-2", shown_by("stored", wrong("nodded at", when(
        lambda r: _is_legacy(r) and r.method == "PUT", lambda *_: Answer(status=200))))),
    # Metadata.
    ("Metadata/(PutObject|CreateMultipartUpload|CopyObject)", shown_by("lower-case",
        wrong("in capitals", when(is_head, answering(_in_capitals))))),
    ("Metadata/spaces", shown_by("returned", wrong("the first word", when(is_head,
        headed(f"{META}spaced", lambda v: v.partition(" ")[0]))))),
    ("Metadata/spaces", shown_by("kept", wrong("one for several", when(is_head,
        headed(f"{META}spaced", _one_space))))),
    ("Metadata/spaces", shown_by("signed-one-by-one", wrong("any", taken(SIGNATURE)))),
    # localstack/localstack#13663
    ("PostForm/stored-headers", shown_by("other-characters", wrong("unreadable", when(is_head,
        headed(f"{META}word", "?t?"))))),
)  # fmt: skip
