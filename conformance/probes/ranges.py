"""Reading some bytes, or one part, of an object."""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Check,
    Comparison,
    Stored,
    Workbench,
    core,
    detail,
    family,
    has_header,
    has_status,
    holds,
    promise,
    refused,
)
from conformance.probing.sources import api, rfc
from conformance.s3.operations import OperationName
from conformance.s3.response import Response
from conformance.subjects.customer_keys import new_key
from conformance.subjects.multipart import PART, SECOND, two_parts
from conformance.verdict import Hazard, Outcome

SIZE: Final = 48  # bytes of the plain object
READS: Final[tuple[OperationName, ...]] = ("GetObject", "HeadObject")
INT_RANGE: Final = rfc(9110, "14.1.2")
# By check: the header's value, and the first and last byte of the plain object that it asks for.
CORE_SLICES: Final = {
    "middle": ("bytes=5-9", 5, 9),
    "open-end": ("bytes=40-", 40, 47),
    "suffix": ("bytes=-5", 43, 47),
}
BORDER_SLICES: Final = {
    "first-byte": ("bytes=0-0", 0, 0),
    "from-the-start": ("bytes=0-4", 0, 4),
    "last-byte": ("bytes=47-47", 47, 47),
    "end-beyond-object": ("bytes=40-999", 40, 47),
    "suffix-longer-than-object": ("bytes=-999", 0, 47),
}
SEAM: Final = (PART - 8, PART + 7)


def _range_checks(operation: str, _: str) -> list[Check]:
    def asks(value: str, first: int, last: int) -> str:
        return f"206 with bytes {first} to {last} of {SIZE} for {value}"

    seam = f"206 with bytes {SEAM[0]} to {SEAM[1]} of an object of two parts"
    checks = [
        *(core(name, asks(*slice_), INT_RANGE) for name, slice_ in CORE_SLICES.items()),
        core("start-beyond-object", "416 for bytes=1000-1010", rfc(9110, "15.5.17")),
        *(promise(name, asks(*slice_), INT_RANGE) for name, slice_ in BORDER_SLICES.items()),
        promise("start-at-length", f"416 for bytes={SIZE}-", rfc(9110, "15.5.17")),
        promise("etag-on-206", "the object's ETag with a 206", rfc(9110, "15.3.7")),
        promise("over-the-seam", seam, api(operation)),
        detail("content-range-on-416", f"Content-Range: bytes */{SIZE}", rfc(9110, "15.5.17")),
        detail("several-ranges", "the whole object for bytes=0-1,4-5", api(operation)),
        detail("reversed", "the whole object, or 416, for bytes=9-5", rfc(9110, "14.2")),
        detail("accept-ranges", "Accept-Ranges: bytes with the whole object", rfc(9110, "14.3")),
    ]
    if operation == "GetObject":
        encrypted = "the right bytes of an object under a customer's key"
        checks.append(promise("encrypted-object", encrypted, api(operation)))
    return checks


@family("Range", operations=READS, checks=_range_checks)
def object_range(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Return 206 with the bytes of the range and no others; 416 if the object has none of them."""
    plain = bench.plain
    read = plain.call(operation)

    for check, (value, first, last) in {**CORE_SLICES, **BORDER_SLICES}.items():
        answer = bench.treat(read.plus(headers={feature: value}))
        if check == "middle":
            bench.accepted(answer, feature)
            bench.check("etag-on-206", has_header(answer, "ETag", plain.etag))
        bench.check(check, _slice(answer, plain, first, last))

    beyond = bench.effect(read.plus(headers={feature: "bytes=1000-1010"}))
    bench.check("start-beyond-object", refused(beyond, 416))
    if beyond.status == 416:
        at = has_header(beyond, "Content-Range", f"bytes */{SIZE}")
        bench.check("content-range-on-416", at)
    else:
        bench.skip("content-range-on-416", because="the server returned no 416")
    edge = bench.effect(read.plus(headers={feature: f"bytes={SIZE}-"}))
    bench.check("start-at-length", refused(edge, 416))

    several = bench.effect(read.plus(headers={feature: "bytes=0-1,4-5"}))
    bench.check("several-ranges", has_status(several, 200))
    reversed_ = bench.effect(read.plus(headers={feature: "bytes=9-5"}))
    bench.check("reversed", has_status(reversed_, 200, 416))
    whole = bench.control(read)
    bench.check("accept-ranges", has_header(whole, "Accept-Ranges", "bytes"))

    with bench.observing("over-the-seam"):
        parts = bench.shared("an object of two parts", two_parts)
        value = f"bytes={SEAM[0]}-{SEAM[1]}"
        answer = bench.effect(parts.call(operation, headers={feature: value}))
        bench.check("over-the-seam", _slice(answer, parts, *SEAM))
    if operation == "GetObject":
        with bench.observing("encrypted-object"):
            key = new_key(bench).headers()
            sealed = bench.put(headers=key)
            answer = bench.effect(sealed.call(operation, headers={feature: "bytes=20-24", **key}))
            bench.check("encrypted-object", _slice(answer, sealed, 20, 24))


def _part_checks(operation: str, _: str) -> list[Check]:
    page = api(operation)
    of_two = f"of an object of two parts of {PART} and {SECOND} bytes"
    return [
        core("second-part", f"206 with part 2 {of_two}", page),
        core("part-beyond", f"a refusal of part 3 {of_two}", page),
        promise("first-part", f"206 with part 1 {of_two}", page),
        promise("parts-count", "x-amz-mp-parts-count: 2", page),
        promise("plain-object", "206 or 200 with the whole of an object of one part", page),
        promise("with-range", "400 where Range is sent too", page),
        detail("unasked-parts-count", "no x-amz-mp-parts-count without partNumber", page),
    ]


@family("partNumber", "PartNumber", operations=READS, checks=_part_checks)
def part_number(bench: Workbench, operation: OperationName, _: str) -> None:
    """Return 206 with one part of a multipart object; refuse a part that it does not have.

    R2's page spells the parameter of GetObject with a capital; the query has `partNumber`.
    """
    parts = bench.shared("an object of two parts", two_parts)
    read = parts.call(operation)
    size = len(parts.body)

    second = bench.treat(read.plus(query={"partNumber": "2"}))
    first = bench.treat(read.plus(query={"partNumber": "1"}))
    if not first.ok:
        bench.accepted(second, "partNumber")
    bench.check("second-part", _slice(second, parts, PART, size - 1))
    bench.check("first-part", _slice(first, parts, 0, PART - 1))
    bench.check("parts-count", has_header(second, "x-amz-mp-parts-count", "2"))

    beyond = bench.effect(read.plus(query={"partNumber": "3"}))
    bench.check("part-beyond", refused(beyond))
    plain = bench.effect(bench.plain.call(operation, query={"partNumber": "1"}))
    bench.check("plain-object", _whole(plain, bench.plain))
    both = bench.effect(read.plus(query={"partNumber": "1"}, headers={"Range": "bytes=0-9"}))
    bench.check("with-range", refused(both, 400))
    unasked = bench.control(bench.plain.call(operation))
    bench.check("unasked-parts-count", has_header(unasked, "x-amz-mp-parts-count", None))


def _slice(answer: Response, subject: Stored, first: int, last: int) -> Comparison:
    """A 206 that must hold these bytes of the object; of HEAD, their length."""
    size, length = len(subject.body), last - first + 1
    head = answer.call.operation == "HeadObject"
    seen = answer.header("Content-Length") if head else str(len(answer.body))
    place = answer.header("Content-Range")
    text = f"{answer.describe()}, {seen} bytes, Content-Range: {place}"
    # HEAD need not say where the part lies: AWS leaves Content-Range out for part numbers there.
    right_place = place == f"bytes {first}-{last}/{size}" or (head and place is None)
    right_body = head or answer.body == subject.body[first : last + 1]
    right = answer.status == 206 and seen == str(length) and right_body and right_place
    unasked = answer.status == 200 and seen == str(size)
    comparison = holds(right, text, answer, otherwise=Outcome.IGNORED if unasked else Outcome.WRONG)
    corrupt = answer.ok and not right_body and not unasked
    return comparison.hurting(Hazard.CORRUPTING) if corrupt else comparison


def _whole(answer: Response, subject: Stored) -> Comparison:
    """A 200 or 206 with all bytes of the object; of HEAD, their number."""
    head = answer.call.operation == "HeadObject"
    seen = answer.header("Content-Length") if head else str(len(answer.body))
    right = seen == str(len(subject.body)) and (head or answer.body == subject.body)
    return holds(answer.ok and right, f"{answer.describe()}, {seen} bytes", answer)
