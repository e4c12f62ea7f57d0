"""What can go wrong with objects that replace others or are deleted, and with odd metadata."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damages.metadata import is_get
from tests.mutants.damaging import (
    Behind,
    answering,
    asking,
    headed,
    is_head,
    lenient,
    shifted,
    when,
)
from tests.mutants.object_faults import another_code
from tests.mutants.overwriting import (
    bare,
    folder_is_object,
    is_put,
    is_read,
    keeping_answer,
    media_type,
    not_cut_off,
    of_no_length,
    remembered_head,
    with_what_is_below,
)

META: Final = "x-amz-meta-"
REDIRECT: Final = "x-amz-website-redirect-location"
# Each answers with a document that says what was done.
DOCUMENTS: Final = (
    "CopyObject|UploadPartCopy|CreateMultipartUpload|CompleteMultipartUpload|DeleteObjects"
)


def _without_metadata(lost: str) -> Line:
    """PutObject loses x-amz-meta- headers that match a pattern: `name: value`."""
    pattern = re.compile(f"(?i){META}{lost}")
    check = "metadata-empty-value" if lost.endswith("$") else "metadata-punctuated-name"

    def change(request: Request) -> Request:
        kept = tuple((n, v) for n, v in request.headers if not pattern.match(f"{n}:{v}"))
        return replace(request, headers=kept)

    return "PutObject", shown_by(check, wrong(f"{check} is lost", asking(change)))


def _no_metadata(answer: Answer) -> Answer:
    kept = tuple((n, v) for n, v in answer.headers if not n.lower().startswith(META))
    return replace(answer, headers=kept)


def _trimmed(request: Request) -> Request:
    """DeleteObjects reads keys without the spaces around them."""
    body = re.sub(rb"<Key>\s*(.*?)\s*</Key>", rb"<Key>\1</Key>", request.body)
    return replace(request, body=body)


def _digest_demanded(request: Request, behind: Behind) -> Answer:
    there = request.header("Content-MD5") is not None
    return behind.ask(request) if there else error(400, "InvalidRequest", "Content-MD5")


def _not_by_nothing(request: Request, behind: Behind) -> Answer:
    """An empty object does not replace another one."""
    there = is_put(request) and not request.body and behind.ask(bare(request, "HEAD"))
    if there and there.status == 200:
        return Answer(status=200, headers=(("ETag", there.header("ETag") or ""),))
    return behind.ask(request)


def _any_number(request: Request, behind: Behind) -> Answer:
    """DeleteObjects takes more keys than S3, and says so of the first thousand."""
    first, *others = re.split(rb"(?=<Object>)", request.body)
    if len(others) <= 1000:
        return behind.ask(request)
    return behind.ask(replace(request, body=first + b"".join(others[:1000]) + b"</Delete>"))


LINES: Final[tuple[Line, ...]] = (
    *(("PutObject", shown_by(check, damage)) for check, damage in (
        ("overwrite", anywhere("the end of a longer object", not_cut_off)),
        ("overwrite-of-parts", anywhere("the ETag of the object before", keeping_answer("ETag"))),
        ("last-modified-renewed", anywhere("the date of the object before",
            keeping_answer("Last-Modified"))),
        ("key-1025-bytes", anywhere("another code for a long key",
            another_code(b"KeyTooLongError", b"InvalidURI"))),
    )),
    _without_metadata(r"[\w.-]*[_.][\w.-]*:"),
    _without_metadata(r"[\w.-]+:$"),
    ("GetObject", shown_by("metadata", anywhere("metadata by HEAD only",
        when(is_get, answering(_no_metadata))))),
    ("GetObject", shown_by("content-length", wrong("no length", answering(of_no_length)))),
    ("HeadObject", shown_by("overwritten", anywhere("the object before", remembered_head("PUT")))),
    ("HeadObject", shown_by("deleted", anywhere("a deleted object", remembered_head("DELETE")))),
    ("HeadObject", shown_by("same-headers", anywhere("no metadata",
        when(is_head, answering(_no_metadata))))),
    ("DeleteObject", shown_by("gone-by-head", anywhere("a deleted object by HEAD",
        remembered_head("DELETE")))),
    *(("DeleteObjects", shown_by(check, damage)) for check, damage in (
        ("odd-key-gone", wrong("keys are trimmed", asking(_trimmed))),
        ("checksum-for-digest", wrong("Content-MD5 is demanded", _digest_demanded)),
        ("too-many-keys", wrong("any number of keys", _any_number)),
    )),
    (DOCUMENTS, shown_by("media-type", wrong("text in place of XML",
        answering(media_type("text/plain"))))),
    ("(Get|Head)Object", shown_by("above-another", anywhere("a folder is an object",
        folder_is_object))),
    ("DeleteObject", shown_by("above-deleted", wrong("all below the key", with_what_is_below))),
    ("PutObject", shown_by("empty-object", anywhere("an empty object replaces none",
        _not_by_nothing))),
    ("PostObject", shown_by("stored", wrong("the last line end is lost", asking(
        lambda r: replace(r, body=r.body.replace(b"\r\n\r\n--", b"\r\n--")))))),
    (f"PutObject/{REDIRECT}", shown_by("invalid", wrong("any location", lenient(REDIRECT)))),
    ("PutObject/Object Lifecycle", shown_by("bytes", anywhere("off by one",
        when(is_get, shifted)))),
    ("PutObject/Content-Encoding", shown_by("stored", anywhere("aws-chunked is kept", when(
        is_read, headed("Content-Encoding", lambda v: f"{v},aws-chunked"))))),
    ("PutObject/Cache-Control", shown_by("by-get", anywhere("a directive of the server's own", when(
        is_get, headed("Cache-Control", lambda v: f"{v}, no-transform"))))),
    ("PutObject", shown_by("user-metadata", anywhere("hyphens in names are underscores", when(
        is_read, answering(lambda a: replace(a, headers=tuple(
            (n.replace("meta-second-name", "meta-second_name"), v) for n, v in (
                (n.lower(), v) for n, v in a.headers)))))))),
    ("PutObject", shown_by("etag-is-md5", wrong("an ETag without quotes", when(
        is_put, headed("ETag", lambda v: v.strip('"')))))),
)  # fmt: skip
