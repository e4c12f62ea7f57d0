"""What the canned names of access control lists stand for, besides public-read.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from conformance.probing import (
    Check,
    Comparison,
    Stored,
    Undecided,
    Workbench,
    detail,
    has_body,
    holds,
    promise,
    refused,
)
from conformance.probing.sources import api, guide
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.acl_buckets import CANNED
from conformance.subjects.grantees import (
    ACL,
    AUTHENTICATED,
    EVERYBODY,
    LOGS,
    grants_of,
    named,
    open_bucket,
    private_acl,
    without_grant,
)
from conformance.subjects.writes import written
from conformance.verdict import Hazard

Maker = Callable[[dict[str, str]], Call]

SOURCE: Final = guide("acl-overview")
# By canned name: what it grants besides the owner's full control.
GRANTED: Final[dict[str, set[tuple[str, str]]]] = {
    "authenticated-read": {(AUTHENTICATED, "READ")},
    "public-read-write": {(EVERYBODY, "READ"), (EVERYBODY, "WRITE")},
    "log-delivery-write": {(LOGS, "WRITE"), (LOGS, "READ_ACP")},
    "bucket-owner-full-control": set(),  # of an object in one's own bucket
}
# By operation: the names whose grants are checked; more where little has to be prepared.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "CreateBucket": ("authenticated-read",),
    "PutBucketAcl": ("authenticated-read", "public-read-write", "log-delivery-write"),
    "PutObject": ("authenticated-read", "public-read-write", "bucket-owner-full-control"),
    "CreateMultipartUpload": ("authenticated-read",),
    "CopyObject": ("authenticated-read",),
}
CREATES: Final = ("CreateBucket", "PutObject", "CopyObject")


def canned_name_checks(operation: str) -> list[Check]:
    """The checks of `check_names` for an operation."""
    acl = "GetBucketAcl" if "Bucket" in operation else "GetObjectAcl"
    # The API reference does not list log-delivery-write among the header's values.
    checks = [
        (detail if name == "log-delivery-write" else promise)(
            name, f"{named(frozenset(GRANTED[name]))} in {acl} after {name}", SOURCE
        )
        for name in NAMES[operation]
    ]
    checks.append(promise("owner-keeps", "full control for the owner beside the grant", SOURCE))
    if operation in CREATES:
        text = "nothing to be created by a request that is refused"
        checks.append(promise("refusal-creates-nothing", text, api(operation)))
    more = {
        "PutBucketAcl": {
            "private-again": "a refusal of an unsigned ListObjects after private",
        },
        "PutObject": {
            "authenticated-only": "authenticated-read to admit another account and nobody unsigned",
            "bucket-owner-read": "the owner of a bucket to read another account's object",
            "head-admitted": "an unsigned HeadObject to be served after public-read",
            "replaced": "a refusal of an unsigned GetObject of the object stored over it",
            "forgotten": "the same of an object stored after that one was deleted",
        },
        "CopyObject": {
            "not-copied": "a refusal of an unsigned GetObject of a copy of a public object",
        },
    }
    return [*checks, *(promise(i, text, SOURCE) for i, text in more.get(operation, {}).items())]


def check_owner(bench: Workbench, acl: Response) -> None:
    """Report `owner-keeps`: a canned name grants something more, and takes nothing away."""
    owner = acl.text("Owner/ID")
    if acl.root != ACL or not owner:
        bench.skip("owner-keeps", because=f"{acl.call.operation} shows no owner: {acl.describe()}")
        return
    grants = grants_of(acl)
    bench.check("owner-keeps", holds((owner, "FULL_CONTROL") in grants, named(grants), acl))


def check_names(bench: Workbench, make: Maker, public: Stored | None, refusal: Response) -> None:
    """Check what the other canned names grant, and that nothing public stays so for longer.

    Args:
        bench: the row's.
        make: a request of the row with these headers.
        public: an object that everybody may read; None where there is none to be had.
        refusal: what an unknown name was answered.
    """
    operation = refusal.call.operation
    for name in NAMES[operation]:
        with bench.observing(name):
            _check_name(bench, make, name)
    if operation in CREATES:
        _check_nothing_created(bench, refusal)
    if operation == "PutBucketAcl":
        with bench.observing("private-again"):
            _check_private_again(bench, make, refusal.call.bucket)
    if operation == "PutObject":
        _check_public(bench, public)
        with bench.observing("bucket-owner-read"):
            _check_bucket_owner(bench)
    if operation == "CopyObject":
        with bench.observing("not-copied"):
            source = {"x-amz-copy-source": _public(public).source}
            copy = bench.control(make(source))
            answer = bench.effect(written(bench, copy).call("GetObject"), anonymous=True)
            bench.check("not-copied", _private(answer))


def _check_name(bench: Workbench, make: Maker, name: str) -> None:
    answer = bench.effect(make({CANNED: name}))
    if answer.denied or "BlockPublicAccess" in answer.code:
        raise Undecided(f"{answer.describe()}: public ACLs are perhaps not let in here")
    if not answer.ok:
        bench.check(name, holds(False, answer.describe(), answer))
        return
    acl, subject = _acl_of(bench, answer)
    if acl.root != ACL:
        raise Undecided(f"{acl.call.operation} returned {acl.describe()}")
    new = grants_of(acl) - grants_of(private_acl(bench, acl.call.operation))
    bench.check(name, holds(new == GRANTED[name], f"{named(new)} more", acl))
    if name == "authenticated-read" and answer.call.operation == "PutObject":
        assert subject is not None
        with bench.observing("authenticated-only"):
            _check_authenticated(bench, subject)


def _acl_of(bench: Workbench, answer: Response) -> tuple[Response, Stored | None]:
    if not answer.call.key:
        return bench.effect(Call(operation="GetBucketAcl", bucket=answer.call.bucket)), None
    subject = written(bench, answer)
    return bench.effect(subject.call("GetObjectAcl")), subject


def _check_authenticated(bench: Workbench, subject: Stored) -> None:
    if bench.endpoint.alt is None:
        raise Undecided("it takes another account")
    read: OperationName = "GetObject"
    if not without_grant(bench, read, "another account", stored_by="PutObject").denied:
        raise Undecided("another account reads what is private, too")
    signed = bench.effect(subject.call(read), credentials=bench.endpoint.alt)
    unsigned = bench.effect(subject.call(read), anonymous=True)
    text = f"{signed.describe()} for another account, {unsigned.describe()} without a signature"
    right = signed.body == subject.body and not unsigned.ok
    bench.check("authenticated-only", holds(right, text, signed, unsigned))


def _check_nothing_created(bench: Workbench, refusal: Response) -> None:
    check = "refusal-creates-nothing"
    if refusal.ok:
        bench.skip(check, because="the unknown name was not refused")
        return
    call = refusal.call
    head: OperationName = "HeadObject" if call.key else "HeadBucket"
    answer = bench.effect(Call(operation=head, bucket=call.bucket, key=call.key))
    bench.check(check, holds(answer.status == 404, f"{head}: {answer.describe()}", answer))


def _check_private_again(bench: Workbench, make: Maker, bucket: str) -> None:
    bench.setup(make({CANNED: "public-read"}))
    listing = Call(operation="ListObjects", bucket=bucket)
    if not bench.control(listing, anonymous=True).ok:
        raise Undecided("nobody is admitted by public-read")
    bench.setup(make({CANNED: "private"}))
    bench.check("private-again", _private(bench.effect(listing, anonymous=True)))


def _check_public(bench: Workbench, public: Stored | None) -> None:
    with bench.observing("head-admitted", "replaced", "forgotten"):
        subject = _public(public)
        head = bench.effect(subject.call("HeadObject"), anonymous=True)
        bench.check("head-admitted", holds(head.status == 200, head.describe(), head))
        again = bench.put(bucket=subject.bucket, key=subject.key)
        answer = bench.effect(again.call("GetObject"), anonymous=True)
        bench.check("replaced", _private(answer))
        bench.setup(again.call("PutObject", headers={CANNED: "public-read"}, body=bench.text()))
        bench.setup(again.call("DeleteObject"))
        anew = bench.put(bucket=subject.bucket, key=subject.key)
        answer = bench.effect(anew.call("GetObject"), anonymous=True)
        bench.check("forgotten", _private(answer))


def _check_bucket_owner(bench: Workbench) -> None:
    bucket, body = open_bucket(bench), bench.text()
    call = Call(
        operation="PutObject",
        bucket=bucket,
        key=bench.key(),
        headers={CANNED: "bucket-owner-read"},
        body=body,
    )
    stored = bench.effect(call, credentials=bench.endpoint.alt)
    if not stored.ok:
        raise Undecided(f"PutObject by the other account: {stored.describe()}")
    read = Call(operation="GetObject", bucket=bucket, key=call.key)
    bench.check("bucket-owner-read", has_body(bench.effect(read), body))


def _public(public: Stored | None) -> Stored:
    if public is None:
        raise Undecided("no object is public that was not before")
    return public


def _private(answer: Response) -> Comparison:
    return refused(answer).hurting(Hazard.SILENT)
