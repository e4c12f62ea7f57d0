"""Parts of objects: what a read of some bytes must return, and objects to read them of.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.probing import Comparison, Stored, Workbench, has_status, holds
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects import customer_keys, multipart
from conformance.verdict import Hazard, Outcome

READS: Final[tuple[OperationName, ...]] = ("GetObject", "HeadObject")


def has_slice(answer: Response, subject: Stored, first: int, last: int) -> Comparison:
    """A 206 that must hold these bytes of the object; of HEAD, their length."""
    size, length = len(subject.body), last - first + 1
    head = answer.call.operation == "HeadObject"
    seen = answer.header("Content-Length") if head else str(len(answer.body))
    place = answer.header("Content-Range")
    text = f"{answer.describe()}, {seen} bytes, Content-Range: {place}"
    # HEAD need not say where the part lies: AWS leaves Content-Range out for part numbers there.
    right_place = place == f"bytes {first}-{last}/{size}" or (
        place is None and (head or answer.status == 200)
    )
    right_body = head or answer.body == subject.body[first : last + 1]
    # HTTP defines ranges for GET only (RFC 9110, 14.2), so HEAD may say 200.
    right_status = answer.status == 206 or (answer.ok and (head or length == size))
    right = right_status and seen == str(length) and right_body and right_place
    unasked = answer.status == 200 and seen == str(size)
    comparison = holds(right, text, answer, otherwise=Outcome.IGNORED if unasked else Outcome.WRONG)
    corrupt = answer.ok and not right_body and not unasked
    return comparison.hurting(Hazard.CORRUPTING) if corrupt else comparison


def sealed_parts(bench: Workbench) -> tuple[Stored, customer_keys.Key]:
    """An object of two parts that was stored with a customer's key, which rows only read.

    Raises:
        Undecided: a step was not served.
    """
    return bench.shared("an object of two parts with a customer's key", _sealed_parts)


def _sealed_parts(bench: Workbench) -> tuple[Stored, customer_keys.Key]:
    key = customer_keys.new_key(bench)
    bodies = [bench.text(multipart.PART), bench.text(multipart.SECOND)]
    return multipart.completed(bench, bodies, key.headers()), key


def beside_condition(
    bench: Workbench, check: str, call: Call, headers: Mapping[str, str], status: int
) -> None:
    """A read of some bytes on a condition that is false: the condition comes first.

    Where the server does not know the condition, that is no fault of the range's.
    """
    seen = has_status(bench.effect(call.plus(headers=headers)), status)
    if not seen.held:
        alone = bench.control(call.without("Range", "partNumber").plus(headers=headers))
        if alone.status != status:
            bench.skip(check, because="the server does not support the condition")
            return
    bench.check(check, seen)
