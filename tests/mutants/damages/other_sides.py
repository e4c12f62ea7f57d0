"""What can go wrong on the other side: statuses, owners, versions, and what is not blocked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.configuring import gets
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    asking,
    edited,
    headed,
    when,
    with_header,
)
from tests.mutants.listing_faults import missing, text_of
from tests.mutants.others import unsigned

SSE: Final = "x-amz-server-side-encryption"
TAGGING: Final = "x-amz-tagging"
OVER: Final = "Versioning/list-over-keys"
BLOCK: Final = "PutPublicAccessBlock"
CORS: Final = "PutBucketCors|CORS/preflight"
STRANGER: Final = edited(
    rb"(<Owner>\s*(?:<DisplayName>[^<]*</DisplayName>\s*)?<ID>)[^<]*", rb"\1somebody"
)


def _backwards(element: bytes) -> Respond:
    """Elements stand in the reverse of their order."""
    one = re.compile(rb"<%b>.*?</%b>" % (element, element), re.DOTALL)

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        last = one.findall(answer.body)
        return replace(answer, body=one.sub(lambda _: last.pop(), answer.body))

    return respond


def _latest(topic: str) -> Respond:
    """A subresource is the latest version's, whichever is named."""
    return when(lambda r: topic in r.parameters, asking(lambda r: r.without("versionId")))


def _bare(request: Request, behind: Behind) -> Answer:
    """An object whose tags are deleted loses its metadata."""
    if request.method == "DELETE" and "tagging" in request.parameters:
        behind.memory[request.path] = True
    bare = request.path in behind.memory and request.method in ("GET", "HEAD")
    return headed("x-amz-meta-kept", None)(request, behind) if bare else behind.ask(request)


def _nine(request: Request, behind: Behind) -> Answer:
    value = "&".join((request.header(TAGGING) or "").split("&")[:9])
    return behind.ask(with_header(request, TAGGING, value))


def _once_blocked(flag: bytes, test: Callable[[Request], bool]) -> Respond:
    """Some requests are refused while a flag of the block is true."""

    def respond(request: Request, behind: Behind) -> Answer:
        if "publicAccessBlock" in request.parameters and request.method == "PUT":
            behind.memory["on"] = b"<%b>true" % flag in request.body
        hurt = behind.memory.get("on") and test(request)
        return error(403, "AccessDenied") if hurt else behind.ask(request)

    return respond


def _stores(request: Request) -> bool:
    return request.method == "PUT" and not request.parameters and "/" in request.path.strip("/")


LINES: Final[tuple[Line, ...]] = (
    ("ListObjects(V2/fetch-owner)?|ListMultipartUploads", shown_by("owner-id", wrong(
        "somebody is the owner", STRANGER))),
    ("ListObjectVersions", shown_by("owner", wrong(
        "nobody is the owner", edited(rb"<Owner>.*?</Owner>", b"")))),
    (OVER, shown_by("echo", wrong("no KeyMarker", missing("KeyMarker")))),
    (OVER, shown_by("echo", wrong("always 1000", text_of("MaxKeys", "1000")))),
    ("ListObjectsV2/(max-keys|continuation-token)", shown_by("key-count", wrong(
        "as many as were asked for", lambda r, b: edited(rb"<KeyCount>\d+", (
            f"<KeyCount>{r.parameters.get('max-keys', '9')}").encode())(r, b)))),
    ("ListObjects(V2)?/prefix", shown_by("odd-letters", wrong("decoded twice", asking(
        lambda r: replace(r, target=r.target.replace("%252F", "%2F")))))),
    # Statuses.
    ("CreateBucket", shown_by("status", wrong("201", another_status(200, 201)))),
    ("Put(Bucket(?!Meta)|PublicAccess|ObjectLockC)[^/]+", shown_by("status", wrong(
        "202", lambda r, b: replace(a, status=202) if (a := b.ask(r)).status < 300 else a))),
    ("Put(ObjectRetention|ObjectLegalHold|ObjectTagging)", shown_by("status", wrong(
        "204", another_status(200, 204)))),
    # Versions.
    ("PutObjectRetention", shown_by("by-version", anywhere("of the latest", _latest("retention")))),
    ("PutObjectLegalHold", shown_by("by-version", anywhere(
        "of the latest", _latest("legal-hold")))),
    ("(Put|Get)ObjectAcl", shown_by("by-version", anywhere("of the latest", _latest("acl")))),
    # Tags.
    ("DeleteObjectTagging", shown_by("metadata-kept", anywhere("lost", _bare))),
    (f"PutObject/{TAGGING}", shown_by("ten-tags", wrong("nine tags", when(
        lambda r: (r.header(TAGGING) or "").count("&") == 9, _nine)))),
    # Configurations.
    (CORS, shown_by("no-method", anywhere("none is asked for", when(
        lambda r: r.method == "OPTIONS" and not r.header("Access-Control-Request-Method"),
        lambda *_: Answer(status=200))))),
    *((f"(Get|Put){name}", shown_by("rules-in-order", anywhere("backwards", gets(
        topic, _backwards(element))))) for name, topic, element in (
            ("BucketCors", "cors", b"CORSRule"), ("BucketWebsite", "website", b"RoutingRule"))),
    ("PutBucketEncryption", shown_by("told-by-get", anywhere("not by GET", when(
        lambda r: r.method == "GET", headed(SSE, None))))),
    (BLOCK, shown_by("spares-others", anywhere("any ACL is blocked", _once_blocked(
        b"BlockPublicAcls", lambda r: r.header("x-amz-acl") is not None)))),
    (BLOCK, shown_by("spares-others", anywhere("any object is blocked", _once_blocked(
        b"BlockPublicAcls", _stores)))),
    (BLOCK, shown_by("spares-others", anywhere("any policy is blocked", _once_blocked(
        b"BlockPublicPolicy", lambda r: r.method == "PUT" and "policy" in r.parameters)))),
    (BLOCK, shown_by("spares-others", anywhere("the owner is blocked", _once_blocked(
        b"RestrictPublicBuckets", lambda r: not unsigned(r) and r.method == "GET"
        and "/" in r.path.strip("/"))))),
)  # fmt: skip
