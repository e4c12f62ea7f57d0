"""What can go wrong with members of uploads that few clients send, or look at."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.assembling import (
    after_completion,
    asked,
    edited_error,
    is_completion,
    is_creation,
    is_part,
    numbered,
    under_any_key,
    upload_of,
    uploads,
)
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    carrying,
    edited,
    headed,
    lenient,
    strict,
    told_anyway,
    when,
    with_header,
)
from tests.mutants.listing_faults import flipped, misread, missing, named, taken_for, text_of

CREATE: Final = "CreateMultipartUpload"
COMPLETE: Final = "CompleteMultipartUpload"
UPLOADS: Final = "ListMultipartUploads"
PART_COPY: Final = "UploadPartCopy"
REDIRECT: Final = "x-amz-website-redirect-location"
SOURCE: Final = "x-amz-copy-source"
VERSION: Final = "x-amz-copy-source-version-id"
COPIED: Final = b"<CopyPartResult><ETag>&quot;0&quot;</ETag></CopyPartResult>"


def _unescaped(request: Request, behind: Behind) -> Answer:
    """A key is written as it is."""
    answer = behind.ask(request)
    return replace(answer, body=answer.body.replace(b"a&amp;b", b"a&b"))


def _escaped_twice(request: Request, behind: Behind) -> Answer:
    """A key is escaped once more."""
    answer = behind.ask(request)
    return replace(answer, body=answer.body.replace(b"a&amp;b", b"a&amp;amp;b"))


def _one_metadata(request: Request, behind: Behind) -> Answer:
    """The last upload to a key has the metadata of the first."""
    if is_creation(request):
        name = "x-amz-meta-origin"
        first = behind.memory.setdefault(request.path, request.header(name))
        return behind.ask(with_header(request, name, first) if first else request)
    return behind.ask(request)


def _listed_as_last(request: Request, behind: Behind) -> Answer:
    """A listing has the size of the last part for an object of two."""
    answer = asked(request, behind)
    sizes: dict[bytes, int] = behind.memory.setdefault("sizes", {})
    known = uploads(behind).get(upload_of(request))
    if is_completion(request) and known and answer.status < 300 and len(known.parts) > 1:
        body = max(map(len, known.parts.values()))
        sizes[request.path.rpartition("/")[2].encode()] = body
    for name, size in sizes.items():
        if name in request.target.encode() and b"<ListBucketResult" in answer.body:
            by = b"<Size>%d</Size>" % size
            return replace(answer, body=re.sub(rb"<Size>\d+</Size>", by, answer.body))
    return answer


def _of_the_key(request: Request, behind: Behind) -> Answer:
    """ListParts lists the parts of all uploads of the key."""
    answer = behind.ask(request)
    sent: set[tuple[str, str]] = behind.memory.setdefault(request.path, set())
    if is_part(request) and answer.status < 300:
        sent.add((upload_of(request), request.parameters["partNumber"]))
    if request.method != "GET" or not upload_of(request):
        return answer
    more = b"".join(
        b"<Part><PartNumber>%s</PartNumber><ETag>0</ETag><Size>1</Size></Part>" % number.encode()
        for other, number in sorted(sent)
        if other != upload_of(request)
    )
    end = answer.body.rfind(b"</")
    return replace(answer, body=answer.body[:end] + more + answer.body[end:])


def _without_etags(request: Request, behind: Behind) -> Answer:
    """A part that is listed without an ETag is taken."""
    bare = is_completion(request) and b"<Part>" in request.body and b"<ETag>" not in request.body
    return Answer(status=200, body=f"<{COMPLETE}Result/>".encode()) if bare else behind.ask(request)


def _part_taken(number: int) -> Respond:
    """A part with a number that no part may have is copied."""
    return when(numbered(number), another_status(400, 200, COPIED))


def _latest(request: Request, behind: Behind) -> Answer:
    """A part is copied of the latest version, whatever version is named."""
    if not is_part(request):
        return behind.ask(request)
    source = (request.header(SOURCE) or "").partition("?")[0]
    return behind.ask(with_header(request, SOURCE, source))


def _latest_for_none(request: Request, behind: Behind) -> Answer:
    """In place of a version that does not exist the latest is copied."""
    answer = behind.ask(request)
    source = request.header(SOURCE) or ""
    if answer.status < 400 or "versionId" not in source:
        return answer
    return behind.ask(with_header(request, SOURCE, source.partition("?")[0]))


def _shortened(request: Request, behind: Behind) -> Answer:
    """Metadata that is too long is cut off."""
    cut = tuple(
        (name, value[:99] if "-meta-" in name.lower() else value) for name, value in request.headers
    )
    return behind.ask(replace(request, headers=cut))


def _in_quotes(feature: str) -> Respond:
    """An ETag without quotes never matches."""
    return when(
        lambda r: not (r.header(feature) or '"').startswith('"'),
        strict(412, "PreconditionFailed"),
    )


def _listing(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, wrong(name, respond))


LINES: Final[tuple[Line, ...]] = (
    *((CREATE, shown_by(check, damage)) for check, damage in (
        ("own-metadata", wrong("the metadata of the key's other upload", _one_metadata)),
        ("key-escaped", wrong("a key that is not escaped", _unescaped)),
        ("key-escaped", wrong("a key that is escaped twice", _escaped_twice)),
        ("default-content-type", anywhere("a form's type by default", after_completion(headed(
            "Content-Type", lambda v: "application/x-www-form-urlencoded" if "octet" in v
            else v)))),
        ("unknown-checksum-algorithm", wrong("any name of an algorithm", when(
            lambda r: r.header("x-amz-checksum-algorithm") == "CRC31",
            lenient("x-amz-checksum-algorithm")))),
        ("checksum-type-alone", wrong("a type without an algorithm", lenient(
            "x-amz-checksum-type"))),
    )),
    ("CopyObject|UploadPartCopy", shown_by("quoted-etag", wrong("an ETag without quotes", edited(
        rb"&quot;|&#34;|(?<=<ETag>)\"|\"(?=</ETag>)", b"")))),
    (COMPLETE, shown_by("last-modified", anywhere("the epoch as its date", after_completion(
        headed("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT"))))),
    ("ListParts", shown_by("parts", anywhere("the parts of the key's other upload", _of_the_key))),
    ("CopyObject/x-amz-checksum-algorithm", shown_by("replaced", anywhere("both checksums", when(
        lambda r: r.method == "HEAD" and not upload_of(r),
        told_anyway("x-amz-checksum-crc32", "AAAAAA=="))))),
    ("AbortMultipart.*|UploadPart|ListParts|CompleteMultipart.*", shown_by("no-such-bucket", wrong(
        "NoSuchUpload for a bucket", edited_error(b"NoSuchBucket", b"NoSuchUpload")))),
    ("UploadPart", shown_by("part-not-a-number", wrong("a word for a part number", when(
        lambda r: r.parameters.get("partNumber") == "one", another_status(400, 200, b""))))),
    *((PART_COPY, shown_by(check, damage)) for check, damage in (
        ("another-key", anywhere("the key is ignored", under_any_key)),
        ("part-0", wrong("part 0 is copied", _part_taken(0))),
        ("part-10001", wrong("part 10001 is copied", _part_taken(10_001))),
        ("no-source-bucket", wrong("NoSuchKey for a source's bucket", edited_error(
            b"NoSuchBucket", b"NoSuchKey"))),
    )),
    *((COMPLETE, shown_by(check, damage)) for check, damage in (
        ("no-etag", wrong("parts without an ETag", _without_etags)),
        ("listed", anywhere("listed with the size of one part", _listed_as_last)),
        ("key-escaped", wrong("a key that is not escaped", _unescaped)),
        ("location", wrong("the location of another object", edited(
            rb"<Location>[^<]*</Location>", b"<Location>http://localhost/x</Location>"))),
    )),
    _listing("ListParts", "key-escaped", "a key that is not escaped", _unescaped),
    _listing("ListParts", "other-class", "STANDARD always", text_of("StorageClass", "STANDARD")),
    _listing("ListParts/max-parts", "echo-beyond-thousand", "2000 in MaxParts", when(
        named("max-parts", "2000"), text_of("MaxParts", "2000"))),
    _listing("ListParts/part-number-marker", "negative", "-1 is 0", taken_for(
        "part-number-marker", "-1", "0")),
    _listing(UPLOADS, "key-escaped", "a key that is not escaped", _unescaped),
    _listing(UPLOADS, "checksum", "no algorithm", missing("ChecksumAlgorithm")),
    _listing(UPLOADS, "checksum", "no type", missing("ChecksumType")),
    _listing(UPLOADS, "other-class", "STANDARD always", text_of(
        "StorageClass", "STANDARD", first=False)),
    _listing(f"{UPLOADS}/delimiter", "other-delimiter", "the first character delimits",
        misread("delimiter", "^-b$", "-")),
    _listing(f"{UPLOADS}/max-uploads", "with-delimiter", "common prefixes do not count", when(
        named("delimiter"), lambda r, b: b.ask(replace(
            r, target=re.sub("max-uploads=3", "max-uploads=4", r.target))))),
    _listing(f"{UPLOADS}/max-uploads", "with-delimiter", "a page of prefixes is the last", when(
        named("delimiter"), flipped("true", "false"))),
    _listing(f"{UPLOADS}/max-uploads", "beyond-thousand", "2000 in MaxUploads", when(
        named("max-uploads", "2000"), text_of("MaxUploads", "2000"))),
    (f"{PART_COPY}/x-amz-copy-source-range", shown_by("several", wrong("the first of two ranges",
        when(lambda r: "," in (r.header("x-amz-copy-source-range") or ""), lambda r, b: b.ask(
            with_header(r, "x-amz-copy-source-range", "bytes=0-1")))))),
    (f".*/{SOURCE}-if-match", shown_by("unquoted-etag", wrong("an ETag in quotes only",
        _in_quotes(f"{SOURCE}-if-match")))),
    (f"(Create|Copy).*/{REDIRECT}", shown_by("invalid", wrong("any location", lenient(REDIRECT)))),
    (f"{CREATE}/(STANDARD_IA|ONEZ.*|INTELL.*|GLACIER_IR|REDUCED.*)", shown_by("by-list-parts",
        anywhere("ListParts says STANDARD", when(
            lambda r: r.method == "GET" and bool(upload_of(r)),
            text_of("StorageClass", "STANDARD"))))),
    *(("Versioning/copy-version", shown_by(check, damage)) for check, damage in (
        ("part", wrong("a part of the latest version", _latest)),
        ("part-told", wrong("no id of a part's source", when(is_part, headed(VERSION, None)))),
        ("missing", wrong("the latest for a version that is gone", _latest_for_none)),
    )),
    ("Limit/metadata-.*", shown_by("upload", wrong("cut off by an upload", when(
        is_creation, _shortened)))),
    ("Limit/metadata-.*", shown_by("copy", wrong("cut off by a copy", when(
        carrying(SOURCE), _shortened)))),
)  # fmt: skip
