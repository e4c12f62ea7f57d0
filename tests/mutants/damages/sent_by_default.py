"""What can go wrong with what the SDKs send by themselves."""

from __future__ import annotations

from typing import Final

from conformance.s3.checksums import DIGESTS, checksum_header
from conformance.serve.http import Answer, Request
from tests.mutants.assembling import edited_error, is_part
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    carrying,
    is_head,
    reads,
    short,
    strict,
    told_anyway,
    when,
)
from tests.mutants.forging import NAMED, done_and_refused, taken

TOPIC: Final = "ChecksumDefaults"
ON_PUT: Final = f"{TOPIC}/({'|'.join(DIGESTS)})"
PART: Final = f"{TOPIC}/UploadPart"
DELETE: Final = f"{TOPIC}/DeleteObjects"
SDK: Final = f"{TOPIC}/sdk-parameters"
MODE: Final = "x-amz-checksum-mode"
HEADERS: Final = tuple(map(checksum_header, DIGESTS))


def _forgotten(request: Request, behind: Behind) -> Answer:
    answer = behind.ask(request)
    return answer.with_headers(**{name.replace("-", "_"): None for name in HEADERS})


def _told(answer: Answer) -> Answer:
    return answer.with_headers(**{name.replace("-", "_"): "AAAA" for name in HEADERS})


def _with_id(name: str) -> Respond:
    return when(lambda request: request.parameters.get("x-id") == name, strict(400, "InvalidURI"))


def _is_delete(request: Request) -> bool:
    return "delete" in request.parameters


LINES: Final[tuple[Line, ...]] = (
    (ON_PUT, shown_by("wrong-value", wrong("any value", taken("BadDigest")))),
    (ON_PUT, shown_by("unannounced", wrong("compared if it is named",
        taken("BadDigest", lambda r: r.header(NAMED) is None)))),
    (ON_PUT, shown_by("right-value", wrong("the last byte is missing", when(reads, short)))),
    (ON_PUT, shown_by("on-head", wrong("no value on HEAD", when(is_head, _forgotten)))),
    (ON_PUT, shown_by("on-get", wrong("no value on GET",
        when(lambda r: r.method == "GET", _forgotten)))),
    (ON_PUT, shown_by("on-put", wrong("no value on PUT",
        when(lambda r: r.method == "PUT", _forgotten)))),
    (ON_PUT, shown_by("unasked", wrong("a value unasked",
        when(lambda r: r.header(MODE) is None, lambda r, b: _told(b.ask(r)))))),
    (ON_PUT, shown_by("nothing-stored", wrong("stored and refused", done_and_refused))),
    (ON_PUT, shown_by("object-stays", wrong("overwritten and refused", done_and_refused))),
    (ON_PUT, shown_by("wrong-value-code", wrong("another code",
        edited_error(b"BadDigest", b"InvalidRequest")))),
    (ON_PUT, shown_by("not-base64", wrong("any text", taken("BadDigest")))),
    (PART, shown_by("wrong-value", wrong("any value of parts", taken("BadDigest", is_part)))),
    (PART, shown_by("right-value", wrong("the last byte is missing", when(reads, short)))),
    (PART, shown_by("nothing-stored", wrong("stored and refused", done_and_refused))),
    (PART, shown_by("unannounced", wrong("unannounced, any value", taken("BadDigest", is_part)))),
    (DELETE, shown_by("deleted", wrong("nodded at", when(
        lambda r: _is_delete(r) and r.header("Content-MD5") is None,
        lambda *_: Answer(status=200, body=b"<DeleteResult></DeleteResult>"))))),
    (DELETE, shown_by("wrong-value", wrong("any value of deletions",
        taken("BadDigest", _is_delete)))),
    (DELETE, shown_by("object-stays", wrong("deleted and refused", done_and_refused))),
    (SDK, shown_by("stored", wrong("an unknown header", when(carrying("amz-sdk-request"),
        strict(501, "NotImplemented"))))),
    (SDK, shown_by("read", wrong("an unknown parameter of GET", _with_id("GetObject")))),
    (SDK, shown_by("no-metadata", wrong("metadata of the SDK",
        told_anyway("x-amz-meta-amz-sdk-request", "1")))),
    (SDK, shown_by("mode", wrong("no value to return", when(carrying(MODE), strict(404, "No"))))),
    (SDK, shown_by("listed", wrong("an unknown parameter of listings",
        _with_id("ListObjectsV2")))),
)  # fmt: skip
