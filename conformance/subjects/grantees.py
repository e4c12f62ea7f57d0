"""Whom an access control list names, what they may do then, and what nobody may do without it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from conformance.probing import Comparison, Stored, Undecided, Workbench, has_body, holds
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.s3.wire import SendOptions
from conformance.subjects.acl_buckets import CANNED, bucket_with_acls, unblock
from conformance.subjects.writes import WRITES, write_call, written
from conformance.verdict import Outcome

GROUPS: Final = "http://acs.amazonaws.com/groups"
EVERYBODY: Final = f"{GROUPS}/global/AllUsers"
AUTHENTICATED: Final = f"{GROUPS}/global/AuthenticatedUsers"
LOGS: Final = f"{GROUPS}/s3/LogDelivery"
XSI_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
NO_GROUP: Final = f"{EVERYBODY}ButNobody"
ACL: Final = "AccessControlPolicy"

Grants = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """What a permission lets its grantee do, and something that it does not.

    Attributes:
        objects: to an object, granted in the object's ACL; None where there is nothing.
        buckets: to a bucket, granted in the bucket's ACL.
        not_objects: to an object, and not granted; None where everything is.
        not_buckets: the same to a bucket.
    """

    objects: OperationName | None
    buckets: OperationName
    not_objects: OperationName | None
    not_buckets: OperationName | None


DEEDS: Final[dict[str, Deeds]] = {
    "READ": Deeds(
        objects="GetObject",
        buckets="ListObjects",
        not_objects="GetObjectAcl",
        not_buckets="GetBucketAcl",
    ),
    "FULL_CONTROL": Deeds(
        objects="GetObject", buckets="ListObjects", not_objects=None, not_buckets=None
    ),
    "READ_ACP": Deeds(
        objects="GetObjectAcl",
        buckets="GetBucketAcl",
        not_objects="GetObject",
        not_buckets="ListObjects",
    ),
    "WRITE": Deeds(objects=None, buckets="PutObject", not_objects=None, not_buckets="ListObjects"),
    "WRITE_ACP": Deeds(
        objects="PutObjectAcl",
        buckets="PutBucketAcl",
        not_objects="GetObject",
        not_buckets="ListObjects",
    ),
}
ROOTS: Final[dict[OperationName, str]] = {
    "ListObjects": "ListBucketResult",
    "GetObjectAcl": ACL,
    "GetBucketAcl": ACL,
}


def grants_of(answer: Response) -> Grants:
    """Who is granted what in an ACL: a canonical id or a group's URI, and a permission."""
    found = answer.xml.iter("Grant") if answer.root == ACL else ()
    return frozenset(
        (each.findtext("Grantee/ID") or each.findtext("Grantee/URI") or "?", permission)
        for each in found
        if (permission := each.findtext("Permission"))
    )


def named(grants: Grants) -> str:
    """Grants as a reader knows them: `READ for AllUsers`."""
    text = ", ".join(f"{what} for {who.rpartition('/')[2]}" for who, what in sorted(grants))
    return text or "no grant"


def private_object(bench: Workbench) -> Stored:
    """A plain object in a bucket that takes ACLs, public ones too, as far as one can be had."""
    return bench.shared("a plain object in a bucket that takes ACLs", _private_object)


def _private_object(bench: Workbench) -> Stored:
    if bench.sandbox.user_buckets:
        return bench.put()
    bucket = bucket_with_acls(bench)
    unblock(bench, bucket)
    return bench.put(bucket=bucket)


def _private_by(bench: Workbench, operation: OperationName) -> Stored:
    """A plain object in that bucket which this operation stored."""
    plain = private_object(bench)
    if operation not in WRITES or operation == "PutObject":
        return plain

    def make(bench: Workbench) -> Stored:
        return written(bench, bench.control(write_call(bench, operation, {}, plain.bucket)))

    return bench.shared(f"a plain object stored by {operation}", make)


def private_acl(bench: Workbench, operation: OperationName) -> Response:
    """What GetObjectAcl or GetBucketAcl returns where nobody was granted anything."""

    def ask(bench: Workbench) -> Response:
        if operation == "GetBucketAcl":
            return bench.attempt(Call(operation=operation, bucket=bench.bucket))
        return bench.attempt(private_object(bench).call(operation))

    return bench.shared(f"{operation} where nothing is granted", ask)


def other_id(bench: Workbench) -> str:
    """The other account's canonical id; empty where there is none, or it is not another one.

    Raises:
        Undecided: there is another account, and it cannot be asked for its id.
    """

    def ask(bench: Workbench) -> str:
        if bench.endpoint.alt is None:
            return ""
        call = Call(operation="ListBuckets")
        # Without it, rows would be decided by what everybody may do, which says less.
        own, other = bench.setup(call), bench.setup(call, credentials=bench.endpoint.alt)
        seen = other.text("Owner/ID") or ""
        return seen if seen != own.text("Owner/ID") else ""

    return bench.shared("another account's canonical id", ask)


def as_grantee(bench: Workbench, who: str) -> SendOptions:
    """How the members of a group, or the other account, send a request."""
    return {"anonymous": True} if who == EVERYBODY else {"credentials": bench.endpoint.alt}


def deed(bench: Workbench, operation: OperationName, bucket: str, subject: Stored | None) -> Call:
    """A request that needs a grant of somebody who does not own the bucket or object."""
    # Whoever writes an ACL writes the one that grants nobody anything, and shuts no owner out.
    headers = {CANNED: "private"} if operation.startswith("Put") and "Acl" in operation else {}
    if subject is not None:
        return subject.call(operation, headers=headers)
    key = bench.key() if operation == "PutObject" else ""
    return Call(operation=operation, bucket=bucket, key=key, headers=headers)


def without_grant(
    bench: Workbench, operation: OperationName, who: str, *, stored_by: OperationName | None
) -> Response:
    """What somebody gets who asks for what nobody was granted.

    Args:
        bench: the row's.
        operation: what is asked.
        who: a group's URI, or anything else for the other account.
        stored_by: the operation that stored the object asked for; None for a bucket.
    """

    def ask(bench: Workbench) -> Response:
        subject = _private_by(bench, stored_by) if stored_by else None
        call = deed(bench, operation, bench.bucket, subject)
        return bench.control(call, **as_grantee(bench, who))

    by = "everybody" if who == EVERYBODY else "another account"
    of = f"of an object by {stored_by}" if stored_by else "of a bucket"
    return bench.shared(f"{operation} by {by} {of} without a grant", ask)


def turned_away(answer: Response, who: str) -> bool:
    """Whether somebody was refused; a request without a signature is malformed to some servers."""
    return answer.denied or (who == EVERYBODY and answer.status == 400)


def served_to(answer: Response, who: str, subject: Stored | None) -> Comparison:
    """Whether a grantee was served what the grant is for."""
    operation = answer.call.operation
    if operation == "GetObject" and subject is not None:
        seen = has_body(answer, subject.body, otherwise=Outcome.IGNORED)
    else:
        right = answer.root == ROOTS[operation] if operation in ROOTS else answer.ok
        seen = holds(right, answer.describe(), answer, otherwise=Outcome.IGNORED)
    return seen.after(f"{operation} by {'everybody' if who == EVERYBODY else 'the other account'}")


def open_bucket(bench: Workbench) -> str:
    """A bucket into which the other account may write, and whose objects stay their writer's.

    Raises:
        Undecided: there is no other account, or it cannot be let in.
    """
    other = other_id(bench)
    own = private_acl(bench, "GetBucketAcl").text("Owner/ID")
    if not other or not own:
        raise Undecided("it takes another account")

    def make(bench: Workbench) -> str:
        bucket = bucket_with_acls(bench)
        headers = {"x-amz-grant-full-control": f'id="{own}"', "x-amz-grant-write": f'id="{other}"'}
        bench.setup(Call(operation="PutBucketAcl", bucket=bucket, headers=headers))
        return bucket

    return bench.shared("a bucket that another account may write to", make)


def well_formed(answer: Response) -> Comparison:
    """Grants that each come once, to grantees that have an ID and say that they are accounts."""
    grants = [
        (grant.findtext("Grantee/ID"), grant.findtext("Permission"))
        for grant in answer.xml.iter("Grant")
    ]
    types = [it.get(XSI_TYPE) for it in answer.xml.iter("Grantee") if it.findtext("ID")]
    right = bool(types) and set(types) == {"CanonicalUser"} and len(set(grants)) == len(grants)
    return holds(right, f"{len(grants)} grants, xsi:type {types}", answer)
