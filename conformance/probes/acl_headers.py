"""Access control lists set with headers: a canned name, or a permission and its grantees.

What counts. GetBucketAcl or GetObjectAcl shows a grant that no ACL shows by default; and the
grantee may do what is granted, where nobody may without it: a grant that is shown and not applied
is half of the promise, and so is one where everybody may do so anyway. Where neither can be seen,
a value without meaning separates a server that reads the header from one that does not.

Grants go to another account, if there is one. Else everybody may read, and the group that delivers
logs may do the rest; where one of the two is refused it is the other, for S3 refuses to open a new
bucket to the public. Its buckets take no ACL at all unless they are created so that they do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from conformance.probing import (
    Call,
    Check,
    Comparison,
    Hazard,
    Observed,
    OperationName,
    Outcome,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    core,
    decide,
    detail,
    family,
    guide,
    holds,
    is_refusal,
    promise,
    refused,
)
from conformance.subjects import (
    acl_buckets,
    canned_names,
    granted_deeds,
    grantees,
    smallest_requests,
    writes,
)

GRANTS: Final = {
    "x-amz-grant-full-control": "FULL_CONTROL",
    "x-amz-grant-read": "READ",
    "x-amz-grant-read-acp": "READ_ACP",
    "x-amz-grant-write-acp": "WRITE_ACP",
}
WRITE: Final = {"x-amz-grant-write": "WRITE"}
BUCKETS: Final[tuple[OperationName, ...]] = ("CreateBucket", "PutBucketAcl")
NONSENSE: Final = "nonsense"
# A canned name's row has the checks of this permission, whichever the name gives.
CANNED_GIVES: Final = "READ"
OVERVIEW: Final = guide("acl-overview")

Maker = Callable[[dict[str, str]], Call]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A header's value, and the grant it stands for.

    Attributes:
        value: of the header.
        who: a group's URI or an account's canonical id.
        permission: READ, WRITE, READ_ACP, WRITE_ACP or FULL_CONTROL.
        also: the owner's canonical id, where the value grants the owner the same.
    """

    value: str
    who: str
    permission: str
    also: str = ""


def _seen(
    operation: str, permission: str
) -> tuple[OperationName, OperationName | None, OperationName | None]:
    """The operation that shows the ACL, one that the permission allows, and one it does not."""
    deeds = grantees.DEEDS[permission]
    if operation in BUCKETS:
        return "GetBucketAcl", deeds.buckets, deeds.not_buckets
    return "GetObjectAcl", deeds.objects, deeds.not_objects


def _canned_checks(operation: str, _: str) -> list[Check]:
    acl, may, may_not = _seen(operation, "READ")
    both = promise if operation == "PutBucketAcl" else detail
    return [
        core("shown", f"the grant of the canned name in {acl}", OVERVIEW),
        core("admitted", f"an unsigned {may} to be served after public-read", OVERVIEW),
        promise("private-refused", f"a refusal of an unsigned {may} without a grant", OVERVIEW),
        promise("nothing-more", f"a refusal of an unsigned {may_not} after public-read", OVERVIEW),
        promise("unknown-name", "a refusal of a canned name that does not exist", api(operation)),
        detail("unknown-name-code", "400 InvalidArgument for that name", api(operation)),
        both("name-and-grant", "a refusal of a canned name with an explicit grant", OVERVIEW),
        *granted_deeds.checks(operation, CANNED_GIVES),
        *canned_names.canned_name_checks(operation),
    ]


@family(
    acl_buckets.CANNED, operations=(*BUCKETS, *writes.WRITES), checks=_canned_checks, security=True
)
def canned(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Grant what the canned name stands for, and no more; refuse a name that does not exist."""
    make = _maker(bench, operation)
    wishes = [Wish(value="public-read", who=grantees.EVERYBODY, permission="READ")]
    if operation in BUCKETS:
        wishes.append(Wish(value="log-delivery-write", who=grantees.LOGS, permission="WRITE"))
    answer, wish = _ask(bench, make, feature, wishes)
    if acl_buckets.TAKES_ACLS.items() <= answer.call.headers.items():
        make = _taking_acls(make)
    subject, acl = _look(bench, answer)
    admitted = _check_grant(bench, answer, wish, subject, acl)
    canned_names.check_owner(bench, acl)

    nonsense = bench.effect(make({feature: NONSENSE}))
    bench.check("unknown-name", refused(nonsense))
    if is_refusal(nonsense):
        code = refused(nonsense, 400, codes=("InvalidArgument",))
        bench.check("unknown-name-code", code)
    else:
        bench.skip("unknown-name-code", because="the name was not refused")
    _decide_unseen(bench, nonsense)
    both = {feature: "private", "x-amz-grant-read-acp": f'uri="{grantees.EVERYBODY}"'}
    bench.check("name-and-grant", refused(bench.effect(make(both))))
    canned_names.check_names(bench, make, subject if admitted else None, nonsense)


def _grant_checks(operation: str, feature: str) -> list[Check]:
    permission = {**GRANTS, **WRITE}[feature]
    acl, may, may_not = _seen(operation, permission)
    checks = [core("shown", f"{permission} for the grantee in {acl}", OVERVIEW)]
    if may:
        checks += [
            core("admitted", f"{may} by the grantee to be served", OVERVIEW),
            promise("private-refused", f"a refusal of {may} without a grant", OVERVIEW),
            promise("nobody-else", f"a refusal of {may} to whoever is not granted it", OVERVIEW),
        ]
    if may_not:
        text = f"a refusal of {may_not} to the grantee of {permission}"
        checks.append(promise("nothing-more", text, OVERVIEW))
    if permission != "FULL_CONTROL":  # which the owner has anyway
        text = f"{permission} for both grantees of a header that names two"
        checks.append(promise("two-grantees", text, api(operation)))
    malformed = "a refusal of a value that names no grantee"
    checks += granted_deeds.checks(operation, permission)
    return [*checks, detail("malformed-value", malformed, api(operation))]


@family(*GRANTS, operations=(*BUCKETS, *writes.WRITES), checks=_grant_checks, security=True)
@family(*WRITE, operations=BUCKETS, checks=_grant_checks, security=True)
def grant(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Grant the permission to all whom the header names, and to nobody else."""
    permission = {**GRANTS, **WRITE}[feature]
    make = _maker(bench, operation)
    wishes = [*_wishes(bench, operation, permission)]
    answer, wish = _ask(bench, make, feature, wishes)
    subject, acl = _look(bench, answer)
    nonsense = bench.effect(make({feature: NONSENSE}))
    if wish.also and not nonsense.ok and acl.root == grantees.ACL and not _new(bench, acl):
        # A header that is read, but not with two grantees.
        answer, wish = _ask(bench, make, feature, wishes[1:])
        subject, acl = _look(bench, answer)
    _check_grant(bench, answer, wish, subject, acl)

    bench.check("malformed-value", refused(nonsense))
    if permission == "READ":
        strange = bench.effect(make({feature: f'uri="{grantees.NO_GROUP}"'}))
        bench.check("malformed-value", refused(strange))
    _decide_unseen(bench, nonsense)
    if permission != "FULL_CONTROL":
        _check_second(bench, acl, wish)


def _wishes(bench: Workbench, operation: OperationName, permission: str) -> Iterable[Wish]:
    """What to ask for in turn: the first grantee there is and the owner, and that one alone."""
    acl: OperationName = "GetBucketAcl" if operation in BUCKETS else "GetObjectAcl"
    own = grantees.private_acl(bench, acl).text("Owner/ID") or ""
    other = grantees.other_id(bench)
    groups = (
        (grantees.EVERYBODY, grantees.LOGS)
        if permission in ("READ", "READ_ACP")
        else (grantees.LOGS, grantees.EVERYBODY)
    )
    named_ = [*([(f'id="{other}"', other)] if other else []), *((f'uri="{g}"', g) for g in groups)]
    value, who = named_[0]
    if own and permission != "FULL_CONTROL":
        yield Wish(value=f'{value}, id="{own}"', who=who, permission=permission, also=own)
    for value, who in named_:
        yield Wish(value=value, who=who, permission=permission)


def _maker(bench: Workbench, operation: OperationName) -> Maker:
    """How to make requests that set the ACL of a bucket of ours or of a fresh object."""
    if operation == "CreateBucket":
        return lambda headers: smallest_requests.create_bucket(bench).plus(headers=headers)
    if operation == "PutBucketAcl":
        # Never a given one: on some servers a grant to others alone shuts the owner out.
        bucket = acl_buckets.bucket_with_acls(bench)
        acl_buckets.unblock(bench, bucket)
        return lambda headers: Call(operation=operation, bucket=bucket, headers=headers)
    place = grantees.private_object(bench).bucket
    return lambda headers: writes.write_call(bench, operation, headers, place)


def _taking_acls(make: Maker) -> Maker:
    """The same, in a bucket that is created so that it takes ACLs."""
    return lambda headers: make({**headers, **acl_buckets.TAKES_ACLS})


def _ask(
    bench: Workbench, make: Maker, feature: str, wishes: Iterable[Wish]
) -> tuple[Response, Wish]:
    """Ask for the wishes in turn until one is served."""
    for wish in wishes:
        answer = bench.treat(make({feature: wish.value}))
        if answer.code == "InvalidBucketAclWithObjectOwnership":
            answer = bench.treat(make({feature: wish.value, **acl_buckets.TAKES_ACLS}))
        if answer.ok or not 400 <= answer.status < 500:
            break
    if answer.denied or answer.code == "AccessControlListNotSupported":
        raise Undecided(f"{answer.describe()}: ACLs, or public ones, are perhaps not let in here")
    # PutBucketAcl without any ACL is refused.
    body = (
        smallest_requests.SMALLEST["PutBucketAcl"]
        if answer.call.operation == "PutBucketAcl"
        else None
    )
    bench.accepted(answer, feature, control=body(bench) if body and not answer.ok else None)
    return answer, wish


def _look(bench: Workbench, answer: Response) -> tuple[Stored | None, Response]:
    """The object that a served request stored, if any, and the ACL that it set."""
    subject = writes.written(bench, answer) if answer.call.key else None
    operation: OperationName = "GetObjectAcl" if subject else "GetBucketAcl"
    call = Call(operation=operation, bucket=answer.call.bucket, key=answer.call.key)
    return subject, bench.effect(call)


def _new(bench: Workbench, acl: Response) -> grantees.Grants:
    return grantees.grants_of(acl) - grantees.grants_of(
        grantees.private_acl(bench, acl.call.operation)
    )


def _check_grant(
    bench: Workbench, answer: Response, wish: Wish, subject: Stored | None, acl: Response
) -> bool:
    """Check what the ACL shows and what the grantee may do; whether they were admitted."""
    if acl.root == grantees.ACL:
        new = _new(bench, acl)
        right = (wish.who, wish.permission) in new
        otherwise = Outcome.WRONG if new else Outcome.IGNORED
        bench.check("shown", holds(right, f"{grantees.named(new)} more", acl, otherwise=otherwise))
    else:
        bench.skip("shown", because=f"{acl.call.operation} returned {acl.describe()}")
    granted_deeds.check_form(bench, acl)
    return _check_deeds(bench, answer, wish, subject)


def _check_deeds(bench: Workbench, answer: Response, wish: Wish, subject: Stored | None) -> bool:
    """Check what the grantee may do, and may not, where nobody may do so without the grant."""
    _, may, may_not = _seen(answer.call.operation, wish.permission)
    by_name = acl_buckets.CANNED in answer.call.headers
    others = may is not None and not by_name
    permission = CANNED_GIVES if by_name else wish.permission
    named = {check.id for check in granted_deeds.checks(answer.call.operation, permission)}
    after = [*(["nobody-else"] if others else []), *(["nothing-more"] if may_not else [])]
    after += sorted(named - {"grant-form"})
    if may is None:
        bench.skip(*after, because=f"{wish.permission} of an object allows nothing")
        return False
    # Nobody can act as the group that delivers logs; what is private is so for everybody.
    who = grantees.EVERYBODY if wish.who == grantees.LOGS else wish.who
    private = grantees.without_grant(
        bench, may, who, stored_by=answer.call.operation if subject else None
    )
    if not grantees.turned_away(private, who):
        if private.ok:
            seen = refused(private).hurting(Hazard.SILENT)
            bench.check("private-refused", seen)
        why = f"without a grant: {private.describe()}"
        bench.skip("private-refused", "admitted", *after, because=why)
        return False
    bench.check("private-refused", refused(private))
    if wish.who == grantees.LOGS:
        why = "nobody can act as the group that delivers logs"
        bench.skip("admitted", *after, because=why)
        return False
    how = grantees.as_grantee(bench, wish.who)
    done = bench.effect(grantees.deed(bench, may, answer.call.bucket, subject), **how)
    admitted = bench.check("admitted", grantees.served_to(done, wish.who, subject))
    if not admitted:
        bench.skip(*after, because="the grantee is not admitted")
        return False

    if may_not:
        more = bench.effect(grantees.deed(bench, may_not, answer.call.bucket, subject), **how)
        bench.check("nothing-more", _turned_away(more))
    granted_deeds.check_more(bench, wish.permission, answer.call.bucket, subject, wish.who)
    if others and wish.who == grantees.EVERYBODY:
        bench.skip("nobody-else", because="the grant is to everybody")
    elif others:
        again = grantees.deed(bench, may, answer.call.bucket, subject)
        bench.check("nobody-else", _turned_away(bench.effect(again, anonymous=True)))
    return True


def _turned_away(answer: Response) -> Comparison:
    """A request of somebody who has no grant for it."""
    return refused(answer).hurting(Hazard.SILENT)


def _check_second(bench: Workbench, acl: Response, wish: Wish) -> None:
    """Whether the ACL shows the second grantee of the header too."""
    own = grantees.private_acl(bench, acl.call.operation).text("Owner/ID")
    if acl.root != grantees.ACL or not own:
        bench.skip("two-grantees", because="no ACL shows the owner's canonical id")
    elif not wish.also:
        bench.check(
            "two-grantees",
            holds(False, "no grant with two grantees, and one with the first alone", acl),
        )
    else:
        both = {(wish.who, wish.permission), (wish.also, wish.permission)} & grantees.grants_of(acl)
        bench.check("two-grantees", holds(len(both) == 2, grantees.named(frozenset(both)), acl))


def _decide_unseen(bench: Workbench, nonsense: Response) -> None:
    """Decide a row of which no core check could be observed."""
    if bench.recorder.decides:
        return
    if nonsense.ok:
        decide(Observed.IGNORED, "served with any value, and nobody can see a grant")
    text = "served, and refused with a value that means nothing; nobody can see the grant"
    decide(Observed.UNPROVEN, text)
