"""Configurations carried out that say who may do what, and what may not be deleted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from conformance.probing import (
    Comparison,
    Stored,
    Undecided,
    Workbench,
    detail,
    has_body,
    holds,
    promise,
    refused,
    served,
)
from conformance.probing.sources import ERRORS, guide
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.acl_buckets import CANNED
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.carried_out_locks import CARRIED_OUT_LOCKS
from conformance.subjects.carrying_out import ByOperation, CarriedOut
from conformance.subjects.configuration_bodies import (
    FLAGS,
    XSI,
    owner_acl,
    public_access_block,
    put_policy,
    xml_body,
)
from conformance.subjects.grantees import EVERYBODY
from conformance.verdict import Hazard

POLICY: Final = guide("access_policy_language_overview")
BLOCK: Final = guide("access-control-block-public-access")
OWNERSHIP: Final = guide("about-object-ownership")
ACLS: Final = guide("acl-overview")
PUBLIC: Final = {CANNED: "public-read"}
NONE: Final = "none of them"


def _silent(seen: Comparison) -> Comparison:
    return seen.hurting(Hazard.SILENT)


def _read(bench: Workbench, subject: Stored) -> Response:
    """GetObject of somebody who does not sign."""
    return bench.effect(subject.call("GetObject"), anonymous=True)


# Policies.


def _statement(
    effect: str, bucket: str, names: Sequence[str], actions: Sequence[str] = ("s3:GetObject",)
) -> dict[str, object]:
    arn = f"arn:aws:s3:::{bucket}"
    return {
        "Effect": effect,
        "Principal": {"AWS": "*"},
        "Action": [*actions],
        "Resource": [f"{arn}/{name}" if name else arn for name in names],
    }


def _policy(bucket: str, *statements: dict[str, object]) -> Call:
    policy = {"Version": "2012-10-17", "Statement": [*statements]}
    return put_policy(bucket, json.dumps(policy).encode())


def _two_objects(bench: Workbench, place: Place) -> tuple[Stored, Stored]:
    """Two objects in the bucket, which lets public policies in.

    Raises:
        Undecided: what is private can be read by everybody.
    """
    _unblock(bench, place)
    one, other = (bench.put(bucket=place.bucket) for _ in range(2))
    private = bench.control(one.call("GetObject"), anonymous=True)
    if private.ok:
        raise Undecided(f"an unsigned GetObject without any policy: {private.describe()}")
    return one, other


def _unblock(bench: Workbench, place: Place) -> None:
    bench.attempt(_block(place, NONE))


def _put_policy(bench: Workbench, place: Place) -> None:
    bucket = place.bucket
    try:
        with bench.observing("allow-admits", "allow-nothing-more"):
            one, other = _two_objects(bench, place)
            listing = Call(operation="ListObjects", bucket=bucket)
            open_ = bench.control(listing, anonymous=True)
            bench.setup(_policy(bucket, _statement("Allow", bucket, [one.key])))
            bench.check("allow-admits", has_body(_read(bench, one), one.body))
            bench.check("allow-nothing-more", _silent(refused(_read(bench, other))))
            if not open_.ok:  # without any policy
                seen = refused(bench.effect(listing, anonymous=True)).after("ListObjects")
                bench.check("allow-nothing-more", _silent(seen))
        with bench.observing("deny-denies", "deny-spares-others", "deny-owner"):
            _deny(bench, place)
    finally:
        bench.attempt(Call(operation="DeleteBucketPolicy", bucket=bucket))


def _deny(bench: Workbench, place: Place) -> None:
    bucket = place.bucket
    one, other = (bench.put(bucket=bucket) for _ in range(2))
    allow = _statement("Allow", bucket, ["*"])
    bench.setup(_policy(bucket, allow, _statement("Deny", bucket, [f"{one.key}*"])))
    denied = _read(bench, one)
    bench.check("deny-denies", _silent(refused(denied)))
    bench.check("deny-spares-others", has_body(_read(bench, other), other.body))
    bench.check("deny-owner", refused(bench.effect(one.call("GetObject"))))


def _delete_policy(bench: Workbench, place: Place) -> None:
    one, _ = _two_objects(bench, place)
    bench.setup(_policy(place.bucket, _statement("Allow", place.bucket, [one.key])))
    admitted = bench.control(one.call("GetObject"), anonymous=True)
    if not admitted.ok:
        raise Undecided(f"the policy admits nobody: {admitted.describe()}")
    bench.setup(Call(operation="DeleteBucketPolicy", bucket=place.bucket))
    bench.check("no-longer-admits", _silent(refused(_read(bench, one))))


# Public access that is blocked.


def _block(place: Place, flags: str) -> Call:
    body = public_access_block(flags, place)
    headers = content_md5(body)
    return Call(operation="PutPublicAccessBlock", bucket=place.bucket, headers=headers, body=body)


def _ownership(place: Place, value: str) -> Call:
    body = xml_body("OwnershipControls", "<Rule><ObjectOwnership>{v}</ObjectOwnership></Rule>")
    content = body(value, place)
    return Call(
        operation="PutBucketOwnershipControls",
        bucket=place.bucket,
        headers=content_md5(content),
        body=content,
    )


def _public_object(bench: Workbench, place: Place) -> Call:
    body = bench.text()
    return Call(
        operation="PutObject", bucket=place.bucket, key=bench.key(), headers=PUBLIC, body=body
    )


def _put_block(bench: Workbench, place: Place) -> None:
    bench.attempt(_ownership(place, "ObjectWriter"))
    try:
        with bench.observing("blocks-public-acls", "ignores-public-acls"):
            _block_acls(bench, place)
        with bench.observing("restricts-public-buckets", "blocks-public-policy"):
            _block_policies(bench, place)
    finally:
        _unblock(bench, place)
        bench.attempt(Call(operation="DeleteBucketPolicy", bucket=place.bucket))


def _block_acls(bench: Workbench, place: Place) -> None:
    bench.setup(_block(place, NONE))
    call = _public_object(bench, place)
    public = Stored(bucket=call.bucket, key=call.key, body=call.body, etag="")
    bench.setup(call)
    before = bench.control(public.call("GetObject"), anonymous=True)
    bench.setup(_block(place, FLAGS[0]))
    seen = refused(bench.effect(_public_object(bench, place)))
    bench.check("blocks-public-acls", _silent(seen))
    if not before.ok:
        raise Undecided(f"a public object cannot be read before: {before.describe()}")
    bench.setup(_block(place, FLAGS[1]))
    bench.check("ignores-public-acls", _silent(refused(_read(bench, public))))


def _block_policies(bench: Workbench, place: Place) -> None:
    bench.setup(_block(place, NONE))
    subject = bench.put(bucket=place.bucket)
    policy = _policy(place.bucket, _statement("Allow", place.bucket, [subject.key]))
    bench.setup(policy)
    before = bench.control(subject.call("GetObject"), anonymous=True)
    if before.ok:
        bench.setup(_block(place, FLAGS[3]))
        seen = refused(_read(bench, subject))
        bench.check("restricts-public-buckets", _silent(seen))
    else:
        text = f"the policy admits nobody: {before.describe()}"
        bench.skip("restricts-public-buckets", because=text)
    bench.setup(_block(place, FLAGS[2]))
    bench.check("blocks-public-policy", _silent(refused(bench.effect(policy))))


def _delete_block(bench: Workbench, place: Place) -> None:
    bench.attempt(_ownership(place, "ObjectWriter"))
    bench.setup(_block(place, FLAGS[0]))
    blocked = bench.control(_public_object(bench, place))
    if blocked.ok:
        raise Undecided(f"nothing was blocked before: {blocked.describe()}")
    bench.setup(Call(operation="DeletePublicAccessBlock", bucket=place.bucket))
    bench.check("no-longer-blocks", served(bench.effect(_public_object(bench, place))))


# Whose objects are, and whether ACLs count.


def _put_ownership(bench: Workbench, place: Place) -> None:
    _unblock(bench, place)
    bench.setup(_ownership(place, "ObjectWriter"))
    call = _public_object(bench, place)
    before = bench.control(call)
    bench.check("writer-takes-acls", served(before))
    public = Stored(bucket=call.bucket, key=call.key, body=call.body, etag="")
    bench.setup(_ownership(place, "BucketOwnerEnforced"))
    try:
        answer = bench.effect(_public_object(bench, place))
        bench.check("enforced-refuses-acls", refused(answer))
        codes = ("AccessControlListNotSupported",)
        bench.check("enforced-code", refused(answer, 400, codes=codes))
        if before.ok:
            bench.check("enforced-disables-acls", refused(_read(bench, public)))
        plain = bench.effect(_public_object(bench, place).without(CANNED))
        bench.check("enforced-takes-objects", served(plain))
    finally:
        bench.attempt(_ownership(place, "ObjectWriter"))


# ACLs of buckets.


def _put_acl(bench: Workbench, place: Place) -> None:
    _unblock(bench, place)
    listing = Call(operation="ListObjects", bucket=place.bucket)
    bench.setup(_acl(place, owner_acl("READ_ACP", place)))
    private = bench.control(listing, anonymous=True)
    bench.check("private-refused", _silent(refused(private)))
    if private.ok:
        raise Undecided(f"an unsigned ListObjects without a grant: {private.describe()}")
    grantee = f'<Grantee xmlns:xsi="{XSI}" xsi:type="Group"><URI>{EVERYBODY}</URI></Grantee>'
    grant = f"<Grant>{grantee}<Permission>READ</Permission></Grant></AccessControlList>"
    end = b"</AccessControlList>"
    public = owner_acl("READ_ACP", place).replace(end, grant.encode())
    answer = bench.effect(_acl(place, public))
    if answer.denied:
        raise Undecided(f"public ACLs are perhaps not let in here: {answer.describe()}")
    try:
        listed = bench.effect(listing, anonymous=True) if answer.ok else answer
        bench.check("admitted", holds(listed.root == "ListBucketResult", listed.describe(), listed))
    finally:
        bench.attempt(_acl(place, owner_acl("READ_ACP", place)))


def _acl(place: Place, body: bytes) -> Call:
    return Call(operation="PutBucketAcl", bucket=place.bucket, headers=content_md5(body), body=body)


CARRIED_OUT_ACCESS: Final[ByOperation] = {
    "PutBucketPolicy": CarriedOut(
        observe=_put_policy,
        checks=(
            promise("allow-admits", "an unsigned GetObject to be served that is allowed", POLICY),
            promise("allow-nothing-more", "a refusal of what the policy does not name", POLICY),
            promise("deny-denies", "a refusal of an object both allowed and denied", POLICY),
            promise("deny-spares-others", "an object allowed and not denied", POLICY),
            detail("deny-owner", "a refusal to the owner, too, of what is denied to all", POLICY),
        ),
    ),
    "DeleteBucketPolicy": CarriedOut(
        observe=_delete_policy,
        checks=(promise("no-longer-admits", "a refusal of what only the policy allowed", POLICY),),
    ),
    "PutPublicAccessBlock": CarriedOut(
        observe=_put_block,
        checks=(
            promise("blocks-public-acls", "a refusal of PutObject with public-read", BLOCK),
            promise("ignores-public-acls", "a refusal to read an object that is public", BLOCK),
            promise("blocks-public-policy", "a refusal of a policy for everybody", BLOCK),
            promise("restricts-public-buckets", "a refusal of what the policy allows", BLOCK),
        ),
    ),
    "DeletePublicAccessBlock": CarriedOut(
        observe=_delete_block,
        checks=(promise("no-longer-blocks", "PutObject with public-read to be served", BLOCK),),
    ),
    "PutBucketOwnershipControls": CarriedOut(
        observe=_put_ownership,
        checks=(
            detail("writer-takes-acls", "an ACL to be taken where it is ObjectWriter", OWNERSHIP),
            detail("enforced-refuses-acls", "a refusal of ACLs where it is enforced", OWNERSHIP),
            detail("enforced-code", "400 AccessControlListNotSupported for them", ERRORS),
            detail("enforced-disables-acls", "an object public before to be private", OWNERSHIP),
            detail("enforced-takes-objects", "PutObject without an ACL to be served", OWNERSHIP),
        ),
    ),
    "PutBucketAcl": CarriedOut(
        observe=_put_acl,
        checks=(
            promise("private-refused", "a refusal of an unsigned ListObjects", ACLS),
            promise("admitted", "an unsigned ListObjects after a grant to everybody", ACLS),
        ),
    ),
    **CARRIED_OUT_LOCKS,
}
