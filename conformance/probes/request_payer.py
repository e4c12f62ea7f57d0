"""Requester Pays: whoever asks says with a header that they will pay for it, or is refused.

The owner of a bucket never needs the header, so the effect shows to a stranger only: another
account, or nobody at all where none is given. Buckets are set to Requester Pays and opened, one by
an ACL and one by a policy, for either lets strangers do what the other does not. Without the header
a stranger must be refused in both, with it another account must be served in one.
Where no bucket can be set so, or a stranger is served without the header, it can have no effect,
and a server that takes it has ignored it.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from conformance.probing import (
    Proof,
    Stored,
    Undecided,
    Workbench,
    decide,
    family,
    judge,
    shows,
    stored,
)
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.s3.xml import document
from conformance.subjects.acl_buckets import CANNED, bucket_with_acls, unblock
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.bucket_configurations import CONFIGURED_BY
from conformance.subjects.configuration_bodies import put_policy
from conformance.subjects.multipart import begin
from conformance.subjects.smallest_requests import SMALLEST
from conformance.verdict import Observation, Observed

PAYER: Final = "x-amz-request-payer"
REQUESTER: Final = {PAYER: "requester"}
OPERATIONS: Final = (
    *("HeadObject", "GetObject", "PutObject", "CopyObject", "DeleteObject", "DeleteObjects"),
    *("ListObjects", "ListObjectsV2", "CreateMultipartUpload", "UploadPart", "UploadPartCopy"),
    *("CompleteMultipartUpload", "AbortMultipartUpload", "ListParts", "ListMultipartUploads"),
    *("GetObjectTagging", "PutObjectTagging", "PutObjectLockConfiguration"),
)
# What a stranger may do there: what the operations above take, and nothing to the bucket's data
# but in keys of ours.
ACTIONS: Final = (
    *("GetObject", "PutObject", "DeleteObject", "AbortMultipartUpload", "ListMultipartUploadParts"),
    *("GetObjectTagging", "PutObjectTagging", "ListBucket", "ListBucketMultipartUploads"),
    "PutBucketObjectLockConfiguration",
)


class There(Workbench):
    """The same workplace in another bucket, whose object is the plain one."""

    def __init__(self, bench: Workbench, subject: Stored) -> None:
        super().__init__(bench.sandbox)
        self.exchanges = bench.exchanges
        self._subject = subject

    @property
    def bucket(self) -> str:
        return self._subject.bucket

    @property
    def plain(self) -> Stored:
        return self._subject


def _object_lock(bench: Workbench) -> Call:
    """Without a rule, so that nothing is locked; the bucket refuses it, but not for who asks."""
    body = document("ObjectLockConfiguration", "<ObjectLockEnabled>Enabled</ObjectLockEnabled>")
    headers = content_md5(body)
    return Call(
        operation="PutObjectLockConfiguration", bucket=bench.bucket, headers=headers, body=body
    )


# In another bucket, so less what the smallest requests share.
CALLS: Final[dict[str, Callable[[Workbench], Call]]] = {
    **{name: SMALLEST[name] for name in OPERATIONS},
    "ListParts": lambda bench: begin(bench).call("ListParts"),
    "PutObjectLockConfiguration": _object_lock,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """Whether a bucket can be one whose requester pays.

    Attributes:
        free: why nobody ever pays here; None where a bucket was set so.
        tolls: objects in buckets whose requester pays, and which strangers are let in there.
        open: an object in a bucket with the same policy, whose requester does not pay.
    """

    free: str | None = None
    tolls: tuple[tuple[str, Stored], ...] = ()
    open: Stored | None = None


@family(PAYER, operations=OPERATIONS)
def request_payer(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Serve another account that says it pays, and refuse it where it does not say so."""
    toll = bench.shared("a bucket whose requester pays", _toll)
    own = SMALLEST[operation](bench)
    bench.accepted(bench.treat(own.plus(headers=REQUESTER)), feature)
    if toll.free is not None:
        decide(Observed.IGNORED, f"served to the owner, but nobody ever pays: {toll.free}")

    proofs = [
        proof
        for who, subject in toll.tolls
        if (proof := _asked(bench, who, CALLS[operation](There(bench, subject))))
    ]
    return judge(*proofs) if proofs else _refused_anyway(bench, operation, toll)


def _asked(bench: Workbench, who: str, call: Call) -> Proof | None:
    """Whether a stranger is served who pays, and only then; None where never."""
    without = bench.effect(call, **_stranger(bench))
    if _let_in(without):
        return shows(False, "", f"{who} is served who does not pay: {without.describe()}")
    if bench.endpoint.alt is None:
        return None
    paying = bench.effect(call.plus(headers=REQUESTER), **_stranger(bench))
    yes = f"{who} is served who pays: {paying.describe()}, else {without.describe()}"
    return shows(True, yes, "") if _let_in(paying) else None


def _refused_anyway(bench: Workbench, operation: OperationName, toll: Toll) -> Observation:
    if bench.endpoint.alt is None:
        raise Undecided("strangers are refused; it takes another account to see one who pays")
    assert toll.open is not None
    free = bench.control(CALLS[operation](There(bench, toll.open)), **_stranger(bench))
    if not _let_in(free):
        raise Undecided(f"another account is refused where nobody pays: {free.describe()}")
    return judge(shows(False, "", "another account is refused, though it says that it pays"))


def _stranger(bench: Workbench) -> dict[str, Any]:
    alt = bench.endpoint.alt
    return {"credentials": alt} if alt else {"anonymous": True}


def _let_in(answer: Response) -> bool:
    """Not refused for who asks; DeleteObjects may say so inside of a 200."""
    if answer.call.operation == "PutObjectLockConfiguration":
        return answer.ok or answer.status in (400, 404, 409)
    return answer.ok and answer.root != "Error" and answer.xml.find("Error") is None


def _toll(bench: Workbench) -> Toll:
    if bench.sandbox.user_buckets:
        return _given(bench)
    by_acl, by_policy, open_ = (bucket_with_acls(bench) for _ in range(3))
    if free := _set(bench, by_acl) or _set(bench, by_policy):
        return Toll(free=free)
    tolls = (
        ("one whom an ACL lets in", _opened_by_acl(bench, by_acl)),
        ("one whom a policy lets in", _opened_by_policy(bench, by_policy)),
    )
    return Toll(tolls=tolls, open=_opened_by_policy(bench, open_))


def _given(bench: Workbench) -> Toll:
    """A bucket that is not ours is never opened, nor left as one whose requester pays."""
    with closing(bench):
        bucket = bench.lease("requestPayment")
        free = _set(bench, bucket)
        if not free:
            bench.attempt(_payer(bucket, "BucketOwner"))
            raise Undecided("needs a bucket created for it, and buckets are given with --bucket")
    return Toll(free=free)


def _payer(bucket: str, payer: str) -> Call:
    return CONFIGURED_BY["PutBucketRequestPayment"][1].put(Place(bucket=bucket), payer)


def _set(bench: Workbench, bucket: str) -> str | None:
    """Set a bucket to Requester Pays; if that cannot be, say why."""
    put = bench.attempt(_payer(bucket, "Requester"))
    got = bench.attempt(Call(operation="GetBucketRequestPayment", bucket=bucket))
    if put.ok and got.text("Payer") == "Requester":
        return None
    if put.denied or put.broke or (put.ok and not got.ok):
        raise Undecided(f"PutBucketRequestPayment {put.describe()}, Get… {got.describe()}")
    said = got.text("Payer") or got.root or got.describe()
    return f"PutBucketRequestPayment answers {put.describe()}, and Get… {said}"


def _opened_by_acl(bench: Workbench, bucket: str) -> Stored:
    unblock(bench, bucket)
    headers = {CANNED: "public-read-write"}
    bench.attempt(Call(operation="PutBucketAcl", bucket=bucket, headers=headers))
    return _public(bench, bucket)


def _opened_by_policy(bench: Workbench, bucket: str) -> Stored:
    unblock(bench, bucket)
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": [f"s3:{name}" for name in ACTIONS],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    bench.attempt(put_policy(bucket, json.dumps(policy).encode()))
    return _public(bench, bucket)


def _public(bench: Workbench, bucket: str) -> Stored:
    """An object that everybody may read, if need be only as far as the bucket's policy says."""
    headers = {CANNED: "public-read"}
    call = Call(
        operation="PutObject", bucket=bucket, key=bench.key(), headers=headers, body=bench.text()
    )
    answer = bench.attempt(call)
    return stored(answer) if answer.ok else bench.put(bucket=bucket)
