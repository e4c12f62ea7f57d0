"""What can go wrong with what is said of checksums, and with completions that contradict them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from conformance.s3.checksums import DIGESTS, checksum, checksum_header
from conformance.serve.http import Answer, Request
from tests.mutants.assembling import (
    PART,
    is_completion,
    is_creation,
    is_part,
    listed,
    remembering,
    upload_of,
)
from tests.mutants.damages.checksums import TYPE
from tests.mutants.damages.damage import Line, anywhere, shown_by, wrong
from tests.mutants.damaging import (
    Behind,
    Respond,
    edited,
    headed,
    lenient,
    when,
)
from tests.mutants.forging import NAMED, done_and_refused, plain

TOPIC: Final = "ChecksumDefaults"
SOURCE: Final = "x-amz-copy-source"
MODE: Final = "x-amz-checksum-mode"
CRC32: Final = checksum_header("CRC32")
SHA256: Final = checksum_header("SHA256")


def _is_listing(request: Request) -> bool:
    return request.method == "GET" and bool(upload_of(request))


def _is_copied(request: Request) -> bool:
    return is_part(request) and request.header(SOURCE) is not None


def _unasked(request: Request) -> bool:
    return is_creation(request) and request.header(TYPE) is None


def _is_of_a_part(request: Request) -> bool:
    return "partNumber" in request.parameters and not upload_of(request)


def _other_type(value: str) -> str:
    return "COMPOSITE" if value == "FULL_OBJECT" else "FULL_OBJECT"


def _lost(element: str) -> Respond:
    return edited(f"<{element}>[^<]*</{element}>".encode(), b"")


def _any_part(name: str) -> Respond:
    """A part that a completion names without its checksum is taken."""
    element = f"Checksum{name}"

    def named(request: Request, behind: Behind, known: object) -> Answer | Request:
        answer = behind.ask(request)
        if answer.status < 400:
            return answer
        parts: dict[int, bytes] = getattr(known, "parts", {})
        numbers = iter(listed(request))

        def one(found: re.Match[bytes]) -> bytes:
            value = checksum(name, parts.get(next(numbers), b""))
            if f"<{element}>".encode() in found[0]:
                return found[0]
            return found[0].replace(b"</Part>", f"<{element}>{value}</{element}></Part>".encode())

        return replace(request, body=PART.sub(one, request.body))

    return remembering(named)


def _of_the_whole(request: Request, behind: Behind) -> Answer:
    """A range is returned with the checksum of the whole object."""
    answer = behind.ask(request)
    if request.header("Range") is None or answer.status != 206:
        return answer
    whole = behind.ask(request.without("Range"))
    more = tuple((n, v) for n, v in whole.headers if n.lower().startswith("x-amz-checksum-"))
    return replace(answer, headers=(*answer.headers, *more))


def _taken(*headers: str) -> Respond:
    """What is refused is carried out, where a request has all of these headers."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        all_there = all(request.header(name) is not None for name in headers)
        return behind.ask(plain(request)) if all_there and answer.status == 400 else answer

    return respond


def _cells() -> Iterator[Line]:
    for name in DIGESTS:
        row, header = f"Checksum/{name}/.*", checksum_header(name)
        yield row, shown_by("copied-part", anywhere("no value of a copied part", when(
            _is_copied, _lost(f"Checksum{name}"))))  # fmt: skip
        lost = when(_is_of_a_part, headed(header, None))
        yield row, shown_by("of-a-part", anywhere("no value of a part", lost))
        yield row, shown_by("no-element", anywhere("parts without an element", _any_part(name)))
        yield row, shown_by("wrong-object-value", anywhere("any value of the object", when(
            is_completion, lenient(header))))  # fmt: skip


LINES: Final[tuple[Line, ...]] = (
    *_cells(),
    *(("Checksum/.*", shown_by(check, damage)) for check, damage in (
        ("completion-type", anywhere("no type in the completion's response", when(
            is_completion, _lost("ChecksumType")))),
        ("listed-type", anywhere("no type in ListParts", when(
            _is_listing, _lost("ChecksumType")))),
        ("listed-type", anywhere("no algorithm in ListParts", when(
            _is_listing, _lost("ChecksumAlgorithm")))),
        ("default-type", anywhere("another type by default", when(
            _unasked, headed(TYPE, _other_type)))),
        ("other-type", anywhere("any type at the completion", when(
            is_completion, lenient(TYPE)))),
    )),
    (f"{TOPIC}/({'|'.join(DIGESTS)})", shown_by("of-a-range", wrong("the whole object's value of"
        " a range", _of_the_whole))),
    *((f"{TOPIC}/UploadPart", shown_by(check, damage)) for check, damage in (
        ("another-algorithm", wrong("any algorithm of a part", _taken(SHA256))),
        ("two-values", wrong("two values of a part", _taken(SHA256, CRC32))),
        ("part-stays", wrong("a part is replaced and refused", when(
            is_part, done_and_refused))),
    )),
    *((f"{TOPIC}/sdk-parameters", shown_by(check, damage)) for check, damage in (
        ("by-default", wrong("no value by default", headed(checksum_header("CRC64NVME"), None))),
        ("another-algorithm", wrong("any name beside a value", _taken(CRC32, NAMED))),
        ("two-values", wrong("two values of an object", _taken(SHA256, CRC32))),
    )),
)  # fmt: skip
