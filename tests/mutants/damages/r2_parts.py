"""What can go wrong with what R2's other pages promise of parts, HTTP, other origins and errors."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.assembling import is_completion, is_part, listed
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damages.errors import refusing
from tests.mutants.damages.r2_pages import carries, conditional, parameter, refused, served
from tests.mutants.damaging import (
    Behind,
    another_status,
    answering,
    edited,
    headed,
    one_short,
    reads,
    repeated,
    short,
    strict,
    told_anyway,
    when,
)

ALLOWED: Final = "Access-Control-Allow-Origin"
HTTP: Final = "HTTP"
M: Final = "MultipartRules"


def _larger(request: Request) -> bool:
    return is_part(request) and len(request.body) > 5 * 2**20


def _torn(request: Request, behind: Behind) -> Answer:
    """An upload is completed, and the key holds something else."""
    answer = behind.ask(request)
    if answer.status >= 400:
        behind.ask(replace(request.without("uploadId", "If-None-Match"), method="PUT"))
    return answer


def _preflight(request: Request) -> bool:
    return request.method == "OPTIONS"


def _aborted_once(request: Request, behind: Behind) -> Answer:
    """An upload that is aborted is not known any more."""
    if request.method != "DELETE":
        return behind.ask(request)
    known = behind.memory.setdefault("aborted", set())
    if request.target in known:
        return error(404, "NoSuchUpload")
    known.add(request.target)
    return behind.ask(request)


LINES: Final[tuple[Line, ...]] = (
    # Parts.
    (f"{M}/(equal-parts|last-part-no-larger)", shown_by("larger",
        wrong("any size", when(is_completion, served)))),
    (f"{M}/(equal-parts|last-part-no-larger)", shown_by("code", wrong("another code",
        refusing(lambda a: replace(a, body=a.body.replace(b"InvalidPart", b"Invalid")))))),
    (f"{M}/(equal-parts|last-part-no-larger)", shown_by("nothing-stored", wrong("stored",
        when(is_completion, _torn)))),
    (f"{M}/checked-at-completion", shown_by("part", wrong("at the part", when(_larger,
        strict(400, "InvalidPart"))))),
    (f"{M}/checked-at-completion", shown_by("completion", wrong("never",
        when(is_completion, served)))),
    (f"{M}/checked-at-completion", shown_by("without-it", wrong("cut", when(reads, short)))),
    (f"{M}/part-etag", shown_by("listed", wrong("another", when(reads,
        edited(rb"<ETag>[^<]*", b"<ETag>0"))))),
    (f"{M}/part-etag", shown_by("part", wrong("no MD5", when(is_part, headed("ETag", '"0"'))))),
    (f"{M}/part-etag", shown_by("again", wrong("any ETag", when(is_part, headed("ETag", '"1"'))))),
    (f"{M}/any-order", shown_by("bytes", wrong("cut", when(reads, short)))),
    (f"{M}/unquoted-etags", shown_by("escaped", wrong("no &quot;", when(
        lambda r: b"&quot;" in r.body, refused)))),
    (f"{M}/unquoted-etags", shown_by("other-etag", wrong("any ETag",
        when(is_completion, served)))),
    (f"{M}/aborted-twice", shown_by("unknown-id", wrong("any id", when(
        lambda r: r.method == "DELETE", refusing(lambda a: Answer(status=204)))))),
    (f"{M}/aborted-twice", shown_by("gone", wrong("taken", when(is_part, served)))),
    (f"{M}/aborted-twice", shown_by("again", wrong("404", _aborted_once))),
    (f"{M}/empty-part", shown_by("part", wrong("no empty part", when(
        lambda r: is_part(r) and not r.body, strict(400, "IncompleteBody"))))),
    (f"{M}/empty-part", shown_by("object", wrong("a byte", when(reads,
        answering(lambda a: replace(a, body=a.body + b"0")))))),
    (f"{M}/empty-part", shown_by("last", wrong("cut", when(reads, short)))),
    (f"{M}/failed-condition-aborts", shown_by("refused", wrong("400",
        refusing(lambda a: replace(a, status=400) if a.status == 412 else a)))),
    (f"{M}/failed-condition-aborts", shown_by("unchanged", wrong("torn", _torn))),
    (f"{M}/failed-condition-aborts", shown_by("gone", wrong("kept", when(
        lambda r: is_completion(r) and not conditional(r), served)))),
    # HTTP.
    (f"{HTTP}/key-count", shown_by("page", wrong("of all pages", when(parameter("max-keys"),
        edited(rb"<KeyCount>2<", b"<KeyCount>3<"))))),
    (f"{HTTP}/key-count", shown_by("none", wrong("no count", edited(
        rb"<KeyCount>0</KeyCount>", b"")))),
    (f"{HTTP}/key-count", shown_by("prefixes", wrong("keys alone", when(parameter("delimiter"),
        edited(rb"<KeyCount>2<", b"<KeyCount>1<"))))),
    (f"{HTTP}/truncation", shown_by("rest", wrong("an empty page",
        when(parameter("continuation-token"), one_short("Contents"))))),
    (f"{HTTP}/truncation", shown_by("no-token", wrong("a token always", edited(
        rb"<IsTruncated>false</IsTruncated>",
        b"<IsTruncated>false</IsTruncated><NextContinuationToken>t</NextContinuationToken>")))),
    (f"{HTTP}/truncation", shown_by("prefixes", wrong("more after prefixes", when(
        parameter("delimiter"), edited(rb"<IsTruncated>false", rb"<IsTruncated>true"))))),
    (f"{HTTP}/truncation", shown_by("whole", wrong("more after the last", edited(
        rb"<IsTruncated>false", rb"<IsTruncated>true")))),
    (f"{HTTP}/bad-continuation-token", shown_by("refused", wrong("from the start", served))),
    (f"{HTTP}/bad-continuation-token", shown_by("code", wrong("another code",
        refusing(lambda a: error(400, "Error"))))),
    (f"{HTTP}/unknown-list-parameter", shown_by("status", wrong("400 for 501",
        another_status(501, 400)))),
    (f"{HTTP}/guessed-content-type", shown_by("given", wrong("always guessed", when(reads,
        headed("Content-Type", "image/png"))))),
    (f"{HTTP}/range-is-206", shown_by("content-range", wrong("no Content-Range",
        headed("Content-Range", None)))),
    (f"{HTTP}/range-is-206", shown_by("bytes", wrong("cut", when(carries("Range"), short)))),
    (f"{HTTP}/range-is-206", shown_by("too-long", wrong("416", when(carries("Range", "0-5"),
        strict(416, "InvalidRange"))))),
    (f"{HTTP}/post-on-a-key", shown_by("etag", wrong("no ETag", when(
        lambda r: r.method == "POST", headed("ETag", None))))),
    (f"{HTTP}/bucket-region", shown_by("location", wrong("another region",
        when(reads, edited(rb"<LocationConstraint([^>]*)/>|<LocationConstraint([^>]*)></Loc.*?>",
            b"<LocationConstraint>elsewhere</LocationConstraint>"))))),
    # Other origins.
    ("CORS/simple-request", shown_by("no-origin", wrong("told everybody",
        told_anyway(ALLOWED, "*")))),
    ("CORS/simple-request", shown_by("other-scheme", wrong("any scheme",
        told_anyway(ALLOWED, "*")))),
    ("CORS/simple-request", shown_by("other-port", wrong("any port", told_anyway(ALLOWED, "*")))),
    ("CORS/simple-request", shown_by("other-origin", wrong("any origin",
        told_anyway(ALLOWED, "*")))),
    ("CORS/simple-request", shown_by("allowed", wrong("not told", headed(ALLOWED, None)))),
    ("CORS/header-case", shown_by("as-written", wrong("no header", when(_preflight,
        strict(403, "AccessForbidden"))))),
    ("CORS/header-case", shown_by("capitals", wrong("with its case", when(
        lambda r: (r.header("Access-Control-Request-Headers") or "").isupper(),
        strict(403, "AccessForbidden"))))),
    ("CORS/header-case", shown_by("other-header", wrong("any header", when(_preflight,
        lambda r, b: Answer(status=200, headers=((ALLOWED, "*"),)))))),
    ("CORS/expose-headers", shown_by("configured", wrong("not told",
        headed("Access-Control-Expose-Headers", None)))),
    ("CORS/expose-headers", shown_by("not-configured", wrong("always ETag",
        told_anyway("Access-Control-Expose-Headers", "ETag")))),
    ("CORS/form-of-origins", shown_by("path", wrong("any origin", served))),
    ("CORS/form-of-origins", shown_by("two-wildcards", wrong("any wildcards", served))),
    ("CORS/form-of-origins", shown_by("origin", wrong("no port", when(reads,
        edited(b":8443", b""))))),
    ("CORS/unknown-xml", shown_by("element", wrong("any element", served))),
    ("CORS/unknown-xml", shown_by("method", wrong("any method", served))),
    ("CORS/unknown-xml", shown_by("code", wrong("another code",
        refusing(lambda a: error(400, "Error"))))),
    ("CORS/max-age-86400", shown_by("beyond", wrong("any age", served))),
    ("CORS/max-age-86400", shown_by("within", wrong("an hour", when(_preflight,
        headed("Access-Control-Max-Age", "3600"))))),
    # Spellings.
    ("Key/last-spelling-listed", shown_by("once", wrong("twice", repeated("Contents")))),
    ("Key/last-spelling-listed", shown_by("last", wrong("the first", edited(
        "e\u0301".encode(), "\u00e9".encode())))),
    ("Key/last-spelling-listed", shown_by("bytes", wrong("cut", when(reads, short)))),
    # Errors.
    ("Error/xml-declaration", shown_by("plain", wrong("in a namespace", refusing(
        lambda a: replace(a, body=a.body.replace(b"<Error>", b'<Error xmlns="urn:s3">')))))),
    ("Error/xml-declaration", shown_by("declaration", wrong("no declaration", refusing(
        lambda a: replace(a, body=a.body[a.body.find(b"<Error"):]))))),
    (f"{M}/unquoted-etags", shown_by("bytes", wrong("quotes needed", when(
        lambda r: is_completion(r) and b'>"' not in r.body and b"&quot;" not in r.body,
        strict(400, "InvalidPart"))))),
    (f"{M}/any-order", shown_by("served", wrong("in order alone", when(
        lambda r: is_completion(r) and listed(r) != sorted(listed(r)), refused)))),
)  # fmt: skip
