"""What rules of a bucket do: cross-origin requests, and policies.

That a configuration is stored is the row of its operation; these rows are about its effect.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from conformance.probing import (
    Call,
    Check,
    Hazard,
    Undecided,
    Weight,
    Workbench,
    behaviour,
    content_md5,
    core,
    document,
    guide,
    offered,
    promise,
    refused,
    served,
)
from conformance.subjects.bucket_configuration import Place
from conformance.subjects.carried_out_access import CARRIED_OUT_ACCESS
from conformance.subjects.carried_out_cors import PUT_CORS
from conformance.subjects.configuration_bodies import put_policy

LOGIC: Final = guide("how-s3-evaluates-access-control")
PUT_POLICY: Final = CARRIED_OUT_ACCESS["PutBucketPolicy"]


def _with_core(checks: tuple[Check, ...], *ids: str) -> tuple[Check, ...]:
    """The same checks; these decide whether the rules do anything at all."""
    return tuple(
        replace(check, weight=Weight.CORE) if check.id in ids else check for check in checks
    )


@behaviour("CORS", "preflight", checks=_with_core(PUT_CORS.checks, "preflight"))
def preflight(bench: Workbench, _: str) -> None:
    """Answer a browser's question as the bucket's rules have it."""
    bucket = bench.lease("cors")
    rule = "<AllowedMethod>GET</AllowedMethod><AllowedOrigin>https://a.example</AllowedOrigin>"
    body = document("CORSConfiguration", f"<CORSRule>{rule}</CORSRule>")
    call = Call(operation="PutBucketCors", bucket=bucket, headers=content_md5(body), body=body)
    offered(bench.treat(call))
    PUT_CORS.observe(bench, Place(bucket=bucket))


@behaviour(
    "Policy",
    "allow-and-deny",
    security=True,
    checks=_with_core(PUT_POLICY.checks, "allow-admits", "deny-denies"),
)
def policy(bench: Workbench, _: str) -> None:
    """Admit whom a policy allows, and refuse whom it denies."""
    bucket = bench.lease("policy")
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/no-such-key"],
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    offered(bench.treat(put_policy(bucket, text.encode())))
    PUT_POLICY.observe(bench, Place(bucket=bucket))


@behaviour(
    "Policy",
    "deny-and-acl",
    security=True,
    checks=(
        core("denied", "a refusal of an object that an ACL opens and the policy denies", LOGIC),
        promise("others", "an object that an ACL opens and the policy does not name", LOGIC),
    ),
)
def deny_and_acl(bench: Workbench, _: str) -> None:
    """Refuse what a policy denies, though an ACL opens it to everybody."""
    bucket = bench.lease("policy")
    call = Call(operation="DeletePublicAccessBlock", bucket=bucket)
    bench.attempt(call)
    bench.attempt(_owned_by_writers(bucket))
    opened = {"x-amz-acl": "public-read"}
    one, other = (bench.put(bucket=bucket, headers=opened) for _each in range(2))
    for each in (one, other):
        before = bench.control(each.call("GetObject"), anonymous=True)
        if not before.ok:
            raise Undecided(f"the ACL opens no object: {before.describe()}")
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/{one.key}",
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    try:
        offered(bench.treat(put_policy(bucket, text.encode())))
        seen = refused(bench.effect(one.call("GetObject"), anonymous=True))
        bench.check("denied", seen.hurting(Hazard.SILENT))
        bench.check("others", served(bench.effect(other.call("GetObject"), anonymous=True)))
    finally:
        bench.attempt(Call(operation="DeleteBucketPolicy", bucket=bucket))


def _owned_by_writers(bucket: str) -> Call:
    body = document(
        "OwnershipControls", "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>"
    )
    return Call(
        operation="PutBucketOwnershipControls",
        bucket=bucket,
        headers=content_md5(body),
        body=body,
    )
