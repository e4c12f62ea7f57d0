"""What can go wrong with listings of uploads and of parts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.damages.damage import Line, or_ignored, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    answering,
    asking,
    edited,
    empty_result,
    inclusive,
    one_short,
    parameter,
    repeated,
    unsorted,
    when,
)
from tests.mutants.listing_faults import (
    added,
    asked,
    decoded,
    dropped,
    flipped,
    misread,
    missing,
    named,
    refusing,
    slash_first,
    sorted_by,
    taken_for,
    text_of,
)

PARTS: Final = "ListParts"
UPLOADS: Final = "ListMultipartUploads"
MARKERS: Final = "key-marker"


def _line(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, wrong(name, respond))


def _swapped(request: Request, behind: Behind) -> Answer:
    """The later of two dates stands first."""
    dates = rb"(<Initiated>[^<]*</Initiated>)(.*)(<Initiated>[^<]*</Initiated>)"

    def change(answer: Answer) -> Answer:
        found = re.search(dates, answer.body, re.DOTALL)
        if not found or found[1] >= found[3]:
            return answer
        return replace(answer, body=answer.body.replace(found[0], found[3] + found[2] + found[1]))

    return answering(change)(request, behind)


def _first_etag(request: Request, behind: Behind) -> Answer:
    """Of a part that was uploaded twice the first ETag is listed."""
    return edited(
        rb"(<PartNumber>2</PartNumber>(?:(?!</Part>).)*<ETag>)[^<]*|"
        rb"(<Part><ETag>)[^<]*(?=</ETag>(?:(?!</Part>).)*<PartNumber>2<)",
        rb"\1\2&quot;0&quot;",
    )(request, behind)


def _other_marker(request: Request, behind: Behind) -> Answer:
    """The marker is read as the id just before, if the server takes that."""
    answer = inclusive("upload-id-marker")(request, behind)
    return answer if answer.status < 400 else behind.ask(request.without("upload-id-marker"))


def _none_left(status: int) -> Respond:
    return another_status(status, 200, f"<{PARTS}Result></{PARTS}Result>".encode())


LINES: Final[tuple[Line, ...]] = (
    _line(PARTS, "parts", "one short", one_short("Part")),
    _line(PARTS, "sizes", "another size", edited(rb"<Size>\d+<", b"<Size>1<")),
    _line(PARTS, "etags", "another ETag", edited(rb"<ETag>[^<]*<", b"<ETag>0<")),
    _line(PARTS, "order", "not in order", unsorted("Part")),
    _line(PARTS, "order", "in the order of digits", sorted_by("Part", str)),
    _line(PARTS, "order", "one twice", repeated("Part")),
    _line(PARTS, "replaced-part", "the first ETag", _first_etag),
    _line(PARTS, "dates", "no date", missing("LastModified")),
    _line(PARTS, "root", "another root", edited(rb"ListPartsRes\w+", b"ListOfParts")),
    _line(PARTS, "bucket-name", "no Bucket", missing("Bucket")),
    _line(PARTS, "key", "no Key", missing("Key")),
    _line(PARTS, "upload-id", "another id", text_of("UploadId", "x")),
    _line(PARTS, "is-truncated", "truncated though whole", flipped("false", "true")),
    _line(PARTS, "default-max-parts", "10000", text_of("MaxParts", "10000")),
    _line(PARTS, "storage-class", "another class", text_of("StorageClass", "GLACIER")),
    _line(PARTS, "owner", "no owner", edited(rb"<Owner>.*?</Owner>", b"")),
    _line(PARTS, "no-parts", "404 without parts", answering(
        lambda a: a if b"<Part>" in a.body else replace(a, status=404, body=b""), 200)),
    _line(PARTS, "after-completion", "no parts and no 404", _none_left(404)),
    _line(PARTS, "after-abortion", "no parts and no 404", _none_left(404)),
    _line(PARTS, "other-key", "no parts and no 404", _none_left(404)),
    _line(PARTS, "error-code", "NoSuchKey", answering(lambda _: error(404, "NoSuchKey"), 404)),
    _line(PARTS, "with-checksums", "500 of checksums", answering(
        lambda a: replace(a, status=500, body=b"") if b"<Checksum" in a.body else a)),
    _line(PARTS, "checksum", "no checksum", missing("ChecksumCRC32")),
    (f"{PARTS}/max-parts", wrong("one short", one_short("Part"))),
    _line(f"{PARTS}/max-parts", "page", "one more", parameter("max-parts",
        lambda v: str(int(v) + 1) if v.isdigit() else v)),
    _line(f"{PARTS}/max-parts", "truncated", "not said to be truncated", flipped("true", "false")),
    _line(f"{PARTS}/max-parts", "next-part-number-marker", "another marker",
        text_of("NextPartNumberMarker", "9")),
    _line(f"{PARTS}/max-parts", "pages", "no marker", missing("NextPartNumberMarker")),
    _line(f"{PARTS}/max-parts", "pages", "the same marker", text_of("NextPartNumberMarker", "1")),
    _line(f"{PARTS}/max-parts", "echo", "1000", text_of("MaxParts", "1000")),
    _line(f"{PARTS}/max-parts", "exact", "more where there is none", flipped("false", "true")),
    _line(f"{PARTS}/max-parts", "first-parts", "the first left out",
        when(named("max-parts", "2"), asking(lambda r: replace(
            r, target=f"{r.target}&part-number-marker=1")))),
    _line(f"{PARTS}/max-parts", "beyond-thousand", "400", refusing(named("max-parts", "2000"))),
    _line(f"{PARTS}/max-parts", "zero", "0 is none", dropped("max-parts", named("max-parts", "0"))),
    _line(f"{PARTS}/max-parts", "negative", "served", taken_for("max-parts", "-1", "9")),
    _line(f"{PARTS}/max-parts", "not-a-number", "served", taken_for("max-parts", "two", "9")),
    _line(f"{PARTS}/part-number-marker", "after-a-part", "one short", one_short("Part")),
    _line(f"{PARTS}/part-number-marker", "after-a-part", "itself too",
        parameter("part-number-marker", lambda v: str(int(v) - 1) if v.isdigit() else v)),
    _line(f"{PARTS}/part-number-marker", "after-no-part", "no part, no marker",
        dropped("part-number-marker", named("part-number-marker", "3"))),
    _line(f"{PARTS}/part-number-marker", "after-no-part", "compared by digits",
        misread("part-number-marker", "^3$", "10")),
    _line(f"{PARTS}/part-number-marker", "after-the-last", "the first again",
        dropped("part-number-marker", named("part-number-marker", "10"))),
    _line(f"{PARTS}/part-number-marker", "from-zero", "nothing after 0",
        misread("part-number-marker", "^0$", "10")),
    _line(f"{PARTS}/part-number-marker", "echo", "0",
        edited(rb"<PartNumberMarker>[^<]*<", b"<PartNumberMarker>0<")),
    _line(f"{PARTS}/part-number-marker", "not-a-number", "served",
        taken_for("part-number-marker", "two", "0")),
    # Uploads.
    _line(UPLOADS, "listed", "not listed", one_short("Upload")),
    _line(UPLOADS, "aborted", "another id",
        text_of("UploadId", "bm9uZQ", first=False)),
    _line(UPLOADS, "root", "another root", edited(rb"ListMultipartUploadsResult", b"Uploads")),
    _line(UPLOADS, "order", "not in order", unsorted("Upload")),
    _line(UPLOADS, "order", "a slash sorts first", sorted_by("Upload", slash_first)),
    _line(UPLOADS, "order", "case does not count", sorted_by("Upload", str.lower)),
    _line(UPLOADS, "order-of-one-key", "the later first", _swapped),
    _line(UPLOADS, "dates", "no date", missing("Initiated")),
    _line(UPLOADS, "bucket-name", "no Bucket", missing("Bucket")),
    _line(UPLOADS, "is-truncated", "truncated though whole", flipped("false", "true")),
    _line(UPLOADS, "no-common-prefixes", "prefixes without delimiter",
        added("<CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes>")),
    _line(UPLOADS, "missing-bucket", "200 for 404", empty_result(f"{UPLOADS}Result", 404)),
    _line(UPLOADS, "default-max-uploads", "10000", text_of("MaxUploads", "10000")),
    _line(UPLOADS, "storage-class", "another class",
        text_of("StorageClass", "GLACIER", first=False)),
    _line(UPLOADS, "owner", "no owner", edited(rb"<Owner>.*?</Owner>", b"")),
    _line(f"{UPLOADS}/prefix", "folder", "one short", one_short("Upload")),
    _line(f"{UPLOADS}/prefix", "part-of-a-name", "a folder's name only",
        misread("prefix", "%2Fa$", "%2Fa%2F")),
    _line(f"{UPLOADS}/prefix", "whole-key", "not the key itself",
        misread("prefix", "bee$", "bee.")),
    _line(f"{UPLOADS}/prefix", "no-key", "the folder above", misread("prefix", "nothing$", "")),
    _line(f"{UPLOADS}/prefix", "echo", "no Prefix", missing("Prefix")),
    _line(f"{UPLOADS}/delimiter", "rest", "one short", one_short("Upload")),
    _line(f"{UPLOADS}/encoding-type", "key-marker", "KeyMarker not encoded",
        decoded("<KeyMarker>([^<]*)<")),
    _line(f"{UPLOADS}/encoding-type", "next-key-marker", "NextKeyMarker not encoded",
        decoded("<NextKeyMarker>([^<]*)<")),
    _line(f"{UPLOADS}/key-marker", "after-a-key", "one short", one_short("Upload")),
    _line(f"{UPLOADS}/key-marker", "after-a-key", "itself too", inclusive(MARKERS)),
    _line(f"{UPLOADS}/key-marker", "after-no-key", "no key, no marker",
        misread(MARKERS, "^.*%2F10$", "")),
    _line(f"{UPLOADS}/key-marker", "after-the-last", "the first again",
        misread(MARKERS, "^.*bee$", "")),
    _line(f"{UPLOADS}/key-marker", "within-prefix", "prefix forgotten",
        asking(lambda r: r.without("prefix"))),
    _line(f"{UPLOADS}/key-marker", "with-delimiter", "not beside a delimiter",
        dropped(MARKERS, asked("delimiter"))),
    _line(f"{UPLOADS}/key-marker", "echo", "no KeyMarker", missing("KeyMarker")),
    (f"{UPLOADS}/max-uploads", wrong("one short", one_short("Upload"))),
    _line(f"{UPLOADS}/max-uploads", "truncated", "not said to be truncated",
        flipped("true", "false")),
    _line(f"{UPLOADS}/max-uploads", "next-upload-id-marker", "no upload's id",
        text_of("NextUploadIdMarker", "x")),
    _line(f"{UPLOADS}/max-uploads", "next-key-marker", "no NextKeyMarker",
        missing("NextKeyMarker")),
    _line(f"{UPLOADS}/max-uploads", "pages", "no NextKeyMarker", missing("NextKeyMarker")),
    _line(f"{UPLOADS}/max-uploads", "pages-of-one-key", "no NextUploadIdMarker",
        missing("NextUploadIdMarker")),
    _line(f"{UPLOADS}/max-uploads", "echo", "10000", text_of("MaxUploads", "10000")),
    _line(f"{UPLOADS}/max-uploads", "exact", "more where there is none", flipped("false", "true")),
    _line(f"{UPLOADS}/max-uploads", "negative", "served", taken_for("max-uploads", "-1", "9")),
    _line(f"{UPLOADS}/max-uploads", "not-a-number", "served", taken_for("max-uploads", "two", "9")),
    (f"{UPLOADS}/upload-id-marker", or_ignored(
        "the marker of one, read as the other's, is no different from none",
        wrong("itself too", _other_marker))),
    _line(f"{UPLOADS}/upload-id-marker", "echo", "no UploadIdMarker", missing("UploadIdMarker")),
    _line(f"{UPLOADS}/upload-id-marker", "alone", "nothing without a key-marker",
        when(lambda r: MARKERS not in r.parameters, one_short("Upload"))),
    _line(f"{UPLOADS}/upload-id-marker", "right-one", "the first again", edited(
        rb"<Upload>.*</Upload>", b"<Upload><Key>x</Key><UploadId>x</UploadId></Upload>")),
)  # fmt: skip
