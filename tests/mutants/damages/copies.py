"""What can go wrong with the source of a copy, and with the range of it."""

from __future__ import annotations

import re
from typing import Final

from conformance.serve.http import Answer
from tests.mutants.assembling import edited_error
from tests.mutants.copying import (
    after_copies,
    as_its_source,
    emptied_by_itself,
    error_inside,
    existing_stays,
    first_part_only,
    header_with_copy,
    linked,
    metadata_kept,
    metadata_lost,
    named_etag_of_parts,
    of_no_bytes_missing,
    other_bytes,
    overwritten_with_source,
    own_bucket,
    range_as,
    refused_and_left,
    slash_refused,
    some_metadata,
    source_as,
    tags_lost,
)
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import another_status, edited, empty_result, headed, lenient, when
from tests.mutants.overwriting import of_source
from tests.mutants.preconditions import when_status

COPY: Final = "CopyObject/x-amz-copy-source"
PART: Final = "UploadPartCopy/x-amz-copy-source"
BOTH: Final = f"{COPY}|{PART}"
RANGE: Final = "UploadPartCopy/x-amz-copy-source-range"
CLASS: Final = "x-amz-storage-class"
SSE: Final = "x-amz-server-side-encryption"
DIRECTIVE: Final = "x-amz-metadata-directive"


def _last(value: str) -> int:
    return int(re.findall(r"\d+", value)[-1])


def _ends_behind(value: str) -> bool:
    return re.fullmatch(r"bytes=\d+-\d+", value) is not None


def _clamped(value: str, size: int) -> str:
    first = int(re.findall(r"\d+", value)[0])
    return f"bytes={first}-{min(_last(value), size - 1)}" if first < size else value


def _inside(value: str, size: int) -> str:
    first = int(re.findall(r"\d+", value)[0])
    return "bytes=0-9" if first >= size else value


def _shifted(value: str, _: int) -> str:
    first, last = (int(number) for number in re.findall(r"\d+", value))
    return f"bytes={first - 1}-{last - 1}" if first else value


def _one_more(value: str, _: int) -> str:
    return f"bytes={_last(value) - 1}-{_last(value)}"


LINES: Final[tuple[Line, ...]] = (
    (BOTH, shown_by("bytes", wrong("other bytes", other_bytes))),
    (BOTH, shown_by("result", wrong("an error inside a 200", error_inside))),
    (COPY, shown_by("missing-source", wrong("200 for 404",
        empty_result("CopyObjectResult", 404)))),
    (PART, shown_by("missing-source", wrong("200 for 404", empty_result("CopyPartResult", 404)))),
    (BOTH, shown_by("missing-source-code", wrong("another code", when_status(
        404, lambda a: type(a)(status=404, headers=a.headers,
                               body=a.body.replace(b"NoSuchKey", b"NotFound")))))),
    (COPY, shown_by("missing-bucket", wrong("another code of a bucket", when_status(
        404, lambda a: type(a)(status=404, headers=a.headers,
                               body=a.body.replace(b"NoSuchBucket", b"NoSuchKey")))))),
    (COPY, shown_by("nothing-left", wrong("404, and an object left", refused_and_left))),
    (BOTH, shown_by("result", wrong("another root",
        edited(rb"Copy(Object|Part)Result", rb"Copy\1Response")))),
    (BOTH, shown_by("result-etag", wrong("a random ETag",
        edited(rb"<ETag>[^<]*</ETag>", b'<ETag>"0123456789abcdef0123456789abcdef"</ETag>')))),
    (BOTH, shown_by("result-date", wrong("no date",
        edited(rb"<LastModified>[^<]*</LastModified>", b"")))),
    (COPY, shown_by("headers-carried", wrong("metadata lost", metadata_lost))),
    (COPY, shown_by("tags-carried", wrong("tags lost", tags_lost))),
    (COPY, shown_by("other-bucket", wrong("its own bucket", own_bucket))),
    (PART, shown_by("two-sources", wrong("its own bucket", own_bucket))),
    (COPY, shown_by("source-deleted", anywhere("deleted with its source", linked))),
    (COPY, shown_by("encoded-key", wrong("+ for a space",
        source_as(lambda v: v.replace("%2B", "%20"))))),
    (COPY, shown_by("encoded-key", wrong("not UTF-8",
        source_as(lambda v: v.replace("%C3%A9", "%E9"))))),
    (PART, shown_by("two-sources", wrong("+ for a space",
        source_as(lambda v: v.replace("%2B", "%20"))))),
    (COPY, shown_by("percent-key", wrong("decoded twice",
        source_as(lambda v: v.replace("%2541", "%41"))))),
    (COPY, shown_by("percent-key", wrong("not decoded",
        source_as(lambda v: v.replace("%25", "%2525"))))),
    (COPY, shown_by("replaces", wrong("an object stays", existing_stays))),
    (COPY, shown_by("replaces", wrong("metadata of the object before", metadata_kept))),
    (COPY, shown_by("several-parts", wrong("the first part only", first_part_only))),
    (COPY, shown_by("onto-itself", wrong("emptied by itself", emptied_by_itself))),
    (COPY, shown_by("leading-slash", wrong("a slash is refused", slash_refused))),
    (COPY, shown_by("source-version", wrong("the latest version",
        source_as(lambda v: v.partition("?")[0])))),
    (COPY, shown_by("source-without-key", wrong("200 for a bucket's name", when(
        lambda r: "/" not in (r.header("x-amz-copy-source") or "").strip("/"),
        another_status(400, 200, b"<CopyObjectResult/>"))))),
    (COPY, shown_by("encoded-key", wrong("a question mark begins a query",
        source_as(lambda v: v.replace("%3F", "?"))))),
    *(("CopyObject", shown_by(check, damage)) for check, damage in (
        ("empty-source", wrong("nothing cannot be copied", of_no_bytes_missing)),
        ("metadata", anywhere("values are cut off at a comma", after_copies(
            headed("x-amz-meta-of-source", lambda v: v.partition(",")[0])))),
        ("result-last-modified", wrong("the epoch in the result", edited(
            b"<LastModified>[^<]*", b"<LastModified>1970-01-01T00:00:00.000Z"))),
        ("last-modified", anywhere("the date of its source", of_source("Last-Modified"))),
        ("etag-of-two-parts", anywhere("the ETag of its source", named_etag_of_parts)),
        ("same-etag", anywhere("an ETag of its own", after_copies(headed("ETag", '"0"')))),
        ("metadata", wrong("Content-Type and x-amz-meta- alone", some_metadata)),
        *(("metadata", anywhere(f"{name} is lost", after_copies(headed(name, None))))
          for name in ("Content-Disposition", "Content-Language", "Expires")),
        ("checksum", anywhere("the source's checksum is lost", after_copies(
            headed("x-amz-checksum-crc32", None)))),
        ("content-encoding", anywhere("Content-Encoding is lost", after_copies(
            headed("Content-Encoding", None)))),
        ("outlives-source", anywhere("overwritten with its source", overwritten_with_source)),
        ("missing-bucket", wrong("NoSuchKey for a bucket", edited_error(
            b"NoSuchBucket", b"NoSuchKey"))),
        ("missing-bucket", wrong("200 to nowhere", empty_result("CopyObjectResult", 404))),
    )),
    (f"CopyObject/{CLASS}", shown_by("not-the-source-s", anywhere("the class of its source",
        as_its_source(CLASS)))),
    ("CopyObject/(STANDARD_IA|ONEZ.*|INTELL.*|GLACIER_IR|REDUCED.*)", shown_by("metadata",
        wrong("a class, and no metadata", metadata_lost))),
    (f"CopyObject/{CLASS}", shown_by("onto-itself", wrong("onto itself without effect", when(
        lambda r: (r.header("x-amz-copy-source") or "").lstrip("/") == r.path.lstrip("/"),
        lambda r, b: Answer(status=200, body=b"<CopyObjectResult/>"))))),
    (f"CopyObject/{SSE}", shown_by("metadata", wrong("encrypted, and no metadata",
        metadata_lost))),
    *((f"CopyObject/{DIRECTIVE}", shown_by(check, damage)) for check, damage in (
        ("invalid", wrong("any directive", lenient(DIRECTIVE))),
        ("copy-ignores-headers", anywhere("the request's headers with COPY",
            header_with_copy("Content-Language"))),
        ("onto-itself-unchanged", anywhere("nothing to change is done", when(
            lambda r: r.header("x-amz-copy-source") is not None and r.header(DIRECTIVE) is None,
            another_status(400, 200, b"<CopyObjectResult/>")))),
    )),
    (RANGE, shown_by("middle", wrong("off by one",
        range_as(_ends_behind, _shifted)))),
    (RANGE, shown_by("from-the-start", wrong("0 for none",
        range_as(lambda v: re.fullmatch(r"bytes=0-\d+", v) is not None, lambda *_: None)))),
    (RANGE, shown_by("last-byte", wrong("two bytes for one",
        range_as(lambda v: len(set(re.findall(r"\d+", v))) == 1, _one_more)))),
    (RANGE, shown_by("open-end", wrong("no end is the end",
        range_as(lambda v: v.endswith("-"), lambda v, size: f"{v}{size - 1}")))),
    (RANGE, shown_by("no-unit", wrong("without a unit",
        range_as(lambda v: "=" not in v, lambda v, _: f"bytes={v}")))),
    (RANGE, shown_by("start-beyond-object", wrong("some bytes for none",
        range_as(_ends_behind, _inside)))),
    (RANGE, shown_by("end-beyond-object", wrong("cut silently",
        range_as(_ends_behind, _clamped)))),
    (RANGE, shown_by("reversed", wrong("turned round",
        range_as(lambda v: v == "bytes=9-0", lambda *_: "bytes=0-9")))),
)  # fmt: skip
