"""Content-MD5: a body is refused unless it has the digest that is said.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, the Put… pages of
buckets' configurations, and RFC 1864.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conformance.probing import Proof, Seen, Workbench, family, judge, refuses
from conformance.s3.checksums import checksum, checksum_header, content_md5
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.multipart import begin
from conformance.subjects.smallest_requests import DOCUMENTS, SMALLEST
from conformance.subjects.writes import write_call
from conformance.verdict import Hazard, Observation

HEADER: Final = "Content-MD5"
MALFORMED: Final = "not-a-digest"

CALLS: Final[dict[str, Callable[[Workbench], Call]]] = {
    "PutObject": lambda bench: write_call(bench, "PutObject", {}),
    "UploadPart": lambda bench: begin(bench).part(1, bench.text()),
    # Its body is empty, and so the digest is that of nothing.
    "CreateMultipartUpload": lambda bench: write_call(bench, "CreateMultipartUpload", {}),
}
Left = Callable[[Workbench, Call], bool]


def _object(bench: Workbench, call: Call) -> bool:
    return bench.effect(Call(operation="HeadObject", bucket=call.bucket, key=call.key)).ok


def _part(bench: Workbench, call: Call) -> bool:
    query = {"uploadId": call.query["uploadId"]}
    listing = Call(operation="ListParts", bucket=call.bucket, key=call.key, query=query)
    return bool(bench.effect(listing).texts("Part"))


# Whether a request that was refused has left what it was to store.
LEFT: Final[dict[str, Left]] = {"PutObject": _object, "UploadPart": _part}


@family(HEADER, operations=CALLS)
def data(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Take the bytes with their own digest, and refuse them with another's or with none at all."""
    return _checked(bench, feature, CALLS[operation], LEFT.get(operation))


@family(HEADER, operations=DOCUMENTS)
def document(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Take the document with its own digest, and refuse it with another's or with none at all."""
    call = SMALLEST[operation](bench)
    return _checked(bench, feature, lambda _: call)


def _checked(
    bench: Workbench, feature: str, make: Callable[[Workbench], Call], left: Left | None = None
) -> Observation:
    right = make(bench)
    answer = bench.treat(right.plus(headers=content_md5(right.body)), keep_digest=True)
    bench.accepted(answer, feature, control=None if answer.ok else _control(bench, right, feature))
    wrong = bench.effect(make(bench).plus(headers=content_md5(bench.text())))
    malformed = bench.effect(make(bench).plus(headers={feature: MALFORMED}))

    harm = [] if left is None or wrong.ok else [_unstored(wrong, left(bench, wrong.call))]
    return judge(
        refuses("with the digest of other bytes", wrong),
        refuses("with what is no digest", malformed),
        also=harm,
    )


def _control(bench: Workbench, call: Call, feature: str) -> Call:
    """The same request without the header; with a checksum where some digest there must be."""
    bare = call.without(feature)
    summed = bare.plus(headers={checksum_header("CRC32"): checksum("CRC32", call.body)})
    return bare if bench.control(bare).ok else summed


def _unstored(refused: Response, stored: bool) -> Proof:
    text = f"refused with {refused.describe()}, and stored all the same"
    hazard = Hazard.CORRUPTING if stored else None
    return Proof(seen=Seen.WRONG if stored else Seen.HELD, text=text, hazard=hazard)
