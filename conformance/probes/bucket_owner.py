"""The owner check: a request is refused where another account owns the bucket it names.

What counts as proof. An id that is certainly another account's must be refused with 403 Access
Denied; a server that ignores the header serves it. That it is not the header itself which is
refused is shown by the right id, which must be served. The right id is the one the user gives, or
else the one that ListBuckets tells, in whatever form the store has it. Where that one is refused
too, an id of the wrong length must be answered otherwise than with 403 (AWS: 400): only a server
that reads the value can tell the two apart. Where it cannot be told so either, the row is unproven.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Proof, Seen, Undecided, Workbench, decide, family, judge
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.smallest_requests import SMALLEST
from conformance.verdict import Hazard, Observation, Observed

OWNER: Final = "x-amz-expected-bucket-owner"
SOURCE_OWNER: Final = "x-amz-source-expected-bucket-owner"
# What shows that a refused request was carried out all the same, where it would not be noticed when
# it is sent again: whether HeadObject is served then.
DEEDS: Final = {
    "PutObject": True,
    "CopyObject": True,
    "CompleteMultipartUpload": True,
    "DeleteObject": False,
}
# Two, for one of them may be who asks.
STRANGERS: Final = ("598174230666", "598174230667")
MALFORMED: Final = "5981"


@family(OWNER, operations=[name for name in SMALLEST if name != "ListBuckets"], security=True)
def expected_bucket_owner(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Answer 403 Access Denied, and do nothing, where another account owns the bucket."""
    return _owner_check(bench, SMALLEST[operation](bench), feature)


@family(SOURCE_OWNER, operations=["CopyObject", "UploadPartCopy"], security=True)
def source_expected_bucket_owner(
    bench: Workbench, operation: OperationName, feature: str
) -> Observation:
    """Answer 403 Access Denied, and copy nothing, where another account owns the source bucket."""
    return _owner_check(bench, SMALLEST[operation](bench), feature)


def _owner_check(bench: Workbench, call: Call, feature: str) -> Observation:
    """All requests go to one subject: what was refused must have left it as it was."""
    given = bench.endpoint.account_id
    stranger = next(each for each in STRANGERS if each != given)

    wrong = bench.treat(call.plus(headers={feature: stranger}))
    if _served(wrong):
        return judge(_proof(Seen.ABSENT, "with another account's id", wrong))
    if not _denied(wrong):
        bench.accepted(wrong, feature)
        return judge(_proof(Seen.WRONG, "with another account's id", wrong))
    refused = _proof(Seen.HELD, "with another account's id", wrong)
    undone = _undone(bench, call)

    own = given or bench.shared("the account's id", _told_id)
    right = bench.effect(call.plus(headers={feature: own})) if own else None
    if right is not None and _served(right):
        return judge(refused, _proof(Seen.HELD, "with the owner's id", right), also=undone)
    if right is not None and given:
        bench.accepted(right, feature)

    malformed = bench.effect(call.plus(headers={feature: MALFORMED}))
    if not _served(malformed) and not _served(plain := bench.control(call)):
        raise Undecided(f"{wrong.describe()}, but without it too: {plain.describe()}")
    if not _denied(malformed):
        told_apart = _proof(Seen.HELD, "with an id of the wrong length", malformed)
        return judge(refused, told_apart, also=undone)
    return decide(
        Observed.UNPROVEN,
        "403 whatever the id is, and no id is known to be right; name it with --account-id",
    )


def _undone(bench: Workbench, call: Call) -> list[Proof]:
    done = DEEDS.get(call.operation)
    if done is None:
        return []
    head = bench.effect(Call(operation="HeadObject", bucket=call.bucket, key=call.key))
    text = "it was refused, and carried out all the same"
    hazard = Hazard.DESTRUCTIVE
    return [Proof(seen=Seen.WRONG, text=text, hazard=hazard)] if head.ok is done else []


def _told_id(bench: Workbench) -> str:
    return bench.attempt(Call(operation="ListBuckets")).text("Owner/ID") or ""


def _served(answer: Response) -> bool:
    """Carried out; S3 may also report errors inside of a 200."""
    inner = answer.root == "Error" or answer.xml.find("Error") is not None
    return (answer.ok and not inner) or answer.not_configured


def _denied(answer: Response) -> bool:
    inner = answer.code or answer.text("Error/Code")
    return answer.status == 403 or (answer.ok and inner == "AccessDenied")


def _proof(seen: Seen, what: str, answer: Response) -> Proof:
    return Proof(seen=seen, text=f"{what}: {answer.describe()}")
