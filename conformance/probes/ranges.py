"""Reading some bytes, or one part, of an object.

Source: RFC 9110, section 14, and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Proof, Seen, Stored, Workbench, family, judge, probe, refuses
from conformance.s3.response import Response
from conformance.subjects.multipart import SECOND, two_parts
from conformance.verdict import Hazard, Observation

# First and last byte of the object of 48 bytes that each spelling asks for.
RANGES: Final = {"bytes=5-9": (5, 9), "bytes=40-": (40, 47), "bytes=-5": (43, 47)}
BEYOND: Final = "bytes=1000-1010"


@probe("GetObject/Range")
def get_object_range(bench: Workbench) -> Observation:
    """Answer 206 with the bytes asked for and no others; 416 if the object has none of them."""
    subject = bench.plain
    call = subject.call("GetObject")

    answers = {asked: bench.treat(call.plus(headers={"Range": asked})) for asked in RANGES}
    bench.accepted(answers["bytes=5-9"], "Range")
    beyond = bench.effect(call.plus(headers={"Range": BEYOND}))

    proofs = [_slice(asked, answers[asked], subject, *RANGES[asked]) for asked in RANGES]
    return judge(*proofs, refuses(BEYOND, beyond, 416))


@probe("HeadObject/Range")
def head_object_range(bench: Workbench) -> Observation:
    """Answer 206 with the length of the bytes asked for; 416 if the object has none of them."""
    subject = bench.plain
    call = subject.call("HeadObject")

    part = bench.treat(call.plus(headers={"Range": "bytes=5-9"}))
    bench.accepted(part, "Range")
    beyond = bench.effect(call.plus(headers={"Range": BEYOND}))

    return judge(_slice("bytes=5-9", part, subject, 5, 9), refuses(BEYOND, beyond, 416))


@family("partNumber", "PartNumber", operations=("GetObject", "HeadObject"))
def part_number(bench: Workbench, operation: str, _: str) -> Observation:
    """Answer 206 with one part of a multipart object; refuse a part it does not have.

    R2's page spells the parameter of GetObject with a capital; on the wire it is `partNumber`.
    """
    subject = bench.shared("an object of two parts", two_parts)
    call = subject.call(operation)
    last = len(subject.body) - 1

    part = bench.treat(call.plus(query={"partNumber": "2"}))
    bench.accepted(part, "partNumber")
    beyond = bench.effect(call.plus(query={"partNumber": "3"}))

    first = last - SECOND + 1
    return judge(
        _slice("part 2 of 2", part, subject, first, last),
        refuses("part 3 of 2", beyond),
    )


def _slice(what: str, answer: Response, subject: Stored, first: int, last: int) -> Proof:
    """An answer that must be these bytes of the object; of HEAD, their length."""
    size = len(subject.body)
    head = answer.call.operation == "HeadObject"
    length = answer.header("Content-Length") if head else str(len(answer.body))
    body = b"" if head else subject.body[first : last + 1]
    told = answer.header("Content-Range")
    text = f"{what}: {answer.describe()}, {length} of {size} bytes, Content-Range {told}"
    # HEAD need not say where the part lies: AWS leaves Content-Range out for part numbers there.
    places = (f"bytes {first}-{last}/{size}", *([None] if head else []))
    right = length == str(last - first + 1) and answer.body == body
    if answer.status == 206 and right and told in places:
        return Proof(seen=Seen.HELD, text=text)
    if answer.status == 200 and length == str(size):
        return Proof(seen=Seen.ABSENT, text=text)
    corrupt = answer.ok and not head and not right
    return Proof(seen=Seen.WRONG, text=text, hazard=Hazard.CORRUPTING if corrupt else None)
