"""What can go wrong with objects: their bytes, keys, copies and deletions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants import object_faults as faults
from tests.mutants.damages.damage import Line, anywhere, or_ignored, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    all_but_last,
    also,
    another_status,
    answering,
    asking,
    edited,
    empty_result,
    headed,
    is_head,
    one_short,
    shifted,
    short,
    strict,
    told_anyway,
    truncated,
    when,
    with_header,
)
from tests.mutants.remembering import once

PARTS_COUNT: Final = "x-amz-mp-parts-count"


def _longer(request: Request) -> Request:
    """The same of another key, which begins like the one named."""
    return replace(request, target=f"{request.path}-longer")


def _all_deleted(request: Request, _: Behind) -> Answer:
    """DeleteObjects that names all as deleted, and deletes none."""
    keys = re.findall(rb"<Key>[^<]*</Key>", request.body)
    named = b"".join(b"<Deleted>%s</Deleted>" % key for key in keys)
    return Answer(status=200, body=b"<DeleteResult>%s</DeleteResult>" % named)


def _replacing(directive: str) -> Respond:
    """A copy without a directive is made as if it said REPLACE."""
    return asking(lambda r: r if r.header(directive) else with_header(r, directive, "REPLACE"))


def _of_bucket(request: Request) -> bool:
    return request.path.strip("/").count("/") == 0


PUT: Final[tuple[Line, ...]] = tuple(
    ("PutObject", shown_by(check, damage))
    for check, damage in (
        ("bytes", wrong("a byte short", truncated)),
        ("overwrite", wrong("the first stays", once(lambda r: r.path))),
        ("etag", wrong("no ETag", headed("ETag", None))),
        ("etag-is-md5", anywhere("an ETag that is no MD5",
            headed("ETag", lambda v: v[0] + v[1:-1][::-1] + v[-1] if v.endswith('"') else v))),
        ("empty-object", wrong("no empty objects", when(lambda r: not r.body, strict(411)))),
        ("user-metadata", wrong("a name of metadata is lost",
            asking(lambda r: r.without("x-amz-meta-first")))),
        ("user-metadata", wrong("metadata is cut off at a comma", asking(
            lambda r: r if not r.header("x-amz-meta-first")
            else with_header(r, "x-amz-meta-first", "one")))),
        ("user-metadata-by-head", anywhere("HEAD returns no metadata",
            when(is_head, headed("x-amz-meta-first", None)))),
        ("overwrite-metadata", wrong("the old object's metadata", faults.keeping_metadata)),
        ("overwrite-atomic", anywhere("readers see no object", faults.torn_overwrite)),
        ("key-trailing-slash", anywhere("a/ is a",
            faults.renaming(lambda path: path.rstrip("/")))),
        ("key-double-slash", anywhere("a//b is a/b",
            faults.renaming(lambda path: re.sub("/+", "/", path)))),
        ("key-below-key", anywhere("files and folders", faults.files_and_folders)),
        ("key-case", anywhere("no case", faults.renaming(faults.decoded(str.lower)))),
        ("key-plus", anywhere("a plus is a space",
            faults.renaming(lambda path: path.replace("%2B", "%20")))),
        ("key-percent", anywhere("decoded twice",
            faults.renaming(lambda path: path.replace("%25", "%")))),
        ("key-punctuation", anywhere("no < in keys",
            faults.refusing_keys(lambda path: "<" in path, "InvalidArgument"))),
        ("key-non-ascii", anywhere("no four-byte letters",
            faults.refusing_keys(lambda path: "\U0001f600" in path, "InvalidArgument"))),
        ("key-normal-forms", anywhere("normalized",
            faults.renaming(faults.decoded(lambda p: unicodedata.normalize("NFC", p))))),
        ("key-1024-bytes", anywhere("at most 255 bytes",
            faults.refusing_keys(lambda path: len(path.encode()) > 512, "KeyTooLongError"))),
        ("key-one-name", anywhere("names are those of files", faults.refusing_keys(
            lambda path: max(map(len, path.split("/"))) > 255, "KeyTooLongError"))),
        ("keys-listed", anywhere("escaped twice in listings",
            when(_of_bucket, edited(b"&amp;", b"&amp;amp;")))),
        ("keys-listed", anywhere("a key is missing in listings",
            when(_of_bucket, edited(rb"<Contents>.*?</Contents>", b"", count=1)))),
        ("missing-bucket", wrong("200 for 404", another_status(404, 200, b""))),
        ("missing-bucket", wrong("another code",
            faults.another_code(b"NoSuchBucket", b"NoSuchKey"))),
        ("status", wrong("201", another_status(200, 201))),
    )
)  # fmt: skip
GET: Final[tuple[Line, ...]] = tuple(
    ("GetObject", shown_by(check, damage))
    for check, damage in (
        ("bytes", wrong("off by one", shifted)),
        ("bytes", wrong("a byte short", short)),
        ("etag", wrong("another ETag", headed("ETag", '"0"'))),
        ("missing-key", wrong("200 for 404", another_status(404, 200, b""))),
        ("missing-key-code", wrong("another code",
            faults.another_code(b"NoSuchKey", b"NotFound"))),
        ("error-document", wrong("an error in HTML", faults.answering_error(
            lambda a: a.with_headers(Content_Type="text/html")))),
        ("last-modified", wrong("no date", headed("Last-Modified", None))),
        ("last-modified", wrong("the epoch",
            headed("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT"))),
        ("last-modified-format", wrong("a date of RFC 850",
            headed("Last-Modified", lambda v: f"{v[:3]}day, {v[5:]}"))),
        ("of-two-parts", wrong("the last part is missing", faults.when_large(
            lambda a: replace(a, body=a.body[:-64])))),
        ("parts-count-unasked", wrong("a count without partNumber",
            told_anyway(PARTS_COUNT, "2"))),
        ("missing-bucket", wrong("another code",
            faults.another_code(b"NoSuchBucket", b"NoSuchKey"))),
        ("default-type", wrong("text", headed("Content-Type", "text/plain"))),
    )
)  # fmt: skip
HEAD: Final[tuple[Line, ...]] = tuple(
    ("HeadObject", shown_by(check, damage))
    for check, damage in (
        ("content-length", wrong("another length", headed("Content-Length", "1"))),
        ("etag", wrong("another ETag", headed("ETag", '"0"'))),
        ("missing-key", wrong("200 for 404", another_status(404, 200))),
        ("missing-bucket", wrong("403 for 404", another_status(404, 403))),
        ("same-headers", wrong("another type", headed("Content-Type", "text/plain"))),
        ("same-headers", wrong("another date",
            headed("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT"))),
        ("of-two-parts", wrong("the first part's length", faults.when_large(
            lambda a: a.with_headers(Content_Length=str(5 * 2**20))))),
        ("empty-object", wrong("no length of an empty object", answering(
            lambda a: a.with_headers(Content_Length="1")
            if a.header("Content-Length") == "0" else a))),
        ("parts-count-unasked", wrong("a count without partNumber",
            told_anyway(PARTS_COUNT, "2"))),
    )
)  # fmt: skip
COPY: Final[tuple[Line, ...]] = tuple(
    ("CopyObject", shown_by(check, damage))
    for check, damage in (
        ("bytes", wrong("other bytes",
            also(lambda r: replace(r.without("x-amz-copy-source"), body=b"other bytes")))),
        ("root", wrong("another root", edited(b"CopyObjectResult", b"CopyResult"))),
        ("result-etag", wrong("a random ETag", edited(b"<ETag>[^<]*", b"<ETag>0"))),
        ("result-last-modified", wrong("no date",
            edited(b"<LastModified>.*?</LastModified>", b""))),
        ("metadata", wrong("metadata is lost", _replacing("x-amz-metadata-directive"))),
        ("tags", wrong("tags are lost", _replacing("x-amz-tagging-directive"))),
        ("source-kept", wrong("moved", faults.moving)),
        ("outlives-source", anywhere("by reference", faults.by_reference)),
        ("overwrite", wrong("not over another object", faults.not_over_another)),
        ("overwrite-metadata", anywhere("the old object's metadata", faults.keeping_metadata)),
        ("other-bucket", wrong("from its own bucket", faults.source_here)),
        ("of-two-parts", wrong("not all parts", faults.first_part_only)),
        ("missing-source", wrong("200 for 404", empty_result("CopyObjectResult", 404))),
        ("missing-source", wrong("another code",
            faults.another_code(b"NoSuchKey", b"InvalidArgument"))),
        ("missing-source-writes-nothing", wrong("404, and empty", faults.empty_all_the_same)),
    )
)  # fmt: skip
DELETE: Final[tuple[Line, ...]] = tuple(
    ("DeleteObject", shown_by(check, damage))
    for check, damage in (
        ("others-kept", wrong("deletes more", also(_longer))),
        ("not-listed", anywhere("still listed", faults.still_listed)),
        ("again", wrong("404 for what is gone", faults.only_once)),
        ("below-kept", wrong("with what is in the folder", faults.folder_below)),
        ("folder-kept", wrong("with the folder", faults.folder_above)),
        ("folder-gone", wrong("folders stay", faults.folders_stay)),
        ("missing-bucket", wrong("204 for 404", another_status(404, 204, b""))),
        ("status", wrong("200 for 204", another_status(204, 200))),
    )
)  # fmt: skip
DELETE_MANY: Final[tuple[Line, ...]] = tuple(
    ("DeleteObjects", shown_by(check, damage))
    for check, damage in (
        ("first-gone", or_ignored(
            "all are said to be deleted, and nothing is", wrong("deletes nothing", _all_deleted))),
        ("last-gone", wrong("the last stays", all_but_last("Object"))),
        ("reported", wrong("not all are reported", one_short("Deleted"))),
        ("root", wrong("another root", edited(b"DeleteResult", b"DeleteObjectsResult"))),
        ("others-kept", wrong("the next key too", faults.next_key_too)),
        ("missing-key", wrong("missing keys are errors", faults.missing_keys_fail)),
        ("odd-key-gone", wrong("escaped twice", faults.escaped_twice)),
        ("odd-key-reported", wrong("escaped keys are cut", edited(b"&lt;[^<]*", b""))),
        ("quiet", wrong("reports in spite of Quiet", asking(
            lambda r: replace(r, body=r.body.replace(b"<Quiet>true</Quiet>", b""))))),
        ("quiet-gone", wrong("Quiet deletes nothing", faults.nothing_if_quiet)),
        ("thousand-keys", wrong("at most 700 keys", faults.at_most(700))),
        ("thousand-keys", wrong("at most 999 keys", faults.at_most(999))),
        ("malformed-deletes-nothing", wrong("as far as it goes", faults.repaired)),
        ("malformed", wrong("200 for 400", empty_result("DeleteResult"))),
        ("malformed-code", wrong("another code",
            faults.another_code(b"MalformedXML", b"InvalidRequest"))),
    )
)  # fmt: skip
LINES: Final[tuple[Line, ...]] = (*PUT, *GET, *HEAD, *COPY, *DELETE, *DELETE_MANY)
