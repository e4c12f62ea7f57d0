"""What users have reported of single requests on objects, copies and parts, as in `reported`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from conformance.subjects.multipart import part_etag
from conformance.verdict import Observed
from tests.mutants.assembling import (
    consecutive_only,
    ends_others,
    is_abortion,
    is_completion,
    is_part,
    upload_of,
)
from tests.mutants.copying import source_as
from tests.mutants.damages.damage import Damage, Line, anywhere, shown_by, wrong
from tests.mutants.damages.errors import refusing
from tests.mutants.damaging import (
    Behind,
    Respond,
    answering,
    carrying,
    edited,
    headed,
    is_head,
    reads,
    strict,
    when,
)
from tests.mutants.forging import form

RANGE: Final = "Range"
MD5_OF_NOTHING: Final = "d41d8cd98f00b204e9800998ecf8427e"
SOURCE: Final = "x-amz-copy-source"
COUNT: Final = "x-amz-mp-parts-count"
CACHE: Final = "Cache-Control"
NAME: Final = 255  # bytes of a file's name
M: Final = "MultipartRules"
V: Final = "Versioning"
broken: Final = strict(500, "InternalError")


def _asks(value: str) -> Callable[[Request], bool]:
    return lambda request: request.header(RANGE) == value


def _internal(code: bytes) -> Respond:
    """A refusal with this code is a server error instead."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        return error(500, "InternalError") if b"<Code>%s<" % code in answer.body else answer

    return respond


def _onto_itself(request: Request) -> bool:
    path, _, version = (request.header(SOURCE) or "").partition("?")
    return bool(version) and path.lstrip("/") == request.path.lstrip("/")


def _replaces_itself(request: Request) -> bool:
    source = (request.header(SOURCE) or "").lstrip("/")
    return source == request.path.lstrip("/")


def _renamed_by_itself(request: Request, behind: Behind) -> Answer:
    """An object has another ETag once it was copied onto itself."""
    if _replaces_itself(request):
        behind.memory[request.path] = True
    answer = behind.ask(request)
    renamed = request.method == "GET" and request.path in behind.memory and answer.status == 200
    return answer.with_headers(ETag=f'"{MD5_OF_NOTHING}-1"') if renamed else answer


def _long_name(request: Request) -> bool:
    return request.method == "PUT" and any(len(name) > NAME for name in request.path.split("/"))


def _with_whole(request: Request, behind: Behind) -> Answer:
    """The checksum of the whole object with a part of it."""
    answer = behind.ask(request)
    return answer.with_headers(x_amz_checksum_crc32="AAAAAA==") if answer.status == 206 else answer


def _nothing_is_an_error(request: Request, behind: Behind) -> Answer:
    """HEAD of an empty object fails where a checksum is asked for."""
    answer = behind.ask(request)
    return error(500, "InternalError") if answer.header("Content-Length") == "0" else answer


def _both_kept(request: Request, behind: Behind) -> Answer:
    """A part that is sent again is appended to the first."""
    if not is_part(request):
        return behind.ask(request)
    key = f"{upload_of(request)} {request.parameters.get('partNumber')}"
    before: bytes = behind.memory.get(key, b"")
    behind.memory[key] = before + request.body
    return behind.ask(replace(request, body=before + request.body))


def _first_stays(request: Request, behind: Behind) -> Answer:
    """A part that is sent again is not stored."""
    key = f"{upload_of(request)} {request.parameters.get('partNumber')}"
    if is_part(request) and behind.memory.setdefault(key, request.body) != request.body:
        return Answer(status=200, headers=(("ETag", part_etag(request.body)),))
    return behind.ask(request)


def _override_for_everybody(request: Request, behind: Behind) -> Answer:
    """Who does not sign may ask for a header too."""
    name = "response-content-type"
    value = request.parameters.get(name)
    unsigned = request.header("Authorization") is None
    if value is None or not unsigned:
        return behind.ask(request)
    return behind.ask(request.without(name)).with_headers(Content_Type=value)


def _never_suspended(request: Request, behind: Behind) -> Answer:
    suspends = "versioning" in request.parameters and b">Suspended<" in request.body
    return Answer(status=200) if suspends else behind.ask(request)


def _of_version_null(request: Request) -> bool:
    return request.method == "GET" and request.parameters.get("versionId") == "null"


def _reads_latest(request: Request) -> bool:
    return request.method == "GET" and not request.parameters


def _nothing_below(request: Request, behind: Behind) -> Answer:
    """What a version hid that is deleted stays hidden."""
    if request.method == "DELETE" and "versionId" in request.parameters:
        behind.memory[request.path] = True
    hidden = request.path in behind.memory and _reads_latest(request)
    return error(404, "NoSuchKey") if hidden else behind.ask(request)


def _deleted_once(request: Request, behind: Behind) -> Answer:
    """What is deleted cannot be deleted again."""
    if request.method == "DELETE" and not request.parameters:
        head = behind.ask(replace(request, method="HEAD"))
        return error(404, "NoSuchKey") if head.status == 404 else behind.ask(request)
    return behind.ask(request)


def _slash_stripped(request: Request, behind: Behind) -> Answer:
    """A slash at the beginning of a key is left out."""
    _, bucket, *rest = request.target.split("/")
    key = "/".join(rest)
    stripped = replace(request, target=f"/{bucket}/{key.lstrip('/')}")
    return behind.ask(stripped if key.startswith("/") else request)


LINES: Final[tuple[Line, ...]] = (
    # Ranges and parts of an object.
    ("GetObject/Range", shown_by("reversed", wrong("416 for a reversed range", when(
        _asks("bytes=9-5"), strict(416, "InvalidRange"))))),
    ("GetObject/Range", shown_by("not-a-range", wrong("416 for letters", when(
        _asks("bytes=a-b"), strict(416, "InvalidRange"))))),
    ("HeadObject/Range", shown_by("middle", wrong("416 of no body", when(
        carrying(RANGE), lambda *_: Answer(status=416))))),
    ("HeadObject/Range", shown_by("asked-for-checksums", wrong("the whole's checksum on HEAD",
        when(carrying("x-amz-checksum-mode"), _with_whole)))),
    ("HTTP/range-is-206", shown_by("whole", wrong("an open end from 0 is none", when(
        _asks("bytes=0-"), lambda r, b: b.ask(r.without(RANGE)))))),
    ("HeadObject/[pP]artNumber", shown_by("parts-count", wrong("no count", headed(COUNT, None)))),
    ("GetObject/[pP]artNumber", shown_by("part-beyond", wrong("an empty 200 beyond",
        refusing(lambda _: Answer(status=200))))),
    # What an object is stored with.
    ("PutObject/Cache-Control", shown_by("stored", anywhere("the server's own", when(
        reads, headed(CACHE, "no-cache"))))),
    ("PutObject/x-amz-storage-class", shown_by("unknown-class", wrong("500 for an unknown class",
        _internal(b"InvalidStorageClass")))),
    ("PutObject/Content-MD5", shown_by("wrong-digest", wrong("500 for a mismatch",
        _internal(b"BadDigest")))),
    ("PutObject", shown_by("key-one-name", wrong("500 for a long name", when(_long_name,
        broken)))),
    ("Key/leading-slash", shown_by("get", wrong("the slash is stripped", _slash_stripped))),
    ("Presigned/response-content-disposition", shown_by("asked-for", wrong("no name",
        headed("Content-Disposition", None)))),
    ("PutBucketPolicy|Policy/allow-and-deny", shown_by("unsigned-override", anywhere(
        "overrides for everybody", _override_for_everybody))),
    ("Limit/metadata-2-kb", shown_by("long-name", wrong("500 for a long name of metadata", when(
        lambda r: any(len(name) > NAME for name, _ in r.headers), broken)))),
    # Bodies.
    ("Body/STREAMING-UNSIGNED-PAYLOAD-TRAILER", shown_by("bytes", Damage(
        name="trailers are refused", words=(Observed.REJECTED,), respond=when(
        lambda r: form(r).endswith("-TRAILER"), lambda *_: error(400, "InvalidRequest"))))),
    ("ChecksumDefaults/sdk-parameters", shown_by("empty", wrong("500 for HEAD of nothing", when(
        is_head, _nothing_is_an_error)))),
    # Copies.
    ("CopyObject/x-amz-copy-source", shown_by("encoded-key", wrong("a source is not decoded",
        source_as(lambda v: v.replace("%", "%25"))))),
    ("CopyObject/x-amz-metadata-directive", shown_by("onto-itself-etag", anywhere(
        "another ETag once copied onto itself", _renamed_by_itself))),
    (f"{V}/copy-version", shown_by("older", wrong("the latest version", when(
        carrying(SOURCE), source_as(lambda v: v.partition("?")[0]))))),
    (f"{V}/copy-version", shown_by("metadata", wrong("the version's metadata is lost", when(
        _reads_latest, headed("x-amz-meta-number", None))))),
    (f"{V}/copy-version", shown_by("restored", wrong("onto itself refused", when(_onto_itself,
        strict(400, "InvalidRequest"))))),
    # Uploads.
    (f"{M}/part-sent-again", shown_by("last", wrong("both are kept", _both_kept))),
    (f"{M}/part-numbers", shown_by("gaps", wrong("only consecutive numbers", consecutive_only))),
    (f"{M}/part-sent-again", shown_by("last", wrong("the first part is compared", _first_stays))),
    (f"{M}/two-uploads-of-one-key", shown_by("last", wrong("a completion ends the other",
        ends_others(is_completion)))),
    (f"{M}/until-it-is-completed", shown_by("etag", wrong("the MD5 of nothing", when(
        reads, headed("ETag", f'"{MD5_OF_NOTHING}-1"'))))),
    ("AbortMultipartUpload", shown_by("unknown-upload", wrong("500 for an unknown id", when(
        is_abortion, _internal(b"NoSuchUpload"))))),
    ("ListParts/part-number-marker", shown_by("after-a-part", wrong("nothing after a marker",
        edited(rb"<Part>.*</Part>", b"")))),
    ("(PutObject|UploadPart)", shown_by("no-body", wrong("a document without a word", when(
        lambda r: r.method == "PUT", answering(lambda a: replace(a, body=b"<Output/>")))))),
    # Versions.
    (f"{V}/other-writes", shown_by("onto-itself", wrong("no version of a copy onto itself", when(
        _replaces_itself, lambda *_: Answer(status=200, body=b"<CopyObjectResult/>"))))),
    (f"{V}/two-versions", shown_by("folder", wrong("a folder has no versions", when(
        lambda r: r.path.endswith("/"), headed("x-amz-version-id", "null"))))),
    (f"{V}/delete-marker", shown_by("again", wrong("nothing is deleted twice", _deleted_once))),
    (f"{V}/suspended", shown_by("null-replaced", wrong("never suspended", _never_suspended))),
    (f"{V}/object-from-before", shown_by("current-again", wrong("null is never the latest",
        _nothing_below))),
    (f"{V}/object-from-before", shown_by("kept", wrong("400 for null", when(_of_version_null,
        strict(400, "InvalidArgument"))))),
)  # fmt: skip
