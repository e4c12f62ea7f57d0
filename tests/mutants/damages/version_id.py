"""What can go wrong with the version that a request names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    also,
    another_status,
    edited,
    headed,
    lenient,
    reads,
    short,
    told_anyway,
    when,
)
from tests.mutants.object_faults import of_key
from tests.mutants.others import instead, recoded

ID: Final = "versionId"
VERSION: Final = "x-amz-version-id"
MARKER: Final = "x-amz-delete-marker"
BYPASS: Final = "x-amz-bypass-governance-retention"
READ: Final = f"(Get|Head)Object/{ID}"
DELETE: Final = f"DeleteObject/{ID}"
RETAIN: Final = f"PutObjectRetention/{ID}"
FREE: Final = f"PutObjectRetention/{BYPASS}"


def _latest(request: Request) -> bool:
    return reads(request) and of_key(request) and not request.parameters


def _of_another(request: Request, behind: Behind) -> Answer:
    """An id that names no version of the key deletes the latest one."""
    known = behind.ask(replace(request, method="HEAD")).status < 300
    return behind.ask(request if known else request.without(ID))


def _retention(method: str) -> Callable[[Request], bool]:
    return lambda r: r.method == method and "retention" in r.parameters


def _shortens(request: Request) -> bool:
    return _retention("PUT")(request) and request.header(BYPASS) is None


def _empty(request: Request) -> bool:
    return request.header(BYPASS) == "true" and b"<Mode>" not in request.body


def _nodded(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    return Answer(status=200) if answer.status in (400, 403) else answer


def _true(request: Request, behind: Behind) -> Answer:
    freed = (*request.without(BYPASS).headers, (BYPASS, "true"))
    return behind.ask(replace(request, headers=freed))


LINES: Final[tuple[Line, ...]] = (
    (f"HeadObject/{ID}", shown_by("older", wrong("another ETag", headed("ETag", '"0"')))),
    (f"GetObject/{ID}", shown_by("older", wrong("the last byte is lost", short))),
    (READ, shown_by("told", wrong("another id", headed(VERSION, "other")))),
    (READ, shown_by("latest", anywhere("nothing without an id", instead(
        _latest, Answer(status=404))))),
    (READ, shown_by("another-s", wrong("any id", lenient(ID)))),
    (READ, shown_by("another-s-code", wrong("another code", recoded(404)))),
    (DELETE, shown_by("that-version", wrong("the latest one too", also(lambda r: r.without(ID))))),
    (DELETE, shown_by("told", wrong("another id", headed(VERSION, "other")))),
    (DELETE, shown_by("no-marker", wrong("always a marker", told_anyway(MARKER, "true")))),
    (DELETE, shown_by("another-s", wrong("an unknown id is the latest one's", _of_another))),
    (DELETE, shown_by("status", wrong("200", another_status(204, 200)))),
    (f"(Get|Put)ObjectAcl/{ID}", shown_by("another-s", wrong("any id", lenient(ID)))),
    (f"(Get|Put)ObjectAcl/{ID}", shown_by("another-s-code", wrong("another code", recoded(404)))),
    (RETAIN, shown_by("get", anywhere("another date", when(_retention("GET"), edited(
        rb"(<RetainUntilDate>)\d{4}", rb"\g<1>2001"))))),
    (RETAIN, shown_by("another-s", wrong("any id", lenient(ID)))),
    (RETAIN, shown_by("another-s-code", wrong("another code", recoded(404)))),
    (FREE, shown_by("shortened", anywhere("another date", when(_retention("GET"), edited(
        rb"(<RetainUntilDate>)\d{4}", rb"\g<1>2001"))))),
    (FREE, shown_by("without-header", anywhere("a nod for a refusal", when(_shortens, _nodded)))),
    (FREE, shown_by("without-header-code", anywhere("another code", when(
        _shortens, recoded(403))))),
    (FREE, shown_by("value-false", wrong("false is true", _true))),
    (FREE, shown_by("removed", wrong("an empty one is nodded at", when(
        _empty, lambda *_: Answer(status=200))))),
)  # fmt: skip
