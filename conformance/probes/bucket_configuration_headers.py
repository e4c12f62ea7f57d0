"""Headers that say what is not checked before a bucket's configuration is stored."""

from __future__ import annotations

import json
from typing import Final

from conformance.probing import (
    Call,
    Check,
    Observed,
    OperationName,
    Outcome,
    Workbench,
    api,
    core,
    decide,
    equals,
    family,
    holds,
    probe,
    promise,
)
from conformance.subjects import configuration_bodies, notifications, smallest_requests

SKIP: Final = "x-amz-skip-destination-validation"
CONFIRM: Final = "x-amz-confirm-remove-self-bucket-access"
GRANTED_BY_SUPPORT: Final = "x-amz-bucket-object-lock-token"
SKIP_CHECKS: Final[tuple[Check, ...]] = (
    core(
        "validation",
        "a destination that does not exist, served with it only",
        api(notifications.PUT),
    ),
    promise("reads-back", "that destination to be returned", api(notifications.PUT)),
    promise("refusal-status", "400 without it", api(notifications.PUT)),
)


@probe(f"{notifications.PUT}/{SKIP}", checks=SKIP_CHECKS)
def skip_destination_validation(bench: Workbench) -> None:
    """Store a notification to a destination that does not exist, which is refused without it."""
    usual, flag = smallest_requests.SMALLEST[notifications.PUT](bench), {SKIP: "true"}
    bench.accepted(bench.treat(usual.plus(headers=flag)), SKIP)

    for arn in notifications.strays(bench):
        call = notifications.notify(usual.bucket, arn)
        without = bench.control(call)
        skipped = without if without.ok else bench.treat(call.plus(headers=flag))
        if skipped.ok:
            break
    text = f"{skipped.describe()} with it, {without.describe()} without"
    held = skipped.ok and not without.ok
    seen = holds(held, text, without, skipped, otherwise=Outcome.IGNORED)
    if not bench.check("validation", seen):
        return
    bench.check("refusal-status", equals("status", without.status, 400, without))
    get = bench.effect(Call(operation="GetBucketNotificationConfiguration", bucket=usual.bucket))
    found = notifications.notifies(get, arn)
    bench.check("reads-back", holds(found, "it" if found else "another destination, or none", get))


CONFIRM_CHECKS: Final[tuple[Check, ...]] = (
    core(
        "lockout", "a policy that shuts its writer out, served with it only", api("PutBucketPolicy")
    ),
    promise("reads-back", "that policy to be stored", api("PutBucketPolicy")),
)


@probe(f"PutBucketPolicy/{CONFIRM}", checks=CONFIRM_CHECKS)
def confirm_remove_self_bucket_access(bench: Workbench) -> None:
    """Store a policy that shuts its own writer out of PutBucketPolicy, which is refused without.

    The bucket is this probe's alone, and nothing but its policy is denied, so it can be deleted.
    """
    bucket, flag = bench.new_bucket(), {CONFIRM: "true"}
    usual = configuration_bodies.put_policy(
        bucket, configuration_bodies.policy("Deny", bench.nonce(), bucket)
    )
    lockout = configuration_bodies.put_policy(bucket, _lockout(bucket))

    bench.accepted(bench.treat(usual.plus(headers=flag)), CONFIRM)
    without = bench.control(lockout)
    confirmed = without if without.ok else bench.treat(lockout.plus(headers=flag))
    text = f"{confirmed.describe()} with it, {without.describe()} without"
    held = confirmed.ok and not without.ok
    seen = holds(held, text, without, confirmed, otherwise=Outcome.IGNORED)
    if not bench.check("lockout", seen):
        return
    got = bench.effect(Call(operation="GetBucketPolicy", bucket=bucket))
    there = not got.ok or b"s3:PutBucketPolicy" in got.body
    bench.check("reads-back", holds(there, "it" if there else "another policy", got))


def _lockout(bucket: str) -> bytes:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutBucketPolicy",
        "Resource": f"arn:aws:s3:::{bucket}",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode()


def _token_checks(operation: str, _: str) -> list[Check]:
    return [core("unknown-token", "a refusal of a token that nobody issued", api(operation))]


@family(
    GRANTED_BY_SUPPORT,
    operations=["PutBucketReplication", "PutObjectLockConfiguration"],
    checks=_token_checks,
)
def bucket_object_lock_token(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Accept a token that AWS's support issued.

    Since November 2023 AWS needs none, so where a made-up one is served that shows nothing.
    """
    call = smallest_requests.SMALLEST[operation](bench)

    made_up = bench.treat(call.plus(headers={feature: bench.nonce()}))
    bench.accepted(made_up, feature)
    decide(
        Observed.UNPROVEN,
        f"a token that nobody issued is served: {made_up.describe()}; AWS needs none since 2023",
    )
