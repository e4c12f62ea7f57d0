"""What can go wrong with single requests on objects: what they ask for, name, or leave behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from conformance.subjects.response_overrides import OVERRIDES
from tests.mutants import object_faults as faults
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damages.metadata import is_get
from tests.mutants.damaging import (
    Behind,
    answering,
    asking,
    edited,
    empty_result,
    headed,
    is_head,
    reads,
    told_anyway,
    when,
)
from tests.mutants.forging import body_of, is_framed, plain, taken
from tests.mutants.overwriting import bare, is_put, is_read

V: Final = "Versioning"
VERSION: Final = "x-amz-version-id"
MARKER: Final = "x-amz-delete-marker"
META: Final = "x-amz-meta-"
LIKE: Final = f"{META}content-type"
WORD: Final = f"{META}word"
NUMBER: Final = "x-amz-meta-number"
CHUNKED: Final = "Body/STREAMING-.*"


def _without_overrides(*names: str) -> Callable[[Request], Request]:
    return lambda request: request.without(*(names or OVERRIDES))


def _overrides_stay(request: Request, behind: Behind) -> Answer:
    """What one read asks for, the next reads have too."""
    asked = {name: value for name, value in request.parameters.items() if name in OVERRIDES}
    if asked:
        behind.memory[request.path] = {OVERRIDES[name][0]: asked[name] for name in asked}
    answer = behind.ask(request)
    kept = behind.memory.get(request.path)
    if asked or not kept or not is_read(request):
        return answer
    return answer.with_headers(**{name.replace("-", "_"): value for name, value in kept.items()})


def _folder_is_there(request: Request, behind: Behind) -> Answer:
    """The folder of an object is read as an empty object."""
    answer = behind.ask(request)
    if answer.status != 404 or not is_read(request) or not request.path.endswith("/"):
        return answer
    below = behind.ask(bare(request, "HEAD", f"{request.path}b"))
    return Answer(status=200) if below.status == 200 else answer


def _slash_is_nothing(request: Request, behind: Behind) -> Answer:
    """A key that has no object is looked for with a slash at its end."""
    answer = behind.ask(request)
    if answer.status != 404 or not is_read(request) or request.path.endswith("/"):
        return answer
    with_slash = behind.ask(replace(request, target=f"{request.path}/"))
    return with_slash if with_slash.status == 200 else answer


def _as_a_path(path: str) -> str:
    """A path without what leads upwards."""
    return re.sub(r"[^/]+/\.\./", "", path)


def _location_stays(request: Request, behind: Behind) -> Answer:
    """An object has the location of the one that it replaced."""
    name = "x-amz-website-redirect-location"
    if is_put(request):
        old = behind.memory.get(request.path)
        behind.memory[request.path] = request.header(name) or old
        return behind.ask(request)
    answer, kept = behind.ask(request), behind.memory.get(request.path)
    if not kept or not is_read(request) or answer.status != 200:
        return answer
    return answer.with_headers(x_amz_website_redirect_location=kept)


def _in_ascii(request: Request, behind: Behind) -> Answer:
    """Of metadata the letters outside ASCII are lost."""
    if request.method == "PUT":
        behind.memory["raw"] = not (request.header(WORD) or "").isascii()
    answer = behind.ask(request)
    lost = is_head(request) and behind.memory.get("raw")
    return answer.with_headers(**{WORD.replace("-", "_"): "t"}) if lost else answer


def _form_is_read(request: Request, behind: Behind) -> Answer:
    """The body of a form is read as its fields, and nothing is left to store."""
    form = (request.header("Content-Type") or "").startswith("application/x-www-form")
    return behind.ask(replace(request, body=b"") if form and is_put(request) else request)


def _lines_are_read(request: Request, behind: Behind) -> Answer:
    """A body in chunks ends where a line says that the next chunk has no bytes."""
    if not is_framed(request) or request.method != "PUT":
        return behind.ask(request)
    cut = body_of(request).partition(b"\r\n0;")[0]
    return (
        behind.ask(replace(plain(request), body=cut))
        if cut != body_of(request)
        else (behind.ask(request))
    )


def _too_short(request: Request) -> bool:
    """Whether a body in chunks has more bytes than it says."""
    told = int(request.header("x-amz-decoded-content-length") or 0)
    return is_framed(request) and told < len(body_of(request))


def _method(name: str, parameter: str = "") -> Callable[[Request], bool]:
    return lambda r: r.method == name and (not parameter or parameter in r.parameters)


def _marker_again(request: Request, behind: Behind) -> Answer:
    """A version id that is not there any more is not looked at by a deletion."""
    if request.method != "DELETE" or "versionId" not in request.parameters:
        return behind.ask(request)
    found = behind.ask(replace(request, method="HEAD")).status < 400
    return behind.ask(request if found else request.without("versionId"))


def _third_deletion(request: Request, behind: Behind) -> Answer:
    """A bucket that is suspended for the second time has no more markers."""
    if request.method == "PUT" and b"Suspended" in request.body:
        behind.memory["suspended"] = behind.memory.get("suspended", 0) + 1
    lost = request.method == "DELETE" and behind.memory.get("suspended", 0) > 1
    return Answer(status=204) if lost else behind.ask(request)


def _any_id(request: Request, behind: Behind) -> Answer:
    """A version id that is not null is not looked at."""
    named = request.parameters.get("versionId", "null") != "null"
    return behind.ask(request.without("versionId") if named else request)


def _unnamed(request: Request, behind: Behind) -> Answer:
    """DeleteObjects needs S3's namespace."""
    bare_body = b"<Delete>" in request.body and "delete" in request.parameters
    return error(400, "MalformedXML") if bare_body else behind.ask(request)


def _none_named(request: Request, behind: Behind) -> Answer:
    """DeleteObjects that names nothing is served."""
    none = "delete" in request.parameters and b"<Object>" not in request.body
    return (
        Answer(status=200, body=b"<DeleteResult></DeleteResult>") if none else (behind.ask(request))
    )


LINES: Final[tuple[Line, ...]] = (
    # Reads.
    ("(Get|Head)Object", shown_by("overrides", wrong("no override is known",
        asking(_without_overrides())))),
    *(("(Get|Head)Object", shown_by("overrides", wrong(f"{name} is not known",
        asking(_without_overrides(name))))) for name in OVERRIDES),
    ("(Get|Head)Object", shown_by("overrides", wrong("an override is cut at a +",
        headed("Content-Disposition", lambda v: v.partition("+")[0])))),
    ("GetObject", shown_by("metadata", anywhere("overrides stay", _overrides_stay))),
    ("(Get|Head)Object", shown_by("folder", anywhere("a folder is there", _folder_is_there))),
    ("(Get|Head)Object", shown_by("without-slash", anywhere("a slash at its end is nothing",
        _slash_is_nothing))),
    # Writes.
    ("PutObject", shown_by("overwrite", wrong("a document without its first line", asking(
        lambda r: replace(r, body=re.sub(rb"^<\?xml.*?\?>\n", b"", r.body)))))),
    ("PutObject", shown_by("key-like-a-path", anywhere("keys are paths",
        faults.renaming(_as_a_path)))),
    ("PutObject", shown_by("key-with-dots", anywhere("no dots in keys",
        faults.refusing_keys(lambda path: "/../" in path, "InvalidArgument")))),
    ("PutObject/x-amz-website-redirect-location", shown_by("overwritten", anywhere(
        "the location of the object before", _location_stays))),
    ("PutObject/Content-Type", shown_by("form-type", wrong("a form's fields", _form_is_read))),
    # apache/ozone#10472
    ("PutObject", shown_by("metadata-like-a-header", anywhere("metadata is a header", when(
        is_head, answering(lambda a: a.with_headers(Content_Type=a.header(LIKE))
                           if a.header(LIKE) else a))))),
    ("PutObject", shown_by("metadata-like-a-header", anywhere("such metadata is lost", when(
        is_head, headed(LIKE, None))))),
    # floci-io/floci#948
    ("PutObject/Content-Encoding", shown_by("not-of-the-response", wrong("told in the response",
        told_anyway("Content-Encoding", "gzip")))),
    ("Metadata/rfc-2047", shown_by("raw", wrong("letters outside ASCII are lost",
        _in_ascii))),
    # Bodies.
    (CHUNKED, shown_by("etag", wrong("the MD5 of the framing", when(
        is_framed, headed("ETag", '"0123456789abcdef0123456789abcdef"'))))),
    (CHUNKED, shown_by("bytes", wrong("framing is read by lines", _lines_are_read))),
    (CHUNKED, shown_by("shorter-length", wrong("more bytes than it says",
        taken("IncompleteBody", _too_short)))),
    # Deletions.
    ("DeleteObjects", shown_by("missing-bucket", wrong("200 for 404",
        empty_result("DeleteResult", 404)))),
    ("DeleteObjects", shown_by("missing-bucket", wrong("another code",
        faults.another_code(b"NoSuchBucket", b"NoSuchKey")))),
    ("DeleteObjects", shown_by("no-keys", wrong("nothing is deleted", _none_named))),
    ("DeleteObjects", shown_by("no-namespace", wrong("needs a namespace", _unnamed))),
    # Versions.
    (f"{V}/two-versions", shown_by("metadata", wrong("the latest one's metadata", when(
        lambda r: is_get(r) or "versionId" in r.parameters, headed(NUMBER, "2"))))),
    (f"{V}/two-versions", shown_by("head", wrong("the latest one's length", when(
        is_head, headed("Content-Length", "60"))))),
    (f"{V}/two-versions", shown_by("range", wrong("a range of the latest", when(
        lambda r: "Range" in r.names or r.header("Range") is not None, asking(
            lambda r: r.without("versionId", "If-Match")))))),
    (f"{V}/delete-marker", shown_by("id-on-404", wrong("no id with 404", answering(
        lambda a: a.with_headers(x_amz_version_id=None), 404)))),
    (f"{V}/delete-marker", shown_by("on-removal", wrong("no word of a marker's removal", when(
        _method("DELETE", "versionId"), headed(MARKER, None))))),
    (f"{V}/suspended-delete", shown_by("hidden-again", anywhere("the marker is lost",
        _third_deletion))),
    (f"{V}/delete-version", shown_by("again", wrong("a marker for what is gone",
        _marker_again))),
    (f"{V}/object-from-before", shown_by("listed", wrong("an id for null", edited(
        b"<VersionId>null<", b"<VersionId>00000000-0000<")))),
    (f"{V}/never-enabled", shown_by("other-id", wrong("any id", when(reads, _any_id)))),
    (f"{V}/never-enabled", shown_by("other-id-kept", wrong("deleted by any id", when(
        lambda r: r.method == "DELETE", _any_id)))),
    (f"{V}/never-enabled", shown_by("no-id", wrong("null is told", when(
        lambda r: r.method == "PUT", told_anyway(VERSION, "null"))))),
    (f"{V}/delete-objects", shown_by("removal-told", wrong("a marker's removal is not told", when(
        lambda r: r.body.count(b"<Object>") == 1, edited(
            rb"<DeleteMarkerVersionId>.*?</DeleteMarkerVersionId>", b""))))),
)  # fmt: skip
