"""What can go wrong with conditional reads, writes and copies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.copying import of_destination
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    also,
    another_status,
    answering,
    done_all_the_same,
    strict,
    truncated,
)
from tests.mutants.overwriting import folder_counts, ignoring_parts, metadata_all_the_same
from tests.mutants.preconditions import (
    ALL,
    SOURCE,
    all_of_them,
    checked_before,
    created_where_missing,
    deleted_counts,
    ignoring_beside,
    judged,
    when_status,
)

READ: Final = "(Get|Head)Object/"
COPY: Final = "(CopyObject|UploadPartCopy)/x-amz-copy-source-"
WRITE: Final = "PutObject/"
Met = Callable[[str, str, str], bool | None]
PREFIX: Final = 9  # a quote, and 8 characters


def _on(feature: str, *, reads: bool = True, copies: bool = True, writes: bool = False) -> str:
    """Rows about a precondition."""
    rows = [f"{READ}{feature}"] * reads + [f"{COPY}{feature.lower()}"] * copies
    return "|".join([*rows, *[f"{WRITE}{feature}"] * writes])


def _date(text: str) -> datetime:
    return parsedate_to_datetime(text)


def _dates(met: Callable[[datetime, datetime], bool]) -> Met:
    """A comparison of the value's date with the object's; a value that is none is left alone."""

    def judge(value: str, _: str, modified: str) -> bool | None:
        try:
            return met(_date(value), _date(modified))
        except ValueError:
            return None

    return judge


def _no_date_is_400(request: Request, behind: Behind) -> Answer:
    values = [request.header(name) for name in ("If-Modified-Since", "If-Unmodified-Since")]
    bad = any(value is not None and "," not in value for value in values)
    return error(400, "InvalidArgument") if bad else behind.ask(request)


def _of_one_form(request: Request, behind: Behind) -> Answer:
    """Dates in the two older forms of HTTP's are none."""
    names = ("If-Modified-Since", "If-Unmodified-Since")
    older = [name for name in names if (value := request.header(name)) and value[3:5] != ", "]
    return behind.ask(request.without(*older))


def _empty_copy(request: Request) -> Request:
    """The destination of a copy is overwritten with other bytes."""
    return replace(request.without(SOURCE, *ALL), body=b"other bytes")


def _refused_and_left(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    if answer.status == 412:
        behind.ask(_empty_copy(request))
    return answer


def _not_written(request: Request, behind: Behind) -> Answer:
    """A write is answered as if it had been done, once it might have been."""
    head = behind.ask(replace(request.without(*ALL), method="HEAD", body=b""))
    if head.header("ETag") == request.header("If-Match"):
        return Answer(status=200, headers=(("ETag", head.header("ETag") or ""),))
    return behind.ask(request)


def _by_prefix(no_match: bool) -> Met:
    """ETags that begin alike are the same."""
    return lambda value, etag, _: not no_match if value[:PREFIX] == etag[:PREFIX] else None


def _parts_never_match(no_match: bool) -> Met:
    """No ETag of an object of several parts is the same."""
    return lambda _, etag, __: no_match if "-" in etag else None


def _spelt(test: Callable[[str], bool], met: bool) -> Met:
    return lambda value, _, __: met if test(value) else None


BY_ETAG: Final = {"If-Match": False, "If-None-Match": True}  # and what no match means
LINES: Final[tuple[Line, ...]] = (
    # Statuses.
    (f"{READ}If-(Match|Unmodified-Since)", wrong("304 for 412", another_status(412, 304))),
    (f"{READ}If-(None-Match|Modified-Since)", wrong("412 for 304", another_status(304, 412))),
    (f"{READ}If-.*|PutObject/If-.*|{COPY}if-.*", wrong("refused though true", strict())),
    ("PutObject/If-.*", wrong("304 for 412", another_status(412, 304))),
    (f"{COPY}if-.*", shown_by("status", wrong("304 for 412", another_status(412, 304)))),
    *((f"{WRITE}{name}", shown_by("unchanged-after-412", wrong("412, and written",
        done_all_the_same(name))))
      for name in ("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since")),
    *((f"CopyObject/{SOURCE}-{name}", shown_by("nothing-left", wrong("412, and copied",
        done_all_the_same(f"{SOURCE}-{name}"))))
      for name in ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")),
    (f"CopyObject/{SOURCE}-if-.*", shown_by("nothing-left", wrong("412, and other bytes left",
        _refused_and_left))),
    (f"CopyObject/{SOURCE}-if-.*", shown_by("copied-bytes", wrong("other bytes",
        also(_empty_copy)))),
    (f"GetObject/If-(Match|Unm.*)|PutObject/If-(None-)?Match|{COPY}if-.*",
        shown_by("error-code", wrong("another code",
            when_status(412, lambda a: replace(a, body=a.body.replace(
                b"PreconditionFailed", b"InvalidRequest")))))),
    (f"{READ}If-(None-Match|Modified-Since)", shown_by("etag-on-304", wrong("304 without ETag",
        answering(lambda a: a.with_headers(ETag=None), 304)))),
    # ETags.
    *((_on(name, writes=name == "If-Match"), shown_by("similar-etag", wrong(
        "8 characters are compared", judged(name, _by_prefix(no_match)))))
      for name, no_match in BY_ETAG.items()),
    *((_on(name, copies=False), shown_by("etag-of-several-parts", wrong("parts never match",
        judged(name, _parts_never_match(no_match)))))
      for name, no_match in BY_ETAG.items()),
    *((f"GetObject/{name}", shown_by(check, wrong(f"{check} never matches",
        judged(name, _spelt(test, no_match)))))
      for name, no_match in BY_ETAG.items()
      for check, test in (
          ("any-etag", lambda v: v == "*"),
          ("list-of-etags", lambda v: "," in v),
          ("unquoted-etag", lambda v: v != "*" and not v.startswith(('"', "W/"))),
          ("weak-etag", lambda v: v.startswith("W/")))
      if (name, check) != ("If-Match", "weak-etag")),
    (_on("If-None-Match"), shown_by("replaced-etag", wrong("no ETag is another",
        judged("If-None-Match", lambda *_: False)))),
    (_on("If-Match", writes=True), shown_by("own-etag", wrong("no ETag is the same",
        judged("If-Match", lambda *_: False)))),
    # Dates.
    (_on("If-Modified-Since", writes=True), shown_by("later-date", wrong("the very date only",
        judged("If-Modified-Since", _dates(lambda value, own: value != own))))),
    (_on("If-Modified-Since", writes=True), shown_by("own-date", wrong("fractions of a second",
        judged("If-Modified-Since", _dates(lambda value, own: value <= own))))),
    (_on("If-Unmodified-Since", writes=True), shown_by("own-date", wrong("fractions of a second",
        judged("If-Unmodified-Since", _dates(lambda value, own: value > own))))),
    (_on("If-Modified-Since", writes=True), shown_by("earlier-date", wrong("dates as strings",
        judged("If-Modified-Since", lambda value, _, own: own > value)))),
    (_on("If-Unmodified-Since", writes=True), shown_by("earlier-date", wrong("dates as strings",
        judged("If-Unmodified-Since", lambda value, _, own: own <= value)))),
    (_on("If-Modified-Since", writes=True), shown_by("second-before", wrong("days are compared",
        judged("If-Modified-Since", _dates(lambda value, own: value.date() < own.date()))))),
    (_on("If-Unmodified-Since", writes=True), shown_by("second-before", wrong("days are compared",
        judged("If-Unmodified-Since", _dates(lambda value, own: value.date() >= own.date()))))),
    (_on("If-Unmodified-Since", writes=True), shown_by("later-date", wrong("the very date only",
        judged("If-Unmodified-Since", _dates(lambda value, own: value == own))))),
    ("GetObject/If-(Unm|M)odified-Since", shown_by("not-a-date", wrong("no date is 400",
        _no_date_is_400))),
    # Two conditions.
    (_on("If-Match"), shown_by("beside-false-if-unmodified-since", wrong("both must be true",
        all_of_them))),
    (_on("If-Unmodified-Since"), shown_by("beside-true-if-match", wrong("both must be true",
        all_of_them))),
    (_on("If-None-Match"), shown_by("beside-true-if-modified-since", wrong("the date decides",
        ignoring_beside("If-None-Match", "If-Modified-Since")))),
    (_on("If-Modified-Since"), shown_by("beside-false-if-none-match", wrong("the date decides",
        ignoring_beside("If-None-Match", "If-Modified-Since")))),
    (_on("If-None-Match"), shown_by("beside-false-if-modified-since", wrong("both must be true",
        all_of_them))),
    (_on("If-Modified-Since"), shown_by("beside-true-if-none-match", wrong("both must be true",
        all_of_them))),
    (_on("If-None-Match"), shown_by("beside-true-if-match", wrong("the first decides",
        ignoring_beside("If-None-Match", "If-Match")))),
    (f"{READ}If-(None-Match|Modified-Since)", shown_by("cache-control-on-304", wrong(
        "304 without Cache-Control", answering(
            lambda a: a.with_headers(Cache_Control=None), 304)))),
    ("GetObject/If-(Unm|M)odified-Since", shown_by("older-date-forms", wrong(
        "dates of one form", _of_one_form))),
    # Copies: what is compared, and what a refusal leaves.
    (f"CopyObject/{SOURCE}-if-match", shown_by("own-etag", wrong("the destination's ETag",
        of_destination))),
    *((f"UploadPartCopy/{SOURCE}-{name}", shown_by("no-part", wrong("412, and a part",
        done_all_the_same(f"{SOURCE}-{name}"))))
      for name in ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")),
    # Writes.
    *((f"{WRITE}{name}", shown_by("unchanged-after-412", wrong("412, and its metadata stored",
        metadata_all_the_same)))
      for name in ("If-Match", "If-None-Match")),
    (f"{WRITE}If-Match", shown_by("unquoted-etag", wrong("ETags with quotes only", judged(
        "If-Match", _spelt(lambda v: not v.startswith(('"', "*")), False))))),
    (f"{WRITE}If-None-Match", shown_by("object-of-parts", wrong("objects of parts are none",
        ignoring_parts("If-None-Match")))),
    (f"{WRITE}If-Match", shown_by("etag-of-parts", wrong("parts never match",
        judged("If-Match", _parts_never_match(False))))),
    (f"{COPY}if-match", shown_by("etag-of-several-parts", wrong("parts never match",
        judged("If-Match", _parts_never_match(False))))),
    (f"{WRITE}If-None-Match", shown_by("above-another", wrong("a folder is an object",
        folder_counts))),
    (f"{WRITE}If-Match", shown_by("overwritten", wrong("200, and not written", _not_written))),
    (f"{WRITE}If-Match", shown_by("missing-object", wrong("creates an object",
        created_where_missing))),
    (f"{WRITE}If-Match", shown_by("missing-object-404", wrong("412 for 404",
        another_status(404, 412)))),
    (f"{WRITE}If-Match", shown_by("writers-at-once", wrong("checked before", checked_before(
        "If-Match", lambda head, value: head.header("ETag") == value)))),
    (f"{WRITE}If-None-Match", shown_by("writers-at-once", wrong("checked before", checked_before(
        "If-None-Match", lambda head, _: head.status == 404)))),
    (f"{WRITE}If-None-Match", shown_by("deleted-object", wrong("deleted objects count",
        deleted_counts))),
    (f"{WRITE}If-None-Match", shown_by("new-object-stored", wrong("a byte short", truncated))),
    (f"{WRITE}If-None-Match", shown_by("new-object", wrong("refused though new", strict()))),
)  # fmt: skip
