"""Access control lists set with headers: a canned name, or who is granted what.

The effect is a grant that GetBucketAcl or GetObjectAcl shows and that no ACL shows by default, and
that the grantee may do what is granted, where whoever has no grant may not: to show a grant and not
to heed it is half of the promise. Where neither can tell, a value that means nothing separates a
server that reads the header from one that does not: the one that serves it has ignored the header,
the other is unproven. To check a name and then do nothing is to ignore it.
Grants go to another account, if there is one. Else everybody may read, and the group that delivers
logs may do the rest; where one of the two is refused it is the other, for S3 refuses to open a new
bucket to the public. Its buckets take no ACL at all unless they are created so that they do.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from conformance.probing import (
    Proof,
    Seen,
    Stored,
    Undecided,
    Workbench,
    carries,
    decide,
    family,
    judge,
    refuses,
    shows,
)
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.acl_buckets import CANNED, TAKES_ACLS, bucket_with_acls, unblock
from conformance.subjects.smallest_requests import SMALLEST, create_bucket
from conformance.subjects.writes import WRITES, write_call, written
from conformance.verdict import Observation, Observed

GRANTS: Final = {
    "x-amz-grant-full-control": "FULL_CONTROL",
    "x-amz-grant-read": "READ",
    "x-amz-grant-read-acp": "READ_ACP",
    "x-amz-grant-write-acp": "WRITE_ACP",
}
WRITE: Final = {"x-amz-grant-write": "WRITE"}
BUCKETS: Final = ("CreateBucket", "PutBucketAcl")
GROUPS: Final = "http://acs.amazonaws.com/groups"
EVERYBODY: Final = f"{GROUPS}/global/AllUsers"
LOGS: Final = f"{GROUPS}/s3/LogDelivery"
ACL: Final = "AccessControlPolicy"
NONSENSE: Final = "nonsense"
# What a permission lets its grantee do: to an object, and to a bucket.
DEEDS: Final[dict[str, tuple[str | None, str | None]]] = {
    "READ": ("GetObject", "ListObjects"),
    "FULL_CONTROL": ("GetObject", "ListObjects"),
    "READ_ACP": ("GetObjectAcl", "GetBucketAcl"),
    "WRITE": (None, "PutObject"),
    "WRITE_ACP": ("PutObjectAcl", "PutBucketAcl"),
}
ROOTS: Final = {"ListObjects": "ListBucketResult", "GetObjectAcl": ACL, "GetBucketAcl": ACL}

Maker = Callable[[dict[str, str]], Call]
Grants = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A header's value, and the grant it stands for.

    Attributes:
        value: of the header.
        who: a group's URI or an account's canonical id.
        permission: READ, WRITE, READ_ACP, WRITE_ACP or FULL_CONTROL.
    """

    value: str
    who: str
    permission: str


@family(CANNED, operations=(*BUCKETS, *WRITES), security=True)
def canned(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Grant what the name stands for; refuse a name there is not."""
    make = _maker(bench, operation)
    wishes = [Wish(value="public-read", who=EVERYBODY, permission="READ")]
    if operation in BUCKETS:
        wishes.append(Wish(value="log-delivery-write", who=LOGS, permission="WRITE"))
    proofs = _granted(bench, make, feature, wishes)
    nonsense = bench.effect(make({feature: NONSENSE}))

    return judge(*proofs, also=[refuses("with a name there is not", nonsense)])


@family(*GRANTS, operations=(*BUCKETS, *WRITES), security=True)
@family(*WRITE, operations=BUCKETS, security=True)
def grant(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Grant the permission to whom the header names."""
    permission = {**GRANTS, **WRITE}[feature]
    other = bench.shared("another account's canonical id", _other_id)
    groups = (EVERYBODY, LOGS) if permission in ("READ", "READ_ACP") else (LOGS, EVERYBODY)
    wishes = [
        *([Wish(value=f'id="{other}"', who=other, permission=permission)] if other else []),
        *(Wish(value=f'uri="{who}"', who=who, permission=permission) for who in groups),
    ]
    return judge(*_granted(bench, _maker(bench, operation), feature, wishes))


def _other_id(bench: Workbench) -> str:
    """Empty where there is no other account, or no telling it from this one."""
    if bench.endpoint.alt is None:
        return ""
    ask = Call(operation="ListBuckets")
    own, other = bench.attempt(ask), bench.attempt(ask, credentials=bench.endpoint.alt)
    told = other.text("Owner/ID") or ""
    return told if told != own.text("Owner/ID") else ""


# Asking for it.


def _maker(bench: Workbench, operation: OperationName) -> Maker:
    """How to make requests that set the ACL of a bucket of ours or of a fresh object."""
    if operation == "CreateBucket":
        return lambda headers: create_bucket(bench).plus(headers=headers)
    if operation == "PutBucketAcl":
        # Never a given one: on some servers a grant to others alone shuts the owner out.
        bucket = bucket_with_acls(bench)
        return lambda headers: Call(operation=operation, bucket=bucket, headers=headers)
    plain = bench.shared("a plain object in a bucket that takes ACLs", _plain)
    return lambda headers: write_call(bench, operation, headers, plain.bucket)


def _plain(bench: Workbench) -> Stored:
    """In a bucket that takes ACLs, public ones too, as far as such a bucket can be had."""
    if bench.sandbox.user_buckets:
        return bench.put()
    bucket = bucket_with_acls(bench)
    unblock(bench, bucket)
    return bench.put(bucket=bucket)


def _granted(bench: Workbench, make: Maker, feature: str, wishes: list[Wish]) -> list[Proof]:
    """Ask for the wishes in turn until one is served, and look for what it has granted."""
    for wish in wishes:
        answer = bench.treat(make({feature: wish.value}))
        if answer.code == "InvalidBucketAclWithObjectOwnership":
            answer = bench.treat(make({feature: wish.value, **TAKES_ACLS}))
        if answer.ok or not 400 <= answer.status < 500:
            break
    if answer.denied or answer.code == "AccessControlListNotSupported":
        raise Undecided(f"{answer.describe()}: ACLs, or public ones, are perhaps not let in here")
    # PutBucketAcl without any ACL is refused.
    body = SMALLEST["PutBucketAcl"] if answer.call.operation == "PutBucketAcl" else None
    bench.accepted(answer, feature, control=body(bench) if body and not answer.ok else None)

    proofs = _effect(bench, make, answer, wish)
    if not proofs and not bench.effect(make({feature: NONSENSE})).ok:
        text = "served, and refused with a value that means nothing; no one can see the grant"
        decide(Observed.UNPROVEN, text)
    return proofs or [shows(False, "", "served with any value, and no one can see a grant")]


# Seeing it.


def _effect(bench: Workbench, make: Maker, answer: Response, wish: Wish) -> list[Proof]:
    """What the ACL shows and, if that is not the grant, what the grantee may read."""
    operation = "GetObjectAcl" if answer.call.key else "GetBucketAcl"
    subject = written(bench, answer) if answer.call.key else None
    acl = bench.effect(Call(operation=operation, bucket=answer.call.bucket, key=answer.call.key))
    new = _grants(acl) - bench.shared(f"{operation} without grants", _PLAIN_ACL[operation])
    heeded = [*_heeded(bench, make, wish, subject, answer)]
    if (wish.who, wish.permission) in new:
        return [shows(True, f"{operation} shows {wish.permission} for {wish.who}", ""), *heeded]

    also = ", ".join(f"{permission} for {who}" for who, permission in sorted(new))
    text = f"{operation} shows {also or 'no new grant'}"
    shown = shows(False, "", text, otherwise=Seen.WRONG if new else Seen.ABSENT)
    return [*([shown] if acl.root == ACL else []), *heeded]


def _grants(answer: Response) -> Grants:
    found = answer.xml.iter("Grant") if answer.root == ACL else ()
    return frozenset(
        (each.findtext("Grantee/ID") or each.findtext("Grantee/URI") or "?", permission)
        for each in found
        if (permission := each.findtext("Permission"))
    )


def _plain_object_acl(bench: Workbench) -> Grants:
    plain = bench.shared("a plain object in a bucket that takes ACLs", _plain)
    return _grants(bench.attempt(plain.call("GetObjectAcl")))


def _plain_bucket_acl(bench: Workbench) -> Grants:
    return _grants(bench.attempt(Call(operation="GetBucketAcl", bucket=bench.bucket)))


_PLAIN_ACL: Final = {"GetObjectAcl": _plain_object_acl, "GetBucketAcl": _plain_bucket_acl}


def _heeded(
    bench: Workbench, make: Maker, wish: Wish, subject: Stored | None, answer: Response
) -> Iterator[Proof]:
    """Whether the grantee may do what is granted, where nobody may do so without the header."""
    operation = DEEDS[wish.permission][0 if subject else 1]
    if operation is None or wish.who == LOGS:
        return
    everybody = wish.who == EVERYBODY
    how = {"anonymous": True} if everybody else {"credentials": bench.endpoint.alt}
    plain = written(bench, bench.control(make({}))) if subject else None
    if not _refused(
        bench.control(_deed(bench, operation, bench.bucket, plain), **how), everybody=everybody
    ):
        return
    done = bench.effect(_deed(bench, operation, answer.call.bucket, subject), **how)
    text = f"{operation} by {'everybody' if everybody else 'the other account'}"
    if operation == "GetObject" and subject is not None:
        yield carries(text, done, subject.body, otherwise=Seen.ABSENT)
    elif done.ok or _refused(done, everybody=everybody):
        right = done.root == ROOTS[operation] if operation in ROOTS else done.ok
        yield shows(right, f"{text}: served", f"{text}: {done.describe()}")


def _refused(answer: Response, *, everybody: bool) -> bool:
    """A request without a signature is malformed to some servers."""
    return answer.denied or (everybody and answer.status == 400)


def _deed(bench: Workbench, operation: OperationName, bucket: str, subject: Stored | None) -> Call:
    # Whoever writes an ACL writes the one that grants nobody anything, and shuts no owner out.
    headers = {CANNED: "private"} if operation.startswith("Put") and "Acl" in operation else {}
    if subject is not None:
        return subject.call(operation, headers=headers)
    key = bench.key() if operation == "PutObject" else None
    return Call(operation=operation, bucket=bucket, key=key, headers=headers)
