"""Headers that name the algorithm of the checksum which a body is sent with.

`x-amz-sdk-checksum-algorithm` is the SDKs'; R2's table lists `x-amz-checksum-algorithm` beside it,
which AWS gives to none of these requests. What shows that the header is read is its own value, for
the checksum may be compared without it: a name of no algorithm is refused, and so is one whose
checksum is not the one sent. The SDKs' header is refused as well where no checksum comes with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Check,
    Observed,
    OperationName,
    Workbench,
    api,
    checksum,
    checksum_header,
    core,
    decide,
    detail,
    equals,
    family,
    refused,
)
from conformance.subjects import smallest_requests

SDK_ALGORITHM: Final = "x-amz-sdk-checksum-algorithm"
ALGORITHM: Final = "x-amz-checksum-algorithm"
SENT: Final = "CRC32"
ANOTHER: Final = "SHA256"
NONE_SUCH: Final = "CRC31"
# AWS reads the SDKs' header of any body, not of documents alone.
BODIES: Final[tuple[OperationName, ...]] = ("PutObject", "UploadPart")
CODES: Final = ("InvalidRequest", "InvalidArgument", "BadDigest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Requests that are served, less the row's header.

    Attributes:
        plain: without a checksum.
        summed: with one; None where checksums are refused here.
    """

    plain: Call
    summed: Call | None


def _checks(operation: str, feature: str) -> list[Check]:
    # AWS gives the second header to none of these requests; it is read as the SDKs' header is.
    page = api(operation)
    checks = [
        core("unknown-algorithm", f"a refusal of {NONE_SUCH}, which is no algorithm", page),
        core("another-algorithm", f"a refusal of {ANOTHER} where a {SENT} is sent", page),
        detail("code", f"one of {', '.join(CODES)} for a name of no algorithm", ERRORS),
    ]
    if feature == SDK_ALGORITHM:
        checks.append(core("no-checksum", f"a refusal of {SENT} where no checksum is sent", page))
    return checks


@family(SDK_ALGORITHM, operations=BODIES, checks=_checks)
@family(SDK_ALGORITHM, ALGORITHM, operations=smallest_requests.DOCUMENTS, checks=_checks)
def algorithm(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Refuse a name of no algorithm, and one whose checksum is not the one sent."""
    served = _served(bench, smallest_requests.SMALLEST[operation](bench), feature)
    call = served.summed or served.plain

    unknown = bench.effect(call.plus(headers={feature: NONE_SUCH}))
    if bench.check("unknown-algorithm", refused(unknown)):
        known = unknown.code if unknown.code not in CODES else CODES[0]
        bench.check("code", equals("code", known, CODES[0], unknown))
    else:
        bench.skip("code", because="a name of no algorithm was not refused")
    if served.summed is None:
        bench.skip("another-algorithm", because="the server refuses checksums of this request")
    else:
        another = bench.effect(served.summed.plus(headers={feature: ANOTHER}))
        bench.check("another-algorithm", refused(another))
    if feature == SDK_ALGORITHM:
        # A refusal for want of a checksum is the right one: nothing is sent in its place.
        alone = bench.effect(served.plain.plus(headers={feature: SENT}), keep_digest=True)
        bench.check("no-checksum", refused(alone))


def _served(bench: Workbench, call: Call, feature: str) -> Served:
    """Find out how the row's header is served.

    S3 takes one digest a request, so the checksum comes instead of `Content-MD5`. Where checksums
    are refused the header goes without one.

    Raises:
        Decided: the header is what is refused.
        Undecided: nothing is served.
    """
    bare, named = call.without("Content-MD5"), {feature: SENT}
    summed = bare.plus(headers={checksum_header(SENT): checksum(SENT, call.body)})

    answer = bench.treat(summed.plus(headers=named))
    if answer.ok:
        return Served(plain=bare if bench.control(bare).ok else call, summed=summed)
    if bench.control(summed).ok:
        observed = Observed.BROKEN if answer.broke else Observed.REJECTED
        decide(observed, f"{answer.describe()}; the same request without it is served")
    bench.accepted(bench.treat(call.plus(headers=named)), feature)
    return Served(plain=call, summed=None)
