"""What can go wrong with delete markers, version listings and the framing of bodies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.assembling import is_completion
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damages.errors import refusing
from tests.mutants.damaging import (
    Behind,
    answering,
    carrying,
    edited,
    headed,
    is_head,
    one_short,
    reads,
    short,
    told_anyway,
    unsorted,
    when,
)

V: Final = "Versioning"
H: Final = "HTTP"
VERSION: Final = "x-amz-version-id"
MARKER: Final = "x-amz-delete-marker"
BY_ID: Final = f"{V}/marker-by-version-id"
DELETED: Final = f"{V}/suspended-delete"
OVER: Final = f"{V}/list-over-keys"
MANY: Final = f"{V}/delete-objects"
OTHERS: Final = f"{V}/other-writes"


def _parameter(name: str, value: str = "") -> Callable[[Request], bool]:
    return lambda request: value in request.parameters.get(name, "") and name in request.parameters


def _put_where_refused(request: Request, behind: Behind) -> Answer:
    """A body without a length is stored, and refused."""
    answer = behind.ask(request)
    if "transfer-encoding" in request.names and request.method == "PUT":
        return Answer(status=411)
    return answer


def _cut_without_length(request: Request, behind: Behind) -> Answer:
    """Of a body without a length the first bytes alone are stored."""
    if "transfer-encoding" in request.names:
        return behind.ask(replace(request, body=request.body[:100]))
    return behind.ask(request)


def _out_of_step(request: Request, behind: Behind) -> Answer:
    """What follows a refusal is taken for the rest of its body."""
    if behind.memory.pop("refused", False):
        return Answer(status=400, body=b"<Error><Code>BadRequest</Code></Error>")
    answer = behind.ask(request)
    large = request.method == "PUT" and len(request.body) > 2**16
    if (large and answer.status == 403) or "transfer-encoding" in request.names:
        behind.memory["refused"] = True
    return answer


def _out_of_step_for_writes(request: Request, behind: Behind) -> Answer:
    """What is written after a refusal is taken for the rest of its body."""
    if request.method == "PUT" and len(request.body) < 2**16 and behind.memory.get("refused"):
        return Answer(status=400)
    answer = behind.ask(request)
    if answer.status == 403:
        behind.memory["refused"] = True
    return answer


def _large(request: Request) -> bool:
    return request.method == "PUT" and len(request.body) > 2**16


def _suspended_is_enabled(request: Request, behind: Behind) -> Answer:
    """A marker of a bucket whose versioning is suspended has an id of its own."""
    return edited(rb"<VersionId>null</VersionId>", b"<VersionId>abc</VersionId>")(request, behind)


LINES: Final[tuple[Line, ...]] = (
    (BY_ID, shown_by("get", wrong("404", refusing(lambda a: replace(a, status=404))))),
    (BY_ID, shown_by("head", wrong("404 to HEAD", when(is_head,
        refusing(lambda a: replace(a, status=404)))))),
    (BY_ID, shown_by("told", wrong("no word of it", refusing(
        lambda a: a.with_headers(x_amz_delete_marker=None))))),
    (BY_ID, shown_by("without-id", wrong("no word to HEAD", when(is_head, refusing(
        lambda a: a.with_headers(x_amz_delete_marker=None)))))),
    (BY_ID, shown_by("allow", wrong("no Allow", refusing(
        lambda a: a.with_headers(Allow=None))))),
    (BY_ID, shown_by("code", wrong("another code", refusing(lambda a: replace(
        a, body=a.body.replace(b"MethodNotAllowed", b"NoSuchKey")))))),
    (DELETED, shown_by("hidden", wrong("nodded at", when(lambda r: r.method == "DELETE",
        lambda *_: Answer(status=204))))),
    (DELETED, shown_by("kept", wrong("all versions deleted", when(
        lambda r: "versionId" in r.parameters and reads(r),
        answering(lambda a: Answer(status=404)))))),
    (DELETED, shown_by("null-gone", wrong("its bytes are kept", when(
        _parameter("versionId", "null"), refusing(lambda a: Answer(status=200)))))),
    (DELETED, shown_by("null-marker", wrong("with an id", _suspended_is_enabled))),
    (DELETED, shown_by("one-null", wrong("two of them", edited(
        rb"(<Version>(?:(?!</Version>).)*null(?:(?!</Version>).)*</Version>)", rb"\1\1")))),
    (OVER, shown_by("order", wrong("not in order", unsorted("Version")))),
    (OVER, shown_by("latest", wrong("all of them", edited(
        rb"<IsLatest>false", b"<IsLatest>true")))),
    (OVER, shown_by("pages", wrong("one short", when(_parameter("max-keys"),
        one_short("Version"))))),
    (OVER, shown_by("delimiter", wrong("not folded", lambda r, b: b.ask(
        r.without("delimiter"))))),
    (OVER, shown_by("key-marker", wrong("from the start", lambda r, b: b.ask(
        r if "max-keys" in r.parameters else r.without("key-marker"))))),
    (MANY, shown_by("version-gone", wrong("the version stays", when(
        _parameter("versionId"), refusing(lambda a: Answer(status=200)))))),
    (MANY, shown_by("kept", wrong("deleted with it", when(
        lambda r: reads(r) and "versionId" not in r.parameters,
        answering(lambda a: Answer(status=404)))))),
    (MANY, shown_by("marker", wrong("no word of it", edited(
        rb"<DeleteMarkerVersionId>.*?</DeleteMarkerVersionId>", b"")))),
    (MANY, shown_by("echoed", wrong("not told", edited(rb"<VersionId>.*?</VersionId>", b"")))),
    (MANY, shown_by("marker-removed", wrong("markers stay", when(
        lambda r: "delete" in r.parameters and r.body.count(b"<Object>") == 1,
        lambda *_: Answer(status=200, body=b"<DeleteResult></DeleteResult>"))))),
    (OTHERS, shown_by("kept", wrong("lost", when(_parameter("versionId"),
        answering(lambda a: Answer(status=404)))))),
    (OTHERS, shown_by("completion", wrong("no id", when(is_completion,
        headed(VERSION, None))))),
    (OTHERS, shown_by("copy", wrong("no id of the copy", when(carrying("x-amz-copy-source"),
        headed(VERSION, None))))),
    (OTHERS, shown_by("three", wrong("two of three", one_short("Version")))),
    # Bodies.
    (f"{H}/chunked-transfer-encoding", shown_by("stored-or-refused", wrong("cut",
        _cut_without_length))),
    (f"{H}/chunked-transfer-encoding", shown_by("nothing-stored", wrong("stored and refused",
        _put_where_refused))),
    (f"{H}/chunked-transfer-encoding", shown_by("next", wrong("cut later", when(
        lambda r: r.method == "GET", short)))),
    (f"{H}/connection-after-a-refusal", shown_by("next", wrong("out of step", _out_of_step))),
    (f"{H}/connection-after-a-refusal", shown_by("refused", wrong("any signature", when(_large,
        refusing(lambda a: Answer(status=200)))))),
    (f"{H}/connection-after-a-refusal", shown_by("write", wrong("out of step for writes",
        _out_of_step_for_writes))),
    (f"{H}/range-of-an-encoded-object", shown_by("bytes", wrong("cut", when(
        carrying("Range"), short)))),
    (f"{H}/range-of-an-encoded-object", shown_by("content-range", wrong("another length",
        headed("Content-Range", lambda v: f"{v}0")))),
    (f"{H}/range-of-an-encoded-object", shown_by("encoding", wrong("no encoding", when(
        carrying("Range"), headed("Content-Encoding", None))))),
    (f"{H}/range-of-an-encoded-object", shown_by("suffix", wrong("cut at the end", when(
        lambda r: "bytes=-" in (r.header("Range") or ""), short)))),
    (f"{H}/empty-object", shown_by("bytes", wrong("a byte", when(lambda r: r.method == "GET",
        answering(lambda a: replace(a, body=a.body or b"0")))))),
    (f"{H}/empty-object", shown_by("length", wrong("one", when(is_head,
        headed("Content-Length", "1"))))),
    (f"{H}/empty-object", shown_by("range", wrong("206", when(carrying("Range"),
        refusing(lambda a: Answer(status=206)))))),
    (f"{H}/empty-object", shown_by("listed", wrong("not listed", one_short("Contents")))),
    (f"{H}/empty-object", shown_by("type", wrong("another type", when(reads,
        headed("Content-Type", "text/plain"))))),
    (f"{V}/delete-marker", shown_by("on-404", wrong("told falsely", refusing(
        lambda a: a.with_headers(x_amz_delete_marker="false"))))),
    (f"{V}/delete-version", shown_by("no-marker", wrong("a marker always", when(
        lambda r: r.method == "DELETE", told_anyway(MARKER, "true"))))),
)  # fmt: skip
