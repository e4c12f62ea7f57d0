"""What can go wrong with listings of objects."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    answering,
    asking,
    edited,
    empty_result,
    headed,
    inclusive,
    one_short,
    parameter,
    repeated,
    unsorted,
    when,
)
from tests.mutants.listing_faults import (
    added,
    as_utf_16,
    asked,
    decoded,
    dropped,
    first_skipped,
    flipped,
    misread,
    missing,
    named,
    once_only,
    refusing,
    same_token,
    shared_by_buckets,
    slash_first,
    sorted_by,
    taken_for,
    text_of,
)

BASE: Final = "ListObjects(V2)?"
PREFIX: Final = "<CommonPrefixes><Prefix>{prefix}%s</Prefix></CommonPrefixes>"
TOP_PREFIX: Final = r"(?<!<CommonPrefixes>)<Prefix>([^<]*)</Prefix>"
COMMON: Final = r"<CommonPrefixes><Prefix>([^<]*)</Prefix>"
START: Final = "marker|start-after"


def _says_url(request: Request, behind: Behind) -> Answer:
    """EncodingType says url, and the keys are as they are."""
    return answering(
        lambda a: replace(
            a,
            body=re.sub(
                rb"(<Prefix ?/?>)", rb"<EncodingType>url</EncodingType>\1", a.body, count=1
            ),
        )
    )(request.without("encoding-type"), behind)


def _line(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, wrong(name, respond))


def _everywhere(row: str, check: str, name: str, respond: Respond) -> Line:
    return row, shown_by(check, anywhere(name, respond))


def _start(row: str, check: str, name: str, by: str, value: str) -> Line:
    """A marker whose value matches is read as another."""

    def respond(request: Request, behind: Behind) -> Answer:
        flag = "start-after" if "start-after" in request.parameters else "marker"
        return misread(flag, value, by)(request, behind)

    return _line(row, check, name, respond)


def _itself(request: Request, behind: Behind) -> Answer:
    """A marker lists what it names as well."""
    flag = "start-after" if "start-after" in request.parameters else "marker"
    return inclusive(flag)(request, behind)


def _no_body(request: Request, behind: Behind) -> Answer:
    """404 without a body."""
    return another_status(404, 404, b"")(request, behind)


LINES: Final[tuple[Line, ...]] = (
    _line(BASE, "entries", "one short", one_short("Contents")),
    _line(BASE, "order", "not in order", unsorted("Contents")),
    _line(BASE, "order", "one twice", repeated("Contents")),
    _line(BASE, "order", "a slash sorts first", sorted_by("Contents", slash_first)),
    _line(BASE, "order", "case does not count", sorted_by("Contents", str.lower)),
    _line(BASE, "wide-characters", "in the order of UTF-16", sorted_by("Contents", as_utf_16)),
    _line(BASE, "sizes", "another size", edited(rb"<Size>\d+<", b"<Size>1<")),
    _line(BASE, "object-of-parts", "size 0 of parts", edited(rb"<Size>\d{7,}<", b"<Size>0<")),
    _line(BASE, "replaced-object", "the size of the first",
        edited(rb"(/aB</Key>(?:(?!</Contents>).)*<Size>)\d+", rb"\g<1>48")),
    _line(BASE, "etags", "another ETag", edited(rb"<ETag>[^<]*<", b"<ETag>0<")),
    _line(BASE, "dates", "no date", missing("LastModified")),
    _line(BASE, "dates", "an HTTP date",
        text_of("LastModified", "Sat, 01 Dec 2040 16:00:00 GMT", first=False)),
    _line(BASE, "date-of-head", "another date",
        text_of("LastModified", "2001-01-01T00:00:00.000Z", first=False)),
    _line(BASE, "deleted-object", "one that was deleted",
        added("<Contents><Key>{prefix}gone/x</Key><Size>48</Size></Contents>")),
    _line(BASE, "storage-class", "another class", text_of("StorageClass", "GLACIER", first=False)),
    _line(BASE, "root", "another root", edited(rb"ListBucketResult", b"ListResult")),
    _line(BASE, "is-truncated", "truncated though whole", flipped("false", "true")),
    _line(BASE, "no-common-prefixes", "prefixes without delimiter", added(PREFIX % "b/")),
    _line(BASE, "bucket-name", "no Name", missing("Name")),
    _line(BASE, "odd-names", "escaped twice", edited(rb"&amp;", b"&amp;amp;")),
    _line(BASE, "nothing-found", "another bucket's keys", shared_by_buckets),
    _line(BASE, "missing-bucket", "200 for 404", empty_result("ListBucketResult", 404)),
    _line(BASE, "missing-bucket", "404 without a body", _no_body),
    _line(BASE, "missing-bucket", "404 with NoSuchKey",
        answering(lambda _: error(404, "NoSuchKey"), 404)),
    _line(BASE, "default-max-keys", "10000", text_of("MaxKeys", "10000")),
    _line(BASE, "media-type", "text/plain", headed("Content-Type", "text/plain")),
    _line("ListObjects", "owner", "no owner", edited(rb"<Owner>.*?</Owner>", b"")),
    _line("ListObjectsV2(/list-type)?", "key-count", "another count", text_of("KeyCount", "999")),
    _line("ListObjectsV2/list-type", "no-marker", "a Marker", added("<Marker>x</Marker>")),
    _line("ListObjectsV2/(list-type|max-keys)", "next-token", "no token",
        missing("NextContinuationToken")),
    _line("ListObjectsV2/list-type", "no-next-marker", "a NextMarker",
        added("<NextMarker>x</NextMarker>")),
    _line("ListObjectsV2/list-type", "no-owner", "an Owner",
        added("<Owner><ID>x</ID></Owner>", "Contents")),
    _line("ListObjectsV2/fetch-owner", "owners", "one owner",
        edited(rb"(<Owner>.*?</Owner>.*)<Owner>.*?</Owner>", rb"\1")),
    _line("ListObjectsV2/fetch-owner", "asked-not-to", "false is true",
        parameter("fetch-owner", lambda _: "true")),
    _line("ListObjectsV2/fetch-owner", "same-keys", "one short", one_short("Contents")),
    # encoding-type.
    _line("List.*/encoding-type", "encoding-type", "EncodingType is missing",
        missing("EncodingType")),
    _line("List.*/encoding-type", "key", "only EncodingType", _says_url),
    _line("List.*/encoding-type", "prefix", "Prefix not encoded", decoded(TOP_PREFIX)),
    _line("List.*/encoding-type", "common-prefixes", "CommonPrefixes not encoded",
        decoded(COMMON)),
    _line("List.*/encoding-type", "delimiter", "Delimiter not encoded",
        decoded("<Delimiter>([^<]*)<")),
    _line(f"{BASE}/encoding-type", "odd-names", "encoded twice", edited(rb"%", b"%25")),
    _line("ListObjects/encoding-type", "start", "Marker not encoded",
        decoded("<Marker>([^<]*)<")),
    _line("ListObjectsV2/encoding-type", "start", "StartAfter not encoded",
        decoded("<StartAfter>([^<]*)<")),
    _line("ListObjects/encoding-type", "next-marker", "NextMarker not encoded",
        decoded("<NextMarker>([^<]*)<")),
    _line("List.*/encoding-type", "other-value", "any value is none",
        taken_for("encoding-type", "xml", "url")),
    _everywhere(f"{BASE}/encoding-type", "unasked", "EncodingType always",
        when(asked("prefix="), added("<EncodingType>url</EncodingType>"))),
    # prefix.
    _line(f"{BASE}/prefix", "folder", "one short", one_short("Contents")),
    _line(f"{BASE}/prefix", "part-of-a-name", "a folder's name only",
        misread("prefix", "/b$|%2Fb$", "%2Fb%2F")),
    _line(f"{BASE}/prefix", "part-of-a-name", "case does not count", lambda r, b: added(
        "<Contents><Key>{prefix}</Key></Contents>")(r, b) if r.target.endswith("%2Fb")
        or "%2Fb&" in r.target else b.ask(r)),
    _line(f"{BASE}/prefix", "whole-key", "not the key itself",
        misread("prefix", "a0$", "a0.")),
    _line(f"{BASE}/prefix", "odd-letters", "encoded twice",
        misread("prefix", "%C3%A4", "%25C3%25A4")),
    _line(f"{BASE}/prefix", "echo", "no Prefix", missing("Prefix")),
    _line(f"{BASE}/prefix", "echo", "the folder in Prefix", text_of("Prefix", "a/")),
    # delimiter.
    _line("List.*/delimiter", "folders", "one prefix twice", repeated("CommonPrefixes")),
    _line("List.*/delimiter", "folders", "no prefix",
        edited(rb"<CommonPrefixes>.*?</CommonPrefixes>", b"")),
    _line(f"{BASE}/delimiter", "rest", "one short", one_short("Contents")),
    _line(f"{BASE}/delimiter", "order", "not in order", unsorted("CommonPrefixes")),
    _line(f"{BASE}/delimiter", "order", "a slash sorts first",
        sorted_by("CommonPrefixes", slash_first)),
    _line(f"{BASE}/delimiter", "deleted", "a folder without an object", added(PREFIX % "gone/")),
    _line("List.*/delimiter", "other-delimiter", "only a slash",
        dropped("delimiter", named("delimiter", "-"))),
    _line(f"{BASE}/delimiter", "several-characters", "the first of them",
        misread("delimiter", "%2Fx", "%2F")),
    _line("List.*/delimiter", "inside-a-folder", "the folder itself",
        when(named("prefix", "[^&]*a%2F"), added(PREFIX % ""))),
    _line(f"{BASE}/delimiter", "part-of-a-name", "a folder's name only",
        misread("prefix", "%2Fa$", "%2Fa%2F")),
    _line(f"{BASE}/delimiter", "echo", "no Delimiter", missing("Delimiter")),
    _line("ListMultipartUploads/delimiter", "echo", "no Delimiter", missing("Delimiter")),
    _line(f"{BASE}/delimiter", "is-truncated", "truncated though whole",
        when(lambda r: "max-keys" not in r.parameters, flipped("false", "true"))),
    _line("ListObjectsV2/delimiter", "key-count", "0 with a delimiter", text_of("KeyCount", "0")),
    _line("ListObjectsV2/delimiter", "key-count", "prefixes not counted", text_of("KeyCount", "7")),
    _line("ListObjects/delimiter", "next-marker", "no NextMarker", missing("NextMarker")),
    _line("ListObjectsV2/delimiter", "pages", "the same token again", same_token),
    _line("ListObjects/delimiter", "pages", "the common prefix again",
        misread("marker", "%2F$", ".~")),
    _line(f"{BASE}/delimiter", "pages", "truncated, not said", flipped("true", "false")),
    # max-keys.
    _line(f"{BASE}/max-keys", "page", "one more", parameter("max-keys",
        lambda v: str(int(v) + 1) if v.isdigit() and v != "2000" else v)),
    _line(f"{BASE}/max-keys", "page", "one short", one_short("Contents")),
    _line(f"{BASE}/max-keys", "first-keys", "the first left out",
        when(named("max-keys", "2"), first_skipped("Contents", "max-keys"))),
    _line(f"{BASE}/max-keys", "truncated", "not said to be truncated", flipped("true", "false")),
    _line(f"{BASE}/max-keys", "echo", "1000", text_of("MaxKeys", "1000")),
    _line(f"{BASE}/max-keys", "one", "at least two", misread("max-keys", "^1$", "2")),
    _line(f"{BASE}/max-keys", "zero", "0 is none", dropped("max-keys", named("max-keys", "0"))),
    _line(f"{BASE}/max-keys", "exact", "more where there is none", flipped("false", "true")),
    _line(f"{BASE}/max-keys", "beyond-thousand", "400", refusing(named("max-keys", "2000"))),
    _line(f"{BASE}/max-keys", "beyond-thousand-echo", "2000",
        when(named("max-keys", "2000"), text_of("MaxKeys", "2000"))),
    _line(f"{BASE}/max-keys", "with-delimiter", "not beside a delimiter",
        dropped("max-keys", asked("delimiter"))),
    _line(f"{BASE}/max-keys", "zero-truncated", "more after nothing",
        when(named("max-keys", "0"), flipped("false", "true"))),
    _line(f"{BASE}/max-keys", "negative", "served", taken_for("max-keys", "-1", "1000")),
    _line(f"{BASE}/max-keys", "not-a-number", "served", taken_for("max-keys", "two", "1000")),
    _line("ListObjectsV2/(max-keys|continuation-token)", "key-count", "another count",
        text_of("KeyCount", "999")),
    # marker and start-after.
    _line(f"{BASE}/({START})", "after-a-key", "itself too", _itself),
    _line(f"{BASE}/({START})", "after-a-key", "one short", one_short("Contents")),
    _start(f"{BASE}/({START})", "after-no-key", "no key, no marker", "", "^.*a1$"),
    _start(f"{BASE}/({START})", "after-the-last", "after the last the first", "", "^.*%C3%A9$"),
    _line(f"{BASE}/({START})", "within-prefix", "prefix forgotten",
        asking(lambda r: r.without("prefix"))),
    _line(f"{BASE}/({START})", "with-delimiter", "not beside a delimiter",
        when(asked("delimiter"), asking(lambda r: r.without("marker", "start-after")))),
    _line("ListObjects/marker", "after-a-common-prefix", "the common prefix again",
        misread("marker", "%2F$", ".~")),
    _line("ListObjectsV2/start-after", "pages", "again beside a token", when(
        asked("continuation-token"), asking(lambda r: r.without("continuation-token")))),
    _line("ListObjects/marker", "pages", "the page's last key again",
        when(asked("max-keys"), _itself)),
    _line("ListObjects/marker", "echo", "no Marker", missing("Marker")),
    _line("ListObjectsV2/start-after", "echo", "no StartAfter", missing("StartAfter")),
    # continuation-token.
    _line("ListObjectsV2/continuation-token", "pages", "one short", one_short("Contents")),
    _line("ListObjectsV2/continuation-token", "pages", "the same token again", same_token),
    _line("ListObjectsV2/continuation-token", "pages", "truncated, not said",
        flipped("true", "false")),
    _line("ListObjectsV2/continuation-token", "last-page", "a token on the last page",
        when(named("max-keys", "1000"),
            added("<NextContinuationToken>x</NextContinuationToken>"))),
    _line("ListObjectsV2/continuation-token", "within-prefix", "prefix forgotten",
        asking(lambda r: r.without("prefix"))),
    _line("ListObjectsV2/continuation-token", "echo", "no ContinuationToken",
        missing("ContinuationToken")),
    _line("ListObjectsV2/continuation-token", "twice", "a token works once",
        once_only("continuation-token")),
    _line("ListObjectsV2/continuation-token", "no-token", "served",
        lambda r, b: b.ask(r.without("continuation-token"))
        if "no%20token" in r.target else b.ask(r)),
)  # fmt: skip
