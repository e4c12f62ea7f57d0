"""What can go wrong with uploads, uploadId and partNumber."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request, error
from tests.mutants.assembling import (
    edited_error,
    ends_others,
    is_abortion,
    is_completion,
    numbered,
    upload_of,
)
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import Behind, also, another_status, answering, asking, edited, when
from tests.mutants.overwriting import bare

IDS: Final = "(UploadPart|UploadPartCopy|CompleteMultipartUpload|AbortMultipartUpload|ListParts)"
IDS_ROWS: Final = f"{IDS}/uploadId"
NUMBERS: Final = "UploadPart(Copy)?/partNumber"
UPLOADS: Final = "CreateMultipartUpload/uploads"


def _valued(name: str, value: str) -> Callable[[Request], bool]:
    return lambda request: request.parameters.get(name) == value


def _is_listing(request: Request) -> bool:
    return request.method == "GET" and bool(upload_of(request))


def _lists_uploads(request: Request) -> bool:
    return request.method == "GET" and "uploads" in request.parameters


def _bare_post(request: Request) -> bool:
    return request.method == "POST" and not request.parameters


def _served(_: Request, __: Behind) -> Answer:
    return Answer(status=200)


def _deletes(request: Request, behind: Behind) -> Answer:
    """The key's object is deleted, and the request is refused."""
    behind.ask(bare(request, "DELETE"))
    return error(405, "MethodNotAllowed")


def _taken(number: int) -> Line:
    taken = when(numbered(number), answering(lambda a: replace(a, status=200, body=b""), 400))
    return NUMBERS, shown_by(f"part-{number}", wrong(f"part {number} is taken", taken))


LINES: Final[tuple[Line, ...]] = (
    ("(UploadPart|UploadPartCopy|CompleteMultipartUpload)/uploadId", shown_by("other-upload",
        anywhere("a completion ends the key's other upload", ends_others(is_completion)))),
    ("AbortMultipartUpload/uploadId", shown_by("other-upload", anywhere(
        "an abortion ends the key's other upload", ends_others(is_abortion)))),
    ("ListParts/uploadId", shown_by("other-upload", anywhere(
        "a listing ends the key's other upload", ends_others(_is_listing)))),
    (IDS_ROWS, shown_by("unknown-upload", wrong("any upload id",
        another_status(404, 200, b"")))),
    (IDS_ROWS, shown_by("unknown-upload-code", wrong("another code",
        edited_error(b"NoSuchUpload", b"InvalidRequest")))),
    (IDS_ROWS, shown_by("empty-id", wrong("an empty upload id",
        when(_valued("uploadId", ""), _served)))),
    _taken(0),
    _taken(10_001),
    (NUMBERS, shown_by("not-a-number", wrong("a number in letters",
        when(_valued("partNumber", "one"), _served)))),
    (NUMBERS, shown_by("empty-number", wrong("an empty number",
        when(_valued("partNumber", ""), _served)))),
    (UPLOADS, shown_by("object-stays", wrong("the object is deleted",
        also(lambda r: bare(r, "DELETE"))))),
    (UPLOADS, shown_by("listed", anywhere("no upload is listed", when(_lists_uploads,
        edited(b"<Upload>.*</Upload>", b""))))),
    (UPLOADS, shown_by("without-it", anywhere("any POST begins an upload", when(_bare_post,
        asking(lambda r: replace(r, target=f"{r.path}?uploads=", body=b"")))))),
    (UPLOADS, shown_by("unharmed", anywhere("another POST deletes the object", when(_bare_post,
        _deletes)))),
)  # fmt: skip
