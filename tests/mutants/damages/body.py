"""What can go wrong with the forms of a body."""

from __future__ import annotations

from typing import Final

from conformance.s3.sigv4 import UNSIGNED
from conformance.serve.http import Answer, Request
from tests.mutants.assembling import edited_error, is_part
from tests.mutants.damages.damage import Line, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    another_status,
    headed,
    is_head,
    reads,
    short,
    strict,
    told_anyway,
    when,
)
from tests.mutants.forging import (
    FRAMING,
    body_of,
    done_and_refused,
    form,
    is_framed,
    taken,
    unsigned,
)

ANY: Final = "Body/STREAMING-.*"
SIGNED: Final = "Body/STREAMING-AWS4-.*"
TRAILER: Final = "Body/STREAMING-.*-TRAILER"
CRC32: Final = "x-amz-checksum-crc32"


def _framing_kept(request: Request, behind: Behind) -> Answer:
    """The body is stored as it comes, framing and all."""
    return behind.ask(unsigned(request.without(*FRAMING)) if is_framed(request) else request)


def _of_part(respond: Respond) -> Respond:
    return when(lambda request: is_part(request) and is_framed(request), respond)


def _is_empty(request: Request) -> bool:
    return is_framed(request) and not body_of(request)


def _wrong_trailer_signature(request: Request) -> bool:
    """Whether only the trailer is wrong: no damage can look deeper than whose turn it is."""
    return b"x-amz-trailer-signature" in request.body and not is_part(request)


LINES: Final[tuple[Line, ...]] = (
    (ANY, shown_by("bytes", wrong("the framing is stored", _framing_kept))),
    (ANY, shown_by("content-encoding", wrong("aws-chunked is the object's",
        when(reads, told_anyway("Content-Encoding", "aws-chunked"))))),
    (ANY, shown_by("other-encoding", wrong("aws-chunked beside gzip",
        headed("Content-Encoding", "gzip,aws-chunked")))),
    (ANY, shown_by("other-encoding", wrong("gzip is dropped with it",
        headed("Content-Encoding", None)))),
    (ANY, shown_by("empty", wrong("no chunk but the last", when(_is_empty,
        strict(400, "IncompleteBody"))))),
    (ANY, shown_by("part", wrong("no such part", _of_part(strict(501, "NotImplemented"))))),
    (ANY, shown_by("part", wrong("the framing of parts is stored", _of_part(_framing_kept)))),
    (SIGNED, shown_by("wrong-chunk-signature", wrong("no chunk's signature is looked at",
        taken("SignatureDoesNotMatch")))),
    (SIGNED, shown_by("wrong-chunk-signature-code", wrong("another code",
        edited_error(b"SignatureDoesNotMatch", b"AccessDenied")))),
    (SIGNED, shown_by("part-wrong-chunk-signature", wrong("any signature of parts' chunks",
        taken("SignatureDoesNotMatch", is_part)))),
    (TRAILER, shown_by("wrong-trailer", wrong("no trailer is looked at", taken("BadDigest")))),
    (TRAILER, shown_by("wrong-trailer-code", wrong("another code",
        edited_error(b"BadDigest", b"InvalidDigest")))),
    (TRAILER, shown_by("part-wrong-trailer", wrong("any trailer of parts",
        taken("BadDigest", is_part)))),
    (TRAILER, shown_by("checksum-stored", wrong("the trailer is forgotten",
        when(is_head, headed(CRC32, None))))),
    ("Body/STREAMING-AWS4-.*-TRAILER", shown_by("wrong-trailer-signature",
        wrong("no trailer's signature is looked at",
            taken("SignatureDoesNotMatch", _wrong_trailer_signature)))),
    (ANY, shown_by("nothing-stored", wrong("stored before it is refused", done_and_refused))),
    (ANY, shown_by("wrong-length", wrong("any length", taken("IncompleteBody")))),
    # Not in chunks.
    ("Body/sha256", shown_by("bytes", wrong("the last byte is missing", when(reads, short)))),
    ("Body/sha256", shown_by("wrong-digest", wrong("no digest is looked at",
        taken("XAmzContentSHA256Mismatch")))),
    ("Body/sha256", shown_by("wrong-digest-code", wrong("another code",
        edited_error(b"XAmzContentSHA256Mismatch", b"BadDigest")))),
    ("Body/sha256", shown_by("nothing-stored",
        wrong("stored before it is refused", done_and_refused))),
    ("Body/sha256", shown_by("part-wrong-digest", wrong("any digest of parts",
        taken("XAmzContentSHA256Mismatch", is_part)))),
    ("Body/sha256", shown_by("not-a-digest", wrong("any value", taken("InvalidArgument")))),
    ("Body/UNSIGNED-PAYLOAD", shown_by("bytes", wrong("nothing is stored", when(
        lambda r: form(r) == UNSIGNED and not is_part(r), lambda *_: Answer(status=200))))),
    ("Body/UNSIGNED-PAYLOAD", shown_by("wrong-signature", wrong("unsigned altogether",
        taken("SignatureDoesNotMatch")))),
    ("Body/UNSIGNED-PAYLOAD", shown_by("part", wrong("no such part", when(
        lambda r: form(r) == UNSIGNED and is_part(r), another_status(200, 500))))),
)  # fmt: skip
