"""What can go wrong with versions, uploads in parts and what is read after a write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.assembling import is_completion, is_creation
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damages.errors import refusing
from tests.mutants.damaging import (
    Behind,
    Respond,
    answering,
    carrying,
    edited,
    headed,
    is_head,
    one_short,
    reads,
    repeated,
    short,
    told_anyway,
    unsorted,
    when,
)

VERSION: Final = "x-amz-version-id"
MARKER: Final = "x-amz-delete-marker"
served = refusing(lambda answer: Answer(status=200))


def _method(name: str, parameter: str = "") -> Callable[[Request], bool]:
    return lambda r: r.method == name and (not parameter or parameter in r.parameters)


def _nodded(*_: object) -> Answer:
    return Answer(status=204)


def _late(request: Request, behind: Behind) -> Answer:
    """A key that was missing once is still missing the next times: refusals are asked twice."""
    missing: dict[str, int] = behind.memory.setdefault("missing", {})
    if request.method != "GET":
        return behind.ask(request)
    answer = behind.ask(request)
    if answer.status == 404:
        missing[request.path] = 2
    elif missing.get(request.path, 0) > 0:
        missing[request.path] -= 1
        return Answer(status=404)
    return answer


def _one_upload(request: Request, behind: Behind) -> Answer:
    """All uploads have the id of the first."""
    answer = behind.ask(request)
    if is_creation(request):
        return behind.memory.setdefault("first", answer)  # type: ignore[no-any-return]
    return answer


def _kept_upload(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    gone = answer.status == 404 and "uploadId" in request.parameters and request.method == "GET"
    return Answer(status=200, body=b"<ListPartsResult></ListPartsResult>") if gone else answer


def _with(element: bytes, end: bytes) -> Respond:
    """A listing has one element more."""
    return edited(rb"</%s>" % end, element + rb"</%s>" % end)


V: Final = "Versioning"
M: Final = "MultipartRules"
C: Final = "Consistency"
LINES: Final[tuple[Line, ...]] = (
    (f"{V}/two-versions", shown_by("told", wrong("another id on GET",
        when(_method("GET"), headed(VERSION, "other"))))),
    (f"{V}/two-versions", shown_by("head", wrong("the current one on HEAD",
        when(is_head, headed("ETag", '"0"'))))),
    (f"{V}/two-versions", shown_by("older", wrong("the current one always",
        lambda r, b: b.ask(r.without("versionId"))))),
    (f"{V}/delete-marker", shown_by("on-delete", wrong("no word of a marker",
        when(_method("DELETE"), headed(MARKER, None))))),
    (f"{V}/delete-marker", shown_by("on-404", wrong("no word of it with 404",
        refusing(lambda a: a.with_headers(x_amz_delete_marker=None))))),
    (f"{V}/delete-marker", shown_by("removed", wrong("markers stay",
        when(_method("DELETE", "versionId"), _nodded)))),
    (f"{V}/delete-marker", shown_by("unlisted", wrong("still listed", when(
        _method("GET", "list-type"),
        _with(b"<Contents><Key>k</Key></Contents>", b"ListBucketResult"))))),
    (f"{V}/delete-version", shown_by("told", wrong("no id on DELETE",
        when(_method("DELETE"), headed(VERSION, None))))),
    (f"{V}/delete-version", shown_by("no-marker", wrong("always a marker",
        when(_method("DELETE"), told_anyway(MARKER, "true"))))),
    (f"{V}/suspended", shown_by("no-id", wrong("an id all the same", when(_method("PUT"),
        answering(lambda a: a.with_headers(x_amz_version_id="abc")))))),
    (f"{V}/list-versions", shown_by("newest-first", wrong("not sorted", unsorted("Version")))),
    (f"{V}/list-versions", shown_by("is-latest", wrong("none is the latest",
        edited(rb"<IsLatest>true</IsLatest>", rb"<IsLatest>false</IsLatest>")))),
    (f"{V}/list-versions", shown_by("marker", wrong("markers are not listed",
        edited(rb"<DeleteMarker>.*?</DeleteMarker>", rb"")))),
    (f"{V}/list-versions", shown_by("pages", wrong("empty pages",
        when(_method("GET", "max-keys"), one_short("Version"))))),
    (f"{V}/copy-version", shown_by("told", wrong("no id of the source",
        headed("x-amz-copy-source-version-id", None)))),
    (f"{V}/never-enabled", shown_by("listed-once", wrong("not listed", one_short("Version")))),
    (f"{V}/never-enabled", shown_by("gone", wrong("nodded at",
        when(_method("DELETE"), _nodded)))),
    # Uploads.
    (f"{M}/part-sent-again", shown_by("older-etag", wrong("any ETag",
        when(is_completion, served)))),
    (f"{M}/part-sent-again", shown_by("listed-once", wrong("listed twice", repeated("Part")))),
    (f"{M}/part-left-out", shown_by("length", wrong("the length of all parts",
        when(is_head, headed("Content-Length", "1"))))),
    (f"{M}/part-numbers", shown_by("zero", wrong("from 0", served))),
    (f"{M}/part-numbers", shown_by("listed", wrong("one short", one_short("Part")))),
    (f"{M}/until-it-is-completed", shown_by("etag", wrong("another form of ETag",
        when(_method("GET"), headed("ETag", lambda v: v.replace("-", "")))))),
    (f"{M}/until-it-is-completed", shown_by("upload-gone", wrong("still there", _kept_upload))),
    (f"{M}/aborted", shown_by("no-completion", wrong("completed all the same",
        when(is_completion, served)))),
    (f"{M}/aborted", shown_by("unlisted", wrong("still listed", when(_method("GET", "uploads"),
        _with(b"<Upload><UploadId>u</UploadId></Upload>", b"ListMultipartUploadsResult"))))),
    (f"{M}/two-uploads-of-one-key", shown_by("ids", wrong("one id for all", _one_upload))),
    # After a write.
    (f"{C}/list-after-put", shown_by("size", wrong("the size from before",
        edited(rb"<Size>77</Size>", rb"<Size>48</Size>")))),
    (f"{C}/list-after-put", shown_by("listed", wrong("one behind", one_short("Contents")))),
    (f"{C}/read-after-overwrite", shown_by("etag", wrong("an older ETag",
        when(is_head, headed("ETag", '"0"'))))),
    (f"{C}/read-after-overwrite", shown_by("after-404", wrong("a 404 is remembered", _late))),
    (f"{C}/overwrite-under-readers", shown_by("etag", wrong("another ETag",
        when(_method("GET"), headed("ETag", '"0"'))))),
    (f"{C}/overwrite-under-readers", shown_by("whole", wrong("torn", when(reads, short)))),
    (f"{C}/create-at-once", shown_by("one", wrong("everybody creates", when(
        carrying("If-None-Match"), lambda r, b: b.ask(r.without("If-None-Match")))))),
    (f"{C}/create-at-once", shown_by("winner", wrong("torn", when(reads, short)))),
    (f"{C}/list-after-delete", shown_by("gone", wrong("nodded at",
        when(_method("DELETE"), _nodded)))),
)  # fmt: skip
