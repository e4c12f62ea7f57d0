"""Access control lists of objects, put and told as documents; and a bucket's, asked for by HEAD.

What counts as proof. A permission that the owner has only because it was put reads back, and so
does the one that replaces it; it changes nothing, for the owner may do everything anyway. Where
nothing can be put, an ACL is told if it names the owner that ListBuckets names, and if a key that
has no object is answered with 404.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html
"""

from __future__ import annotations

from typing import Final, NoReturn

from conformance.probing import (
    NOT_OFFERED,
    Proof,
    Seen,
    Stored,
    Undecided,
    Workbench,
    decide,
    judge,
    offered,
    operation,
    refuses,
    shows,
)
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import document
from conformance.subjects.acl_buckets import bucket_with_acls
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.bucket_configurations import CONFIGURED_BY
from conformance.verdict import Observation, Observed

ACL: Final = "AccessControlPolicy"
OURS, OTHER = "READ_ACP", "READ"
NOT_TAKEN: Final = "AccessControlListNotSupported"
NONSENSE: Final = document("Nonsense", "<Status>nonsense</Status>")
_BUCKET_ACL: Final = CONFIGURED_BY["PutBucketAcl"][1]


@operation("PutObjectAcl", security=True)
def put(bench: Workbench, name: str) -> Observation:
    """Grant what document or headers say instead of what was granted; the bytes stay."""
    subject, owner = _subject(bench)

    answer = bench.treat(_put(name, subject, OURS, owner))
    bench.unharmed(subject)
    _taken(answer, owner)
    told = bench.effect(subject.call("GetObjectAcl"))
    if told.status in NOT_OFFERED:
        _unread(bench, name, subject, told)
    first = _granted(told, OURS, OTHER, owner)
    if first.seen is not Seen.HELD:
        bench.treat(_granting(name, subject, OURS, owner))
        bench.unharmed(subject)
        told = bench.effect(subject.call("GetObjectAcl"))
        return judge(first, _granted(told, OURS, OTHER, owner, "put with headers, "))
    again = bench.effect(_put(name, subject, OTHER, owner))
    replaced = bench.effect(subject.call("GetObjectAcl")) if again.ok else again
    return judge(first, _granted(replaced, OTHER, OURS, owner))


@operation("GetObjectAcl", security=True)
def get(bench: Workbench, name: str) -> Observation:
    """Tell what is granted on the object, and to whom; 404 for a key that has no object."""
    subject, owner = _subject(bench)

    put = [
        bench.put_on(subject, _put("PutObjectAcl", subject, OURS, owner)),
        bench.put_on(subject, _granting("PutObjectAcl", subject, OURS, owner)),
    ]
    subject = bench.put(bucket=subject.bucket) if None in put else subject
    answer = offered(bench.treat(subject.call(name)))
    missing = bench.effect(Call(operation=name, bucket=subject.bucket, key=bench.key()))
    refusal = refuses("a key that has no object", missing, 404)

    if answer.root != ACL:
        what = "the object's bytes" if answer.body == subject.body else answer.root or "no XML"
        return judge(shows(False, "", f"answers {what}"))
    if any(each is not None and each.ok for each in put):
        return judge(_granted(answer, OURS, OTHER, owner), also=[refusal])
    assert _BUCKET_ACL.default is not None
    default = _BUCKET_ACL.default(bench, answer)
    return judge(shows(default.held, default.text, default.text, otherwise=Seen.WRONG), refusal)


def _subject(bench: Workbench) -> tuple[Stored, str]:
    """An object whose ACL may be put, and its owner's canonical id."""
    try:
        subject = bench.put(bucket=bucket_with_acls(bench))
    except Undecided:  # buckets are given
        subject = bench.put()
    owner = bench.attempt(subject.call("GetObjectAcl")).text("Owner/ID")
    return subject, owner or bench.attempt(Call(operation="ListBuckets")).text("Owner/ID") or ""


def _put(name: str, subject: Stored, permission: str, owner: str) -> Call:
    body = _BUCKET_ACL.body(permission, Place(bucket=subject.bucket, owner=owner))
    return subject.call(name, headers=content_md5(body), body=body)


def _granting(name: str, subject: Stored, permission: str, owner: str) -> Call:
    """The same with headers instead of a document."""
    header = f"x-amz-grant-{permission.lower().replace('_', '-')}"
    who = f'id="{owner}"'
    return subject.call(name, headers={"x-amz-grant-full-control": who, header: who})


def _taken(answer: Response, owner: str) -> None:
    if answer.code == NOT_TAKEN:
        raise Undecided(f"{answer.describe()}: the bucket takes no ACLs")
    if not owner and answer.status == 400:
        raise Undecided(f"{answer.describe()}, and nothing tells the owner's id")
    offered(answer)


def _unread(bench: Workbench, name: str, subject: Stored, told: Response) -> NoReturn:
    call = subject.call(name, headers=content_md5(NONSENSE), body=NONSENSE)
    nonsense = refuses("with a body that is no ACL", bench.effect(call))
    text = f"served, but GetObjectAcl answers {told.describe()}; {nonsense.text}"
    decide(Observed.IGNORED if nonsense.seen is Seen.ABSENT else Observed.UNPROVEN, text)


def _granted(answer: Response, ours: str, other: str, owner: str, how: str = "") -> Proof:
    """Whether the owner's one permission besides FULL_CONTROL is this, and not the other."""
    told = [
        each.findtext("Permission")
        for each in answer.xml.iter("Grant")
        if each.findtext("Grantee/ID") == owner
    ]
    seen = f"{how}{answer.call.operation} tells of {', '.join(filter(None, told)) or 'no grant'}"
    return shows(
        ours in told and other not in told,
        f"{seen} for the owner",
        f"{seen} for the owner, not of {ours}" if answer.ok else f"{how}then {answer.describe()}",
        otherwise=Seen.WRONG if other in told or not answer.ok else Seen.ABSENT,
    )


@operation("HeadBucketAcl")
def head(bench: Workbench, name: str) -> Observation:
    """Tell the length of the bucket's ACL, which is not what HeadBucket tells."""
    answer = offered(bench.treat(Call(operation=name, bucket=bench.bucket)))
    bucket = bench.control(Call(operation="HeadBucket", bucket=bench.bucket))
    acl = bench.effect(Call(operation="GetBucketAcl", bucket=bench.bucket))

    told, plain = (each.header("Content-Length") for each in (answer, bucket))
    if acl.root != ACL:
        text = f"answers {answer.describe()}, but GetBucketAcl {acl.describe()}"
        decide(Observed.IGNORED if told == plain else Observed.UNPROVEN, text)
    return judge(
        shows(
            told == str(len(acl.body)) != plain,
            f"Content-Length {told}, which GetBucketAcl's answer has, and HeadBucket's not",
            f"Content-Length {told}; GetBucketAcl's answer has {len(acl.body)}, HeadBucket's "
            f"{plain}",
            otherwise=Seen.ABSENT if told in (plain, "0", None) else Seen.WRONG,
        )
    )
