"""What can go wrong with the checksum of one body, of one completion, and with asking for one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from conformance.s3.checksums import DIGESTS, checksum, checksum_header
from conformance.serve.http import Answer, Request
from tests.mutants.assembling import is_completion, upload_of
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damages.metadata import is_get
from tests.mutants.damaging import (
    Behind,
    Respond,
    answering,
    edited,
    headed,
    is_head,
    shifted,
    short,
    unchecked,
    when,
    with_header,
)

ALGORITHM, TYPE = "x-amz-checksum-algorithm", "x-amz-checksum-type"
TRAILER: Final = "x-amz-trailer"
FRAMING: Final = ("x-amz-trailer", "Content-Encoding", "x-amz-decoded-content-length",
                  "x-amz-content-sha256")  # fmt: skip
COMPLETE: Final = "CompleteMultipartUpload"
CREATE: Final = "CreateMultipartUpload"
another_code: Final = answering(
    lambda a: replace(a, body=re.sub(rb"<Code>\w+<", b"<Code>InvalidRequest<", a.body)), 400
)


def _lists_parts(request: Request) -> bool:
    return request.method == "GET" and bool(upload_of(request))


def _no(element: str) -> Respond:
    """ListParts does not have the element."""
    tag = element.encode()
    return when(_lists_parts, edited(b"<%s>[^<]*</%s>" % (tag, tag), b""))


def _there_all_the_same(request: Request, behind: Behind) -> Answer:
    """A completion that is refused leaves an object."""
    answer = behind.ask(request)
    if is_completion(request) and answer.status >= 400:
        behind.memory[request.path] = True
    ghost = is_get(request) and not upload_of(request) and request.path in behind.memory
    return Answer(status=200, body=b"?") if ghost else answer


def _stored_plain(request: Request, behind: Behind) -> Answer:
    """What is refused for its trailer is stored."""
    answer = behind.ask(request)
    if answer.status >= 400:
        plain = replace(request.without(*FRAMING), body=b"?")
        behind.ask(with_header(plain, checksum_header("CRC32"), checksum("CRC32", b"?")))
    return answer


def _stored_as_right(header: str, name: str) -> Respond:
    """What is refused for its checksum is stored, as if the checksum were right."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        if answer.status >= 400:
            behind.ask(with_header(request, header, checksum(name, request.body)))
        return answer

    return respond


def _no_checksum_taken(request: Request, behind: Behind) -> Answer:
    """A trailer that is no checksum is taken."""
    answer = behind.ask(request)
    return Answer(status=200) if b"no-checksum" in request.body else answer


def _headers() -> Iterator[Line]:
    for name in DIGESTS:
        header = checksum_header(name)
        bodies = f"(PutObject|UploadPart)/{header}"
        malformed = when(
            lambda r, header=header: r.header(header) == "no-checksum",  # type: ignore[misc]
            unchecked(header, partial(checksum, name)),
        )
        missing = when(is_head, headed(header, None))
        yield (
            f"(PutObject|{COMPLETE})/{header}",
            shown_by("returned", anywhere("not in a HEAD", missing)),
        )
        unlisted = anywhere("not in ListParts", _no(f"Checksum{name}"))
        yield f"UploadPart/{header}", shown_by("returned", unlisted)
        stored = wrong("refused, and stored", _stored_as_right(header, name))
        yield bodies, shown_by("nothing-stored", stored)
        yield bodies, shown_by("malformed", wrong("malformed is taken", malformed))
        yield bodies, shown_by("echo", wrong("not in the response", headed(header, None)))


LINES: Final[tuple[Line, ...]] = (
    *_headers(),
    (".*/x-amz-(checksum-(crc|sha).*|trailer)", shown_by("code", wrong("another code",
        another_code))),
    ("PutObject/x-amz-(checksum-(crc|sha).*|trailer)", shown_by("bytes", anywhere("a byte short",
        when(is_get, short)))),
    (f"{COMPLETE}/x-amz-checksum-(crc|sha).*", shown_by("nothing-stored", anywhere(
        "refused, and there", _there_all_the_same))),
    (f"PutObject/{TRAILER}", shown_by("returned", anywhere("not in a HEAD", when(is_head,
        headed(checksum_header("CRC32"), None))))),
    (f"UploadPart/{TRAILER}", shown_by("returned", anywhere("not in ListParts",
        _no("ChecksumCRC32")))),
    (f".*/{TRAILER}", shown_by("nothing-stored", wrong("refused, and stored", _stored_plain))),
    (f".*/{TRAILER}", shown_by("malformed", wrong("malformed is taken", _no_checksum_taken))),
    (f"{CREATE}/{ALGORITHM}", shown_by("listed", anywhere("not in ListParts",
        _no("ChecksumAlgorithm")))),
    (f"{CREATE}/{ALGORITHM}", shown_by("echo", wrong("not in the response",
        headed(ALGORITHM, None)))),
    ("(Get|Head)Object/x-amz-checksum-mode", shown_by("type", wrong("no type",
        headed(TYPE, None)))),
    ("GetObject/x-amz-checksum-mode", shown_by("bytes", wrong("other bytes", shifted))),
)  # fmt: skip
