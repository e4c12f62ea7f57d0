"""What else a grant lets its grantee do, what it does not, and the form in which it is shown.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Check,
    Comparison,
    Stored,
    Workbench,
    detail,
    guide,
    holds,
    promise,
    refused,
    served,
)
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.s3.wire import SendOptions
from conformance.subjects import grantees
from conformance.verdict import Hazard

SOURCE: Final = guide("acl-overview")
TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
TYPES: Final = {"ID": "CanonicalUser", "URI": "Group"}


def checks(operation: str, permission: str) -> list[Check]:
    """The checks of `check_form` and `check_more` for a grant of this permission."""
    found = [detail("grant-form", "each grant once, with the type of its grantee", SOURCE)]
    of_bucket = "Bucket" in operation
    if of_bucket and permission == "READ":
        found.append(promise("head-bucket", "HeadBucket by the grantee to be served", SOURCE))
        found.append(promise("no-writes", "a refusal of PutObject to the grantee", SOURCE))
        text = "a refusal of GetObject of an object in the bucket"
        found.append(promise("objects-stay-private", text, SOURCE))
    if of_bucket and permission == "WRITE":
        text = "the grantee to delete an object that it put itself"
        found.append(promise("own-deletion", text, SOURCE))
    if permission == "FULL_CONTROL":
        text = f"{_acl_of(of_bucket)} by the grantee to be served"
        found.append(promise("acl-too", text, SOURCE))
    return found


def _acl_of(bucket: bool) -> OperationName:
    return "GetBucketAcl" if bucket else "GetObjectAcl"


def check_form(bench: Workbench, acl: Response) -> None:
    """Check how an ACL shows its grants."""
    if acl.root != grantees.ACL:
        bench.skip("grant-form", because=f"{acl.call.operation} returned {acl.describe()}")
        return
    bench.check("grant-form", _form(acl))


def _form(acl: Response) -> Comparison:
    seen: list[tuple[str, str, str]] = []
    for grant in acl.xml.iter("Grant"):
        grantee = grant.find("Grantee")
        named = next((n for n in TYPES if grantee is not None and grantee.find(n) is not None), "")
        kind = grantee.get(TYPE, "no type") if grantee is not None else "no Grantee"
        who = (grantee.findtext(named) if grantee is not None else None) or ""
        if named and kind != TYPES[named]:
            return holds(False, f"{kind} of a grantee with {named}", acl)
        seen.append((who, kind, grant.findtext("Permission") or ""))
    twice = len(seen) - len(set(seen))
    return holds(not twice, f"{len(seen)} grants, {twice} of them again", acl)


def check_more(
    bench: Workbench,
    permission: str,
    bucket: str,
    subject: Stored | None,
    who: str,
) -> None:
    """Check what a grantee who was admitted may do besides, and may not.

    Args:
        bench: the row's.
        permission: that was granted.
        bucket: whose ACL has the grant, or the object's.
        subject: the object; None where the grant is of the bucket.
        who: a group's URI, or anything else for the other account.
    """
    how: SendOptions = grantees.as_grantee(bench, who)
    if permission == "FULL_CONTROL":
        acl = grantees.deed(bench, _acl_of(subject is None), bucket, subject)
        bench.check("acl-too", grantees.served_to(bench.effect(acl, **how), who, subject))
    if permission == "WRITE" and who == grantees.EVERYBODY:
        bench.skip("own-deletion", because="what nobody signed is the bucket owner's")
    elif permission == "WRITE":
        put = grantees.deed(bench, "PutObject", bucket, None)
        bench.effect(put, **how)
        delete = Call(operation="DeleteObject", bucket=bucket, key=put.key)
        bench.check("own-deletion", served(bench.effect(delete, **how)))
    if subject is None and permission == "READ":
        head = bench.effect(Call(operation="HeadBucket", bucket=bucket), **how)
        bench.check("head-bucket", served(head))
        with bench.observing("objects-stay-private"):
            read = bench.effect(bench.put(bucket=bucket).call("GetObject"), **how)
            bench.check("objects-stay-private", refused(read).hurting(Hazard.SILENT))
        write: OperationName = "PutObject"
        before = grantees.without_grant(bench, write, who, stored_by=None)
        if before.ok:
            bench.skip("no-writes", because=f"without a grant: {before.describe()}")
            return
        answer = bench.effect(grantees.deed(bench, write, bucket, None), **how)
        bench.check("no-writes", refused(answer).hurting(Hazard.SILENT))
