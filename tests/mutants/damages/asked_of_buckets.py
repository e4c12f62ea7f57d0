"""What can go wrong with what is asked of buckets by parameters and bodies, and with folders."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import Behind, Respond, another_status, asking, edited, headed, when
from tests.mutants.listing_faults import added, dropped, flipped, misread, missing, named, text_of
from tests.mutants.others import instead, unsigned

LISTS: Final = "ListBuckets"
NAMESPACE: Final = edited(rb' xmlns="[^"]*"', b"")
BASE: Final = "ListObjects(V2)?"
BUCKET: Final = rb"<Bucket><Name>stranger</Name></Bucket>"


def _line(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, wrong(name, respond))


def _sent(name: str) -> Callable[[Request], bool]:
    return lambda request: name in request.parameters


def _ignored(*names: str) -> Respond:
    """Parameters of a listing of buckets are not known."""
    return lambda request, behind: behind.ask(request.without(*names))


def _of_region(request: Request, behind: Behind) -> Answer:
    """The buckets of every region are those of any."""
    answer = behind.ask(request.without("bucket-region"))
    return answer if b"<Bucket>" in answer.body else Answer(
        status=200, body=b"<ListAllMyBucketsResult><Buckets>%s</Buckets></ListAllMyBucketsResult>"
        % BUCKET)  # fmt: skip


def _page_of_one(*, token: bool) -> Respond:
    """Pages of one bucket, by a token that is a number; or the first of them for ever."""

    def respond(request: Request, behind: Behind) -> Answer:
        if "max-buckets" not in request.parameters:
            return behind.ask(request)
        bare = request.without("max-buckets", "continuation-token")
        answer = behind.ask(bare)
        found = re.findall(rb"<Bucket>.*?</Bucket>", answer.body, re.DOTALL)
        number = int(request.parameters.get("continuation-token") or 0) if token else 0
        body = re.sub(rb"<Bucket>.*</Bucket>", lambda _: found[number], answer.body,
                      flags=re.DOTALL)  # fmt: skip
        more = b"<ContinuationToken>%d</ContinuationToken></ListAll" % (number + 1)
        return replace(answer, body=body.replace(b"</ListAll", more))

    return respond


def _without_tags(request: Request, behind: Behind) -> Answer:
    """A bucket that is created with tags has none."""
    body = re.sub(rb"<Tags>.*</Tags>", b"", request.body, flags=re.DOTALL)
    return behind.ask(replace(request, body=body if b"<Location" in body else b""))


def _uploads_fill(request: Request, behind: Behind) -> Answer:
    """A bucket that has an upload is not empty."""
    bucket = "/" + request.path.strip("/").partition("/")[0]
    if request.method == "POST" and "uploads" in request.parameters:
        behind.memory[bucket] = True
    full = request.method == "DELETE" and request.path == bucket and bucket in behind.memory
    return error(409, "BucketNotEmpty") if full else behind.ask(request)


def _named_first(request: Request, behind: Behind) -> Answer:
    text = b"<LocationConstraint>us-east-1</LocationConstraint>"
    return edited(rb"<LocationConstraint[^>]*?(?:/>|>\s*</LocationConstraint>)", text)(
        request, behind
    )


def _now(request: Request, behind: Behind) -> Answer:
    number = behind.memory["asked"] = behind.memory.get("asked", 0) + 1
    date = b"<LastModified>2026-01-01T00:00:%02d.000Z<" % number
    return edited(rb"<LastModified>[^<]*<", date)(request, behind)


def _slash(request: Request) -> Request:
    bare = request.without("delimiter")
    return replace(bare, target=f"{bare.target}&delimiter=%2F")


def _marks_are_keys(request: Request, behind: Behind) -> Answer:
    """An object whose key is a common prefix is listed as a key instead."""
    prefix = rb"<CommonPrefixes>\s*<Prefix>([^<]*/d/)</Prefix>\s*</CommonPrefixes>"
    return edited(prefix, rb"<Contents><Key>\1</Key></Contents>")(request, behind)


LINES: Final[tuple[Line, ...]] = (
    *(_line(row, "namespace", "no namespace", NAMESPACE) for row in (
        LISTS, BASE, "ListObjectVersions")),
    _line(LISTS, "prefix", "prefix not known", _ignored("prefix")),
    _line(LISTS, "prefix", "a page after the last", added(
        "<ContinuationToken>x</ContinuationToken>")),
    _line(LISTS, "prefix-echo", "no Prefix", missing("Prefix")),
    _line(LISTS, "region-listed", "no BucketRegion", missing("BucketRegion")),
    _line(LISTS, "page", "max-buckets not known", _ignored("max-buckets")),
    _line(LISTS, "page", "no ContinuationToken", missing("ContinuationToken")),
    _line(LISTS, "next-page", "the first page for ever", _page_of_one(token=False)),
    _line(LISTS, "next-page", "token not known", _ignored("continuation-token")),
    _line(LISTS, "other-region", "any region", when(_sent("bucket-region"), _of_region)),
    (LISTS, shown_by("unsigned", anywhere("everybody sees them", instead(
        lambda r: unsigned(r) and r.path == "/", Answer(status=200, body=b"<ListAllMyBucketsResult>"
        b"<Buckets>%s</Buckets></ListAllMyBucketsResult>" % BUCKET))))),
    _line("CreateBucket", "other-names", "any signs", another_status(400, 200)),
    _line("CreateBucket", "tags", "without tags", when(
        lambda r: b"<Tags>" in r.body, _without_tags)),
    ("DeleteBucket", shown_by("open-upload", anywhere("uploads fill it", _uploads_fill))),
    _line("HeadBucket", "region", "another region", headed("x-amz-bucket-region", "mars-1")),
    _line("GetBucketLocation", "first-region", "us-east-1 by name", _named_first),
    # Listings of objects.
    _line("ListObjectsV2/continuation-token", "twice", "modified whenever asked", _now),
    _line(BASE, "checksum-algorithm", "no algorithm", missing("ChecksumAlgorithm")),
    _line("ListObjects", "no-key-count", "KeyCount in it", added("<KeyCount>1</KeyCount>")),
    _line(f"{BASE}/prefix", "no-key", "of the key above", misread("prefix", "%2Fx$", "")),
    _line(f"{BASE}/delimiter", "folder-itself", "a mark is a key", _marks_are_keys),
    _line(f"{BASE}/delimiter", "whole-folder", "one folder is not all", when(
        named("max-keys", "1"), flipped("false", "true"))),
    _line(f"{BASE}/delimiter", "empty-value", "an empty delimiter is a slash", when(
        lambda r: r.parameters.get("delimiter") == "", asking(_slash))),
    _line(f"{BASE}/delimiter", "percent", "decoded twice", misread("delimiter", "%252F", "%2F")),
    _line("ListObjectsV2/max-keys", "key-count", "one of none", when(
        named("max-keys", "0"), text_of("KeyCount", "1"))),
    _line("ListObjects/marker", "pages", "odd markers are none", dropped(
        "marker", lambda r: not r.parameters.get("marker", "a").isascii())),
)  # fmt: skip
