"""Storage classes: chosen when an object is stored, and told when it is read or listed.

Of STANDARD, HEAD tells nothing. That it was chosen shows where a class there is not is refused.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Seen, Workbench, family, judge, refuses, shows
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.multipart import begun
from conformance.subjects.stored_headers import told
from conformance.subjects.writes import WRITES, write_call, written
from conformance.verdict import Observation

HEADER: Final = "x-amz-storage-class"
STANDARD: Final = "STANDARD"
NONE_SUCH: Final = "S3_CONFORMANCE"
# What is told of an object that no class was chosen for.
UNASKED: Final = (STANDARD, "")
# Those that can be read at once, and that no account must first ask for.
OTHERS: Final = (
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER_IR",
    "REDUCED_REDUNDANCY",
)


@family(HEADER, STANDARD, operations=WRITES)
def standard(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Store the object in the class that is named, and refuse a class that there is not."""
    answer = bench.treat(write_call(bench, operation, {HEADER: STANDARD}))
    subject = written(bench, bench.accepted(answer, HEADER))
    strange = _finished(bench, bench.effect(write_call(bench, operation, {HEADER: NONE_SUCH})))

    proofs = [refuses(f"class {NONE_SUCH}", strange)]
    if strange.ok:  # a server that tells any name back has heeded the header
        kept = told(f"class {NONE_SUCH}", _shown(bench, strange.call), NONE_SUCH, unasked=UNASKED)
        proofs = [kept] if feature == STANDARD else [*proofs, kept]
    seen = _shown(bench, subject.call("HeadObject"))
    wrong = f"{STANDARD} reads back as {seen}"
    return judge(*proofs, also=[shows(seen in UNASKED, "", wrong, otherwise=Seen.WRONG)])


def _finished(bench: Workbench, answer: Response) -> Response:
    """The last answer until the object is stored, for an upload may be refused at any step."""
    if not answer.ok or answer.call.operation != "CreateMultipartUpload":
        return answer
    upload = begun(answer)
    part = bench.effect(upload.part(1, bench.text()))
    return bench.effect(upload.complete([part.etag])) if part.ok else part


@family(*OTHERS, operations=WRITES)
def other(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Store the object in this class, and tell so when it is read or listed."""
    answer = bench.treat(write_call(bench, operation, {HEADER: feature}))

    subject = written(bench, bench.accepted(answer, HEADER))

    seen = _shown(bench, subject.call("HeadObject"))
    return judge(told("class", seen, feature, unasked=UNASKED))


def _shown(bench: Workbench, call: Call) -> str:
    """The object's class as HeadObject tells it, or else a listing; empty where neither does."""
    head = Call(operation="HeadObject", bucket=call.bucket, key=call.key)
    seen = bench.effect(head).header(HEADER)
    query = {"prefix": call.key}
    listing = Call(operation="ListObjectsV2", bucket=call.bucket, query=query)
    return seen or bench.effect(listing).text("Contents/StorageClass") or ""
