"""Policies of buckets carried out: who is admitted, to what, and who is denied."""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Stored,
    Undecided,
    Workbench,
    detail,
    has_body,
    promise,
    refused,
)
from conformance.probing.sources import api, guide
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.subjects import configuration_bodies
from conformance.subjects import policy_statements as statements
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.carrying_out import ByOperation, CarriedOut
from conformance.subjects.policy_statements import ANYBODY, put_policy, read, silent, statement

POLICY: Final = guide("access_policy_language_overview")
READ: Final = api("GetObject")
CONDITIONS: Final = guide("amazon-s3-policy-keys")
NONE: Final = "none of them"
# RFC 5737 keeps these addresses for examples: no request comes from one.
ELSEWHERE: Final = {"IpAddress": {"aws:SourceIp": "203.0.113.7/32"}}
READS: Final = ("s3:GetObjectVersion", "s3:GetObject")


def block(place: Place, flags: str) -> Call:
    """PutPublicAccessBlock with only these flags true."""
    body = configuration_bodies.public_access_block(flags, place)
    headers = content_md5(body)
    return Call(operation="PutPublicAccessBlock", bucket=place.bucket, headers=headers, body=body)


def unblock(bench: Workbench, place: Place) -> None:
    """Let public ACLs and policies in, if that can be asked for."""
    bench.attempt(block(place, NONE))


def _two_objects(bench: Workbench, place: Place) -> tuple[Stored, Stored]:
    """Two objects in the bucket, which lets public policies in.

    Raises:
        Undecided: what is private can be read by everybody.
    """
    unblock(bench, place)
    one, other = (bench.put(bucket=place.bucket) for _ in range(2))
    private = bench.control(one.call("GetObject"), anonymous=True)
    if private.ok:
        raise Undecided(f"an unsigned GetObject without any policy: {private.describe()}")
    return one, other


def _put(bench: Workbench, place: Place) -> None:
    bucket = place.bucket
    try:
        with bench.observing(
            "allow-admits", "unsigned-override", "allow-nothing-more", "condition", "principal"
        ):
            one, other = _two_objects(bench, place)
            listing = Call(operation="ListObjects", bucket=bucket)
            open_ = bench.control(listing, anonymous=True)
            bench.setup(put_policy(bucket, statement("Allow", bucket, [one.key])))
            if bench.check("allow-admits", has_body(read(bench, one), one.body)):
                # Ceph 16 sends more than one answer to it, which the next request must not get.
                asking = one.call(
                    "GetObject",
                    query={"response-content-type": "text/x-asked"},
                    headers={"Connection": "close"},
                )
                asked = bench.effect(asking, anonymous=True)
                bench.check("unsigned-override", refused(asked, 400))
            else:
                bench.skip("unsigned-override", because="the policy admits nobody")
            bench.check("allow-nothing-more", silent(refused(read(bench, other))))
            write = bench.effect(one.call("PutObject", body=bench.text()), anonymous=True)
            bench.check("allow-nothing-more", silent(refused(write).after("PutObject")))
            if not open_.ok:  # without any policy
                seen = refused(bench.effect(listing, anonymous=True)).after("ListObjects")
                bench.check("allow-nothing-more", silent(seen))
            _admits_others(bench, bucket, other)
        with bench.observing(*(check.id for check in statements.CHECKS)):
            statements.observe(bench, bucket)
        with bench.observing("deny-denies", "deny-spares-others", "deny-owner", "not-resource"):
            _deny(bench, place)
    finally:
        bench.attempt(Call(operation="DeleteBucketPolicy", bucket=bucket))


def _admits_others(bench: Workbench, bucket: str, subject: Stored) -> None:
    """Policies that admit somebody else: from another address, or with a signature."""
    account = bench.endpoint.account_id or "123456789012"
    signed = {"Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
    for check, whose in (
        ("condition", {**ANYBODY, "Condition": ELSEWHERE}),
        ("principal", signed),
    ):
        answer = bench.attempt(
            put_policy(bucket, statement("Allow", bucket, [subject.key], whose=whose))
        )
        if answer.ok:
            bench.check(check, silent(refused(read(bench, subject))))
        else:
            bench.skip(check, because=f"the policy is refused: {answer.describe()}")


def _deny(bench: Workbench, place: Place) -> None:
    bucket = place.bucket
    one, other = (bench.put(bucket=bucket) for _ in range(2))
    open_ = bench.control(other.call("GetObject"), anonymous=True)
    allow = statement("Allow", bucket, ["*"], READS)
    bench.setup(put_policy(bucket, allow, statement("Deny", bucket, [f"{one.key}*"])))
    denied = read(bench, one)
    bench.check("deny-denies", silent(refused(denied)))
    if open_.ok:
        bench.skip("deny-spares-others", because="everybody reads what is private")
    else:
        bench.check("deny-spares-others", has_body(read(bench, other), other.body))
    bench.check("deny-owner", refused(bench.effect(one.call("GetObject"))))
    if open_.ok:
        bench.skip("not-resource", because="everybody reads what is private")
        return
    but = statement("Deny", bucket, [other.key])
    but["NotResource"] = but.pop("Resource")
    answer = bench.attempt(put_policy(bucket, allow, but))
    if not answer.ok:
        bench.skip("not-resource", because=f"the policy is refused: {answer.describe()}")
        return
    bench.check("not-resource", silent(refused(read(bench, one))))
    bench.check("not-resource", has_body(read(bench, other), other.body))


def _delete(bench: Workbench, place: Place) -> None:
    one, _ = _two_objects(bench, place)
    bench.setup(put_policy(place.bucket, statement("Allow", place.bucket, [one.key])))
    admitted = bench.control(one.call("GetObject"), anonymous=True)
    if not admitted.ok:
        raise Undecided(f"the policy admits nobody: {admitted.describe()}")
    bench.setup(Call(operation="DeleteBucketPolicy", bucket=place.bucket))
    bench.check("no-longer-admits", silent(refused(read(bench, one))))


CARRIED_OUT_POLICIES: Final[ByOperation] = {
    "PutBucketPolicy": CarriedOut(
        observe=_put,
        checks=(
            promise("allow-admits", "an unsigned GetObject to be served that is allowed", POLICY),
            promise("allow-nothing-more", "a refusal of what the policy does not name", POLICY),
            promise("condition", "a refusal where the Condition does not hold", CONDITIONS),
            promise("principal", "a refusal of an unsigned request for a named account", POLICY),
            promise("deny-denies", "a refusal of an object both allowed and denied", POLICY),
            promise("deny-spares-others", "an object allowed and not denied", POLICY),
            promise("not-resource", "a refusal of all but what NotResource names", POLICY),
            *statements.CHECKS,
            # GetObject's page says so. Whoever is admitted could make a browser take an object for
            # what it is not, but the policy is carried out all the same.
            detail(
                "unsigned-override", "400 for response-content-type in an unsigned GetObject", READ
            ),
            detail("deny-owner", "a refusal to the owner, too, of what is denied to all", POLICY),
        ),
    ),
    "DeleteBucketPolicy": CarriedOut(
        observe=_delete,
        checks=(promise("no-longer-admits", "a refusal of what only the policy allowed", POLICY),),
    ),
}
