"""What users have reported of versions, uploads in parts and rules, as in `reported`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.assembling import edited_error, is_completion
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damages.errors import refusing
from tests.mutants.damaging import (
    Behind,
    asking,
    carrying,
    edited,
    headed,
    is_head,
    strict,
    told_anyway,
    when,
)

EXPIRATION: Final = "x-amz-expiration"
SIZE: Final = "x-amz-mp-object-size"
V: Final = "Versioning"
M: Final = "MultipartRules"
served = refusing(lambda answer: Answer(status=200))
NODDED: Final = Answer(status=204)


def _method(name: str, parameter: str = "") -> Callable[[Request], bool]:
    return lambda r: r.method == name and (not parameter or parameter in r.parameters)


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


LINES: Final[tuple[Line, ...]] = (
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
