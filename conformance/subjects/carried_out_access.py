"""Configurations carried out that say who may do what, and what may not be deleted."""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Stored,
    Undecided,
    Workbench,
    detail,
    holds,
    promise,
    refused,
    served,
)
from conformance.probing.sources import ERRORS, api, guide
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.xml import document
from conformance.subjects.acl_buckets import CANNED
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.carried_out_locks import CARRIED_OUT_LOCKS
from conformance.subjects.carried_out_policies import (
    CARRIED_OUT_POLICIES,
    NONE,
    block,
    unblock,
)
from conformance.subjects.carrying_out import ByOperation, CarriedOut
from conformance.subjects.configuration_bodies import (
    FLAGS,
    XSI,
    owner_acl,
    xml_body,
)
from conformance.subjects.grantees import EVERYBODY
from conformance.subjects.policy_statements import put_policy, read, silent, statement

BLOCK_API: Final = api("PutPublicAccessBlock")
BLOCK: Final = guide("access-control-block-public-access")
OWNERSHIP: Final = guide("about-object-ownership")
ACLS: Final = guide("acl-overview")
PUBLIC: Final = {CANNED: "public-read"}


# Public access that is blocked.


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
        with bench.observing("omitted-flags"):
            _omit_flags(bench, place)
    finally:
        unblock(bench, place)
        bench.attempt(Call(operation="DeleteBucketPolicy", bucket=place.bucket))


def _block_acls(bench: Workbench, place: Place) -> None:
    bench.setup(block(place, NONE))
    call = _public_object(bench, place)
    public = Stored(bucket=call.bucket, key=call.key, body=call.body, etag="")
    bench.setup(call)
    before = bench.control(public.call("GetObject"), anonymous=True)
    bench.setup(block(place, FLAGS[0]))
    seen = refused(bench.effect(_public_object(bench, place)))
    bench.check("blocks-public-acls", silent(seen))
    for call in (
        Call(operation="PutBucketAcl", bucket=place.bucket, headers=PUBLIC),
        public.call("PutObjectAcl", headers=PUBLIC),
    ):
        seen = refused(bench.effect(call)).after(call.operation)
        bench.check("blocks-public-acls", silent(seen))
    private = {CANNED: "private"}
    for call in (_public_object(bench, place).plus(headers=private),
                 _public_object(bench, place).without(CANNED)):  # fmt: skip
        bench.check("spares-others", served(bench.effect(call)).after("PutObject that is private"))
    if not before.ok:
        raise Undecided(f"a public object cannot be read before: {before.describe()}")
    bench.setup(block(place, FLAGS[1]))
    bench.check("ignores-public-acls", silent(refused(read(bench, public))))


def _block_policies(bench: Workbench, place: Place) -> None:
    bench.setup(block(place, NONE))
    subject = bench.put(bucket=place.bucket)
    policy = put_policy(place.bucket, statement("Allow", place.bucket, [subject.key]))
    bench.setup(policy)
    before = bench.control(subject.call("GetObject"), anonymous=True)
    if before.ok:
        bench.setup(block(place, FLAGS[3]))
        seen = refused(read(bench, subject))
        bench.check("restricts-public-buckets", silent(seen))
        own = bench.effect(subject.call("GetObject"))
        bench.check("spares-others", served(own).after("GetObject of the owner"))
    else:
        text = f"the policy admits nobody: {before.describe()}"
        bench.skip("restricts-public-buckets", because=text)
    bench.setup(block(place, FLAGS[2]))
    bench.check("blocks-public-policy", silent(refused(bench.effect(policy))))
    deny = put_policy(place.bucket, statement("Deny", place.bucket, [f"{subject.key}/none"]))
    bench.check("spares-others", served(bench.effect(deny)).after("a policy that only denies"))


def _omit_flags(bench: Workbench, place: Place) -> None:
    """What is not said is false, and not as it was before."""
    bench.setup(block(place, " ".join(FLAGS)))
    body = document("PublicAccessBlockConfiguration", f"<{FLAGS[0]}>true</{FLAGS[0]}>")
    call = block(place, NONE).plus(headers=content_md5(body), body=body)
    bench.setup(call)
    get = bench.effect(Call(operation="GetPublicAccessBlock", bucket=place.bucket))
    on = [flag for flag in FLAGS if (get.text(flag) or "").lower() == "true"]
    bench.check("omitted-flags", holds(on == [FLAGS[0]], f"true for {', '.join(on)}", get))


def _delete_block(bench: Workbench, place: Place) -> None:
    bench.attempt(_ownership(place, "ObjectWriter"))
    bench.setup(block(place, FLAGS[0]))
    blocked = bench.control(_public_object(bench, place))
    if blocked.ok:
        raise Undecided(f"nothing was blocked before: {blocked.describe()}")
    bench.setup(Call(operation="DeletePublicAccessBlock", bucket=place.bucket))
    bench.check("no-longer-blocks", served(bench.effect(_public_object(bench, place))))


# Whose objects are, and whether ACLs count.


def _put_ownership(bench: Workbench, place: Place) -> None:
    unblock(bench, place)
    bench.setup(_ownership(place, "ObjectWriter"))
    call = _public_object(bench, place)
    before = bench.control(call)
    bench.check("writer-takes-acls", served(before))
    public = Stored(bucket=call.bucket, key=call.key, body=call.body, etag="")
    opening = Call(operation="PutBucketAcl", bucket=place.bucket, headers=PUBLIC)
    if bench.attempt(opening).ok:
        over = bench.effect(_ownership(place, "BucketOwnerEnforced"))
        bench.attempt(_ownership(place, "ObjectWriter"))
        bench.attempt(opening.plus(headers={CANNED: "private"}))
        bench.check("enforced-over-public-acl", refused(over))
    else:
        bench.skip("enforced-over-public-acl", because="the bucket takes no public ACL")
    bench.setup(_ownership(place, "BucketOwnerEnforced"))
    try:
        answer = bench.effect(_public_object(bench, place))
        bench.check("enforced-refuses-acls", refused(answer))
        put = bench.effect(public.call("PutObjectAcl", headers=PUBLIC))
        bench.check("enforced-refuses-acls", refused(put).after("PutObjectAcl"))
        codes = ("AccessControlListNotSupported",)
        bench.check("enforced-code", refused(answer, 400, codes=codes))
        if before.ok:
            bench.check("enforced-disables-acls", refused(read(bench, public)))
        plain = bench.effect(_public_object(bench, place).without(CANNED))
        bench.check("enforced-takes-objects", served(plain))
        owners = {CANNED: "bucket-owner-full-control"}
        owned = bench.effect(_public_object(bench, place).plus(headers=owners))
        bench.check("enforced-takes-owners-acl", served(owned))
    finally:
        bench.attempt(_ownership(place, "ObjectWriter"))


# ACLs of buckets.


def _put_acl(bench: Workbench, place: Place) -> None:
    unblock(bench, place)
    listing = Call(operation="ListObjects", bucket=place.bucket)
    both = _acl(place, owner_acl("READ_ACP", place)).plus(headers={CANNED: "private"})
    bench.check("body-and-header", refused(bench.effect(both), 400))
    bench.check("without-acl", refused(bench.effect(_acl(place, b"")), 400))
    bench.setup(_acl(place, owner_acl("READ_ACP", place)))
    private = bench.control(listing, anonymous=True)
    bench.check("private-refused", silent(refused(private)))
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
        # Whoever may list a bucket may not read what is in it.
        with bench.observing("objects-stay-private"):
            subject = bench.put(bucket=place.bucket)
            bench.check("objects-stay-private", silent(refused(read(bench, subject))))
    finally:
        bench.attempt(_acl(place, owner_acl("READ_ACP", place)))


def _acl(place: Place, body: bytes) -> Call:
    return Call(operation="PutBucketAcl", bucket=place.bucket, headers=content_md5(body), body=body)


CARRIED_OUT_ACCESS: Final[ByOperation] = {
    "PutPublicAccessBlock": CarriedOut(
        observe=_put_block,
        checks=(
            promise(
                "blocks-public-acls", "a refusal of public-read, of PutObject and of Put…Acl", BLOCK
            ),
            promise("ignores-public-acls", "a refusal to read an object that is public", BLOCK),
            promise("blocks-public-policy", "a refusal of a policy for everybody", BLOCK),
            promise("restricts-public-buckets", "a refusal of what the policy allows", BLOCK),
            detail("omitted-flags", "false for the flags that are not put", BLOCK_API),
            promise("spares-others", "what is not public to be served all the same", BLOCK),
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
            detail("enforced-over-public-acl", "a refusal while the ACL is public", OWNERSHIP),
            detail(
                "enforced-takes-owners-acl", "bucket-owner-full-control to be served", OWNERSHIP
            ),
            detail("enforced-takes-objects", "PutObject without an ACL to be served", OWNERSHIP),
        ),
    ),
    "PutBucketAcl": CarriedOut(
        observe=_put_acl,
        checks=(
            promise("private-refused", "a refusal of an unsigned ListObjects", ACLS),
            promise("admitted", "an unsigned ListObjects after a grant to everybody", ACLS),
            promise("objects-stay-private", "a refusal of an object in that bucket", ACLS),
            detail("body-and-header", "400 for a document beside x-amz-acl", ACLS),
            detail("without-acl", "400 for a request without document and headers", ERRORS),
        ),
    ),
    **CARRIED_OUT_LOCKS,
    **CARRIED_OUT_POLICIES,
}
