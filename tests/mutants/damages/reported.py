"""What users have reported of stores, where no other fault of these modules is the same.

Above a fault stands the report in which it was found; two are shown by tests of their own:
curtis0x/fake-s3#92 (no 100 Continue) and floci-io/floci#1841 (another Host than was signed).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.assembling import edited_error, is_completion
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damages.errors import refusing
from tests.mutants.damaging import (
    Behind,
    answering,
    asking,
    carrying,
    edited,
    headed,
    is_head,
    reads,
    short,
    strict,
    told_anyway,
    when,
)
from tests.mutants.forging import (
    FRAMING,
    is_framed,
    is_presigned,
    taken,
    unsigned,
)

ANY: Final = "Body/STREAMING-.*"
SIGNATURE: Final = "SignatureDoesNotMatch"
CACHE: Final = "Cache-Control"
META: Final = "x-amz-meta-"
EXPIRATION: Final = "x-amz-expiration"
SIZE: Final = "x-amz-mp-object-size"
V: Final = "Versioning"
M: Final = "MultipartRules"
P: Final = "Presigned"
served = refusing(lambda answer: Answer(status=200))
NODDED: Final = Answer(status=204)


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


# Versions.


def _more(element: bytes, end: bytes) -> Callable[[Request, Behind], Answer]:
    return edited(rb"</%s>" % end, element + rb"</%s>" % end)


def _a_folder(request: Request, behind: Behind) -> Answer:
    """Where there is no common prefix, one of what was there before."""
    answer = behind.ask(request)
    if b"<CommonPrefixes>" in answer.body:
        return answer
    folder = b"<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>"
    return replace(answer, body=answer.body.replace(b"</ListBucketResult>", folder))


def _latest_twice(request: Request, behind: Behind) -> Answer:
    """The first of each page is the latest."""
    return edited(rb"<IsLatest>false", rb"<IsLatest>true", count=1)(request, behind)


# Uploads.


def _lists_with(mark: bytes) -> Callable[[Request], bool]:
    return lambda request: is_completion(request) and mark in request.body


def _done_without_size(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    if answer.status == 400 and request.header(SIZE):
        behind.ask(request.without(SIZE))
    return answer


def _refused_for_good(request: Request, behind: Behind) -> Answer:
    """A completion that was refused ends the upload."""
    again = request.body.count(b"<Part>") == 1 and request.path in behind.memory
    if is_completion(request) and again:
        return Answer(status=404)
    answer = behind.ask(request)
    if is_completion(request) and answer.status == 400:
        behind.memory[request.path] = True
    return answer


# Rules.


def _policy(pattern: bytes, by: bytes) -> Callable[[Request, Behind], Answer]:
    """Another policy is stored than the one that is sent."""
    return when(
        _method("PUT", "policy"),
        asking(lambda r: replace(r, body=re.sub(pattern, by, r.body))),
    )


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
    # Versions.
    # seaweedfs/seaweedfs#10416
    (f"{V}/delete-marker", shown_by("no-prefix", wrong("folders stay", when(
        _method("GET", "delimiter"), _a_folder)))),
    # s3gw-tech/s3gw#718
    (f"{V}/delete-marker", shown_by("latest", wrong("none is the latest", when(
        _method("GET", "versions"), edited(rb"<IsLatest>true", rb"<IsLatest>false"))))),
    (f"{V}/object-from-before", shown_by("deleted", wrong("nodded at", when(
        _method("DELETE"), lambda *_: NODDED)))),
    # seaweedfs/seaweedfs#10681
    (f"{V}/object-from-before", shown_by("unlisted", wrong("still listed", when(
        _method("GET", "list-type"),
        _more(b"<Contents><Key>k</Key></Contents>", b"ListBucketResult"))))),
    (f"{V}/object-from-before", shown_by("still-there", wrong("gone for good", when(
        _method("GET", "versionId"), lambda r, b: (
            Answer(status=404) if b.ask(replace(r, target=r.path)).status == 404
            else b.ask(r)))))),
    # seaweedfs/seaweedfs#9845
    (f"{V}/suspended-delete", shown_by("one-marker", wrong("a marker each time", when(
        _method("GET", "versions"),
        edited(rb"(<DeleteMarker>.*?</DeleteMarker>)", rb"\1\1", count=1))))),
    # seaweedfs/seaweedfs#10583
    (f"{V}/suspended-delete", shown_by("completed", wrong("below the marker", when(
        is_completion, lambda *_: Answer(status=200,
            body=b"<CompleteMultipartUploadResult></CompleteMultipartUploadResult>"))))),
    # getmoto/moto#9503
    (f"{V}/list-over-keys", shown_by("latest", wrong("latest of a page", when(
        _method("GET", "max-keys"), _latest_twice)))),
    # Uploads.
    # sivchari/kumo#677
    (f"{M}/part-listed-twice", shown_by("refused", wrong("as it is listed",
        when(is_completion, served)))),
    (f"{M}/part-listed-twice", shown_by("once", wrong("refused for good", _refused_for_good))),
    (f"{M}/part-listed-twice", shown_by("code", wrong("another code",
        edited_error(b"InvalidPartOrder", b"InvalidPart")))),
    (f"{M}/etags-with-references", shown_by("decimal", wrong("not read", when(
        _lists_with(b"&#34;"), strict(400, "InvalidPart"))))),
    (f"{M}/etags-with-references", shown_by("named", wrong("not read", when(
        _lists_with(b"&quot;"), strict(400, "InvalidPart"))))),
    (f"{M}/etags-with-references", shown_by("hexadecimal", wrong("not read", when(
        _lists_with(b"&#x22;"), strict(400, "InvalidPart"))))),
    (f"{M}/etags-with-references", shown_by("wrong-etag", wrong("any ETag",
        when(is_completion, served)))),
    (f"{M}/object-size", shown_by("wrong", wrong("any size", when(is_completion, served)))),
    (f"{M}/object-size", shown_by("right", wrong("not known", when(carrying(SIZE),
        strict(501, "NotImplemented"))))),
    (f"{M}/object-size", shown_by("nothing", wrong("done and refused", _done_without_size))),
    (f"{M}/object-size", shown_by("code", wrong("another code",
        edited_error(b"InvalidRequest", b"InvalidPart")))),
    # Rules.
    # versity/versitygw#2148
    ("Policy/deny-and-acl", shown_by("denied", wrong("an ACL is enough",
        _policy(b'"Deny"', b'"Allow"')))),
    ("Policy/deny-and-acl", shown_by("others", wrong("all is denied",
        _policy(rb'(:::[^/"]+/)[^"]+"', rb'\1*"')))),
    ("Lifecycle/filter-tags", shown_by("one", wrong("any tag", when(is_head,
        told_anyway(EXPIRATION, "soon"))))),
    ("Lifecycle/filter-tags", shown_by("other-value", wrong("any value", when(is_head,
        told_anyway(EXPIRATION, "soon"))))),
    # minio/minio#9769
    ("Lifecycle/filter-tags", shown_by("both", wrong("no rule with two tags", when(is_head,
        headed(EXPIRATION, None))))),
    ("Lifecycle/filter-tags", shown_by("more", wrong("these tags alone", when(is_head,
        headed(EXPIRATION, None))))),
)  # fmt: skip
