"""Headers that name the algorithm of the checksum which a document is sent with.

`x-amz-sdk-checksum-algorithm` is the SDKs'; R2's table lists `x-amz-checksum-algorithm` beside it,
which AWS gives to none of these requests. What shows that the header is read is its own value, for
the checksum may be compared without it: a name of no algorithm is refused, and so is one whose
checksum is not the one sent. The SDKs' header is refused as well where no checksum comes with it.
Source: x-amz-sdk-checksum-algorithm on
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html and the other Put… pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conformance.probing import Workbench, decide, family, judge, refuses
from conformance.s3.checksums import checksum, checksum_header
from conformance.s3.operations import Call, OperationName
from conformance.subjects.smallest_requests import DOCUMENTS, SMALLEST
from conformance.verdict import Observation, Observed

SDK_ALGORITHM: Final = "x-amz-sdk-checksum-algorithm"
ALGORITHM: Final = "x-amz-checksum-algorithm"
SENT: Final = "CRC32"
ANOTHER: Final = "SHA256"
NONE_SUCH: Final = "CRC31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Requests that are served, less the row's header.

    Attributes:
        plain: without a checksum.
        summed: with one; None where checksums are refused here.
    """

    plain: Call
    summed: Call | None


@family(SDK_ALGORITHM, ALGORITHM, operations=DOCUMENTS)
def algorithm(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Heed the name: refuse one of no algorithm, and one whose checksum is not the one sent."""
    served = _served(bench, SMALLEST[operation](bench), feature)

    values = {NONE_SUCH: "a name of no algorithm"}
    if served.summed is not None:
        values[ANOTHER] = f"{ANOTHER}, though the checksum sent is {SENT}"
    call = served.summed or served.plain
    proofs = [
        refuses(f"with {what}", bench.effect(call.plus(headers={feature: value})))
        for value, what in values.items()
    ]
    if feature == SDK_ALGORITHM:
        alone = bench.effect(served.plain.plus(headers={feature: SENT}))
        proofs.append(refuses("without any checksum", alone))
    return judge(*proofs)


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
