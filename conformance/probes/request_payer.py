"""Requester Pays: whoever asks says with a header that they will pay for it, or is refused.

The owner of a bucket never needs the header, so the effect shows to others only: another account,
or nobody at all where none is given. Buckets are set to Requester Pays and opened, one by an ACL
and one by a policy, for either admits others to what the other does not. Without the header others
must be refused in both; with it another account must be served in one.
Where no bucket can be set so, or others are served without the header, it can have no effect, and
a server that takes it has ignored it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

from conformance.probing import (
    Call,
    Check,
    Hazard,
    Observed,
    OperationName,
    Outcome,
    Response,
    SendOptions,
    Stored,
    Undecided,
    Workbench,
    api,
    content_md5,
    core,
    decide,
    detail,
    document,
    family,
    guide,
    has_header,
    holds,
    promise,
    refused,
    stored,
)
from conformance.subjects import (
    acl_buckets,
    bucket_configuration,
    bucket_configurations,
    configuration_bodies,
    left_undone,
    multipart,
    smallest_requests,
)

PAYER: Final = "x-amz-request-payer"
REQUESTER: Final = {PAYER: "requester"}
CHARGED: Final = "x-amz-request-charged"
PAGE: Final = guide("RequesterPaysBuckets")
OPERATIONS: Final[tuple[OperationName, ...]] = (
    *("HeadObject", "GetObject", "PutObject", "CopyObject", "DeleteObject", "DeleteObjects"),
    *("ListObjects", "ListObjectsV2", "CreateMultipartUpload", "UploadPart", "UploadPartCopy"),
    *("CompleteMultipartUpload", "AbortMultipartUpload", "ListParts", "ListMultipartUploads"),
    *("GetObjectTagging", "PutObjectTagging", "PutObjectLockConfiguration"),
)
SOURCES: Final[tuple[OperationName, ...]] = ("CopyObject", "UploadPartCopy")
# Where a few requests more are spent: one that reads, one that writes, one that lists.
CLOSELY: Final[tuple[OperationName, ...]] = ("GetObject", "PutObject", "ListObjectsV2")
STORING: Final = ("PutObject", "CopyObject", "CompleteMultipartUpload")
# What others may do there: what the operations above take, and nothing to the bucket's data
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
CALLS: Final[dict[OperationName, Callable[[Workbench], Call]]] = {
    **{name: smallest_requests.SMALLEST[name] for name in OPERATIONS},
    "ListParts": lambda bench: multipart.begin(bench).call("ListParts"),
    "PutObjectLockConfiguration": _object_lock,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """Whether a bucket can be one whose requester pays.

    Attributes:
        free: why nobody ever pays here; None where a bucket was set so.
        tolls: objects in buckets whose requester pays, by the check of who is admitted there.
        open: an object in a bucket with the same policy, whose requester does not pay.
    """

    free: str | None = None
    tolls: tuple[tuple[str, Stored], ...] = ()
    open: Stored | None = None


def _checks(operation: str, _: str) -> list[Check]:
    def admits(how: str) -> str:
        text = f"{operation} by another account that {how} admits to be refused without the header"
        return f"{text}, and served with it"

    checks = [
        core("admitted-by-acl", admits("an ACL"), PAGE),
        core("admitted-by-policy", admits("a policy"), PAGE),
        detail("refusal-code", "403 AccessDenied without the header", PAGE),
        detail("charged", "x-amz-request-charged: requester with what was paid", api(operation)),
    ]
    if operation in left_undone.MAKERS:
        text = "a request that is refused without the header not to be carried out"
        checks.append(promise("nothing-done", text, PAGE))
    if operation in SOURCES:
        text = "a copy from a bucket whose requester pays to be refused without the header, and"
        checks.append(promise("paid-source", f"{text} served with it", api(operation)))
    if operation in CLOSELY:
        text = "a refusal of an unsigned request, though it has the header"
        checks.append(promise("unsigned", text, PAGE))
        text = "the bucket's owner to be served without the header"
        checks.append(promise("owner-free", text, PAGE))
        text = "a refusal of another account whose header has another value"
        checks.append(detail("another-value", text, api(operation)))
    return checks


@family(PAYER, operations=OPERATIONS, checks=_checks)
def request_payer(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Serve another account that says it pays, and refuse it where it does not say so."""
    toll = bench.shared("a bucket whose requester pays", _toll)
    own = smallest_requests.SMALLEST[operation](bench)
    bench.accepted(bench.treat(own.plus(headers=REQUESTER)), feature)
    if toll.free is not None:
        decide(Observed.IGNORED, f"served to the owner, but nobody ever pays: {toll.free}")

    paid = None
    for check, subject in toll.tolls:
        with bench.observing(check):
            paid = _check_toll(bench, check, _refusable(There(bench, subject), operation)) or paid
    if not bench.recorder.decides:
        _check_refused_anyway(bench, operation, toll)
    if paid is not None:
        bench.check("charged", has_header(paid, CHARGED, "requester"))
        if operation in CLOSELY:
            _check_closely(bench, paid.call)
    if operation in SOURCES:
        with bench.observing("paid-source"):
            _check_source(bench, operation, toll)


def _refusable(there: Workbench, operation: OperationName) -> left_undone.Refusable:
    maker = left_undone.MAKERS.get(operation)
    if maker is None:
        return left_undone.Refusable(call=CALLS[operation](there))
    asked = maker(there)
    if operation not in STORING:
        return asked
    # What another account stores its owner alone may read; the bucket's owner sees it listed.
    query = {"prefix": asked.call.key}
    listing = Call(operation="ListObjects", bucket=asked.call.bucket, query=query)
    return replace(asked, undone=left_undone.none_of(there, listing, "Contents"))


def _check_toll(bench: Workbench, check: str, asked: left_undone.Refusable) -> Response | None:
    """Check that others are served who pay, and only then; what was paid for, if anything."""
    call = asked.call
    without = bench.effect(call, **_others(bench))
    if _admitted(without):
        text = f"{without.describe()} without the header"
        bench.check(check, holds(False, text, without, otherwise=Outcome.IGNORED))
        return None
    bench.check("refusal-code", refused(without, 403, 200, codes=("AccessDenied",)))
    if asked.undone is not None:
        bench.check("nothing-done", asked.undone().hurting(Hazard.DESTRUCTIVE))
    if bench.endpoint.alt is None:
        raise Undecided("others are refused; it takes another account to see one that pays")
    paying = bench.effect(call.plus(headers=REQUESTER), **_others(bench))
    if not _admitted(paying):
        raise Undecided(f"refused with the header too: {paying.describe()}")
    text = f"{without.describe()} without the header, {paying.describe()} with it"
    bench.check(check, holds(True, text, without, paying))
    return paying


def _check_refused_anyway(bench: Workbench, operation: OperationName, toll: Toll) -> None:
    """Whether another account is refused where nobody pays, and so cannot tell."""
    if bench.endpoint.alt is None:
        raise Undecided("others are refused; it takes another account to see one that pays")
    assert toll.open is not None
    free = bench.control(CALLS[operation](There(bench, toll.open)), **_others(bench))
    if not _admitted(free):
        raise Undecided(f"another account is refused where nobody pays: {free.describe()}")
    decide(Observed.IGNORED, "another account is refused, though it says that it pays")


def _check_closely(bench: Workbench, paid: Call) -> None:
    """Check that nobody unsigned pays, and that only one value of the header says that one does."""
    unsigned = bench.effect(paid, anonymous=True)
    bench.check("unsigned", refused(unsigned))
    other = bench.effect(paid.plus(headers={PAYER: "nobody"}), **_others(bench))
    bench.check("another-value", refused(other))
    owner = bench.effect(paid.without(PAYER))
    bench.check("owner-free", holds(_admitted(owner), owner.describe(), owner))


def _check_source(bench: Workbench, operation: OperationName, toll: Toll) -> None:
    """Check copies into a bucket where nobody pays, from those where the requester does."""
    if bench.endpoint.alt is None or toll.open is None:
        raise Undecided("it takes another account to see one that pays")
    for _, source in toll.tolls:
        call = CALLS[operation](There(bench, toll.open))
        call = call.plus(headers={"x-amz-copy-source": source.source})
        without = bench.effect(call, **_others(bench))
        if _admitted(without):
            seen = holds(False, f"{without.describe()} without the header", without)
            bench.check("paid-source", seen)
            continue
        paying = bench.effect(call.plus(headers=REQUESTER), **_others(bench))
        if _admitted(paying):
            text = f"{without.describe()} without the header, {paying.describe()} with it"
            bench.check("paid-source", holds(True, text, without, paying))
    bench.skip("paid-source", because="another account is refused whether it pays or not")


def _others(bench: Workbench) -> SendOptions:
    alt = bench.endpoint.alt
    return {"credentials": alt} if alt else {"anonymous": True}


def _admitted(answer: Response) -> bool:
    """Not refused for who asks; DeleteObjects may say so inside of a 200."""
    if answer.call.operation == "PutObjectLockConfiguration":
        return answer.ok or answer.status in (400, 404, 409)
    return answer.ok and answer.root != "Error" and answer.xml.find("Error") is None


def _toll(bench: Workbench) -> Toll:
    if bench.sandbox.user_buckets:
        return _given(bench)
    by_acl, by_policy, open_ = (acl_buckets.bucket_with_acls(bench) for _ in range(3))
    if free := _set(bench, by_acl) or _set(bench, by_policy):
        return Toll(free=free)
    tolls = (
        ("admitted-by-acl", _opened_by_acl(bench, by_acl)),
        ("admitted-by-policy", _opened_by_policy(bench, by_policy)),
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
    return bucket_configurations.CONFIGURED_BY["PutBucketRequestPayment"][1].put(
        bucket_configuration.Place(bucket=bucket), payer
    )


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
    acl_buckets.unblock(bench, bucket)
    headers = {acl_buckets.CANNED: "public-read-write"}
    bench.attempt(Call(operation="PutBucketAcl", bucket=bucket, headers=headers))
    return _public(bench, bucket)


def _opened_by_policy(bench: Workbench, bucket: str) -> Stored:
    acl_buckets.unblock(bench, bucket)
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": [f"s3:{name}" for name in ACTIONS],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    bench.attempt(configuration_bodies.put_policy(bucket, json.dumps(policy).encode()))
    return _public(bench, bucket)


def _public(bench: Workbench, bucket: str) -> Stored:
    """An object that everybody may read, if need be only as far as the bucket's policy says."""
    headers = {acl_buckets.CANNED: "public-read"}
    call = Call(
        operation="PutObject", bucket=bucket, key=bench.key(), headers=headers, body=bench.text()
    )
    answer = bench.attempt(call)
    return stored(answer) if answer.ok else bench.put(bucket=bucket)
