"""What can go wrong with limits, metadata and details of HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damages.errors import refusing
from tests.mutants.damaging import (
    Behind,
    answering,
    edited,
    headed,
    is_head,
    strict,
    told_anyway,
    when,
)
from tests.mutants.forging import taken
from tests.mutants.preconditions import value_as

KEY: Final = "Limit/key-1024-bytes"
META: Final = "Limit/metadata-.*"
DELETE: Final = "Limit/delete-1000-keys"
TAGS: Final = "Limit/tags-10"
LENGTH: Final = "Content-Length"
served = refusing(lambda answer: Answer(status=200))


def _long_path(length: int, text: str = "") -> Callable[[Request], bool]:
    return lambda request: len(request.path) > length and text in request.path


def _one_name(request: Request) -> bool:
    return any(len(name) > 255 for name in request.path.split("/"))


def _first_deleted(request: Request, behind: Behind) -> Answer:
    """A refusal of too many keys has deleted some of them."""
    answer = behind.ask(request)
    if request.method == "PUT":
        behind.memory["last"] = request
    if "delete" in request.parameters and answer.status == 400 and "last" in behind.memory:
        behind.ask(replace(behind.memory["last"], method="DELETE", body=b""))
    return answer


def _no_tags_left(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    if "tagging" in request.parameters and request.method == "PUT" and answer.status >= 400:
        behind.ask(replace(request, method="DELETE", body=b""))
    return answer


def _without_metadata(answer: Answer) -> Answer:
    kept = [pair for pair in answer.headers if not pair[0].lower().startswith("x-amz-meta-")]
    return replace(answer, headers=tuple(kept))


def _is_get(request: Request) -> bool:
    return request.method == "GET"


def _lost(name: str) -> Line:
    gone = answering(lambda answer: answer.with_headers(**{name.replace("-", "_"): None}))
    checks = {
        "x-amz-request-id": "request-id",
        "x-amz-id-2": "id-2",
        "Accept-Ranges": "accept-ranges",
        "Date": "date",
    }
    return ("HTTP/response-headers", shown_by(checks[name], wrong(f"no {name}", gone)))


LINES: Final[tuple[Line, ...]] = (
    (KEY, shown_by("beyond", wrong("any length", served))),
    (KEY, shown_by("two-bytes-beyond", wrong("any length of others", served))),
    (KEY, shown_by("beyond-status", wrong("414", refusing(lambda a: replace(a, status=414))))),
    (KEY, shown_by("two-bytes-within", wrong("three bytes for each",
        when(_long_path(900, "%C3"), strict(400, "KeyTooLongError"))))),
    (KEY, shown_by("one-name", wrong("names of files", when(_one_name,
        strict(400, "KeyTooLongError"))))),
    (META, shown_by("beyond", wrong("any length of metadata", served))),
    (META, shown_by("sum", wrong("each by itself", served))),
    (META, shown_by("beyond-status", wrong("431", refusing(lambda a: replace(a, status=431))))),
    (DELETE, shown_by("beyond", wrong("any number", served))),
    (DELETE, shown_by("object-stays", wrong("deleted and refused", _first_deleted))),
    (TAGS, shown_by("beyond", wrong("any number of tags", served))),
    (TAGS, shown_by("kept", wrong("none left", _no_tags_left))),
    ("Limit/bucket-name-63-characters", shown_by("beyond", wrong("any name", served))),
    # Metadata.
    ("Metadata/.*Object|Metadata/.*Upload", shown_by("on-get", wrong("none on GET",
        when(_is_get, answering(_without_metadata))))),
    ("Metadata/.*Object|Metadata/.*Upload", shown_by("not-another-s", wrong("on all",
        told_anyway("x-amz-meta-one", "1")))),
    ("Metadata/copied", shown_by("replaced", wrong("kept all the same",
        value_as("x-amz-metadata-directive", lambda _: "COPY")))),
    ("Metadata/rfc-2047", shown_by("returned", wrong("a question mark for each letter",
        headed("x-amz-meta-word", "?t?")))),
    ("Metadata/punctuation", shown_by("returned", wrong("decoded once more",
        headed("x-amz-meta-odd", lambda v: v.replace("%25", "%"))))),
    ("Metadata/system-headers", shown_by("expires", wrong("no Expires",
        headed("Expires", None)))),
    ("Metadata/overwritten", shown_by("old", wrong("merged",
        told_anyway("x-amz-meta-old", "kept")))),
    ("Limit/bucket-name-63-characters", shown_by("within", wrong("names of hosts alone",
        when(lambda r: len(r.path.strip("/")) == 63, strict(400, "InvalidBucketName"))))),
    # HTTP.
    ("HTTP/head-like-get", shown_by("etag", wrong("another ETag on HEAD",
        when(is_head, headed("ETag", '"0"'))))),
    ("HTTP/head-like-get", shown_by("type", wrong("another type on HEAD",
        when(is_head, headed("Content-Type", "text/html"))))),
    ("HTTP/head-like-get", shown_by("last-modified", wrong("another date on HEAD",
        when(is_head, headed("Last-Modified", "Mon, 01 Jan 2001 00:00:00 GMT"))))),
    ("HTTP/content-encoding", shown_by("length", wrong("the plain length",
        when(is_head, headed(LENGTH, "400"))))),
    ("HTTP/expect-100-continue", shown_by("refused", wrong("no digest is looked at",
        taken("BadDigest")))),
    ("HTTP/last-modified", shown_by("form", wrong("an ISO date",
        headed("Last-Modified", "2026-01-01T00:00:00Z")))),
    ("HTTP/last-modified", shown_by("now", wrong("long ago",
        headed("Last-Modified", "Mon, 01 Jan 2001 00:00:00 GMT")))),
    ("HTTP/last-modified", shown_by("listed", wrong("another date in listings",
        edited(rb"<LastModified>.*?</LastModified>",
               rb"<LastModified>2001-01-01T00:00:00.000Z</LastModified>")))),
    *(_lost(name) for name in ("x-amz-request-id", "x-amz-id-2", "Accept-Ranges", "Date")),
    ("HTTP/response-headers", shown_by("default-type", wrong("another default",
        headed("Content-Type", "application/octet-stream")))),
)  # fmt: skip
