"""Headers that say what is not checked before a bucket's configuration is taken.

Source: the pages of PutBucketNotificationConfiguration, PutBucketPolicy, PutBucketReplication and
PutObjectLockConfiguration in
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

import json
from typing import Final

from conformance.probing import Workbench, decide, family, judge, probe, shows
from conformance.s3.operations import Call, OperationName
from conformance.subjects.configuration_bodies import policy, put_policy
from conformance.subjects.notifications import PUT as NOTIFY
from conformance.subjects.notifications import notifies, notify, strays
from conformance.subjects.smallest_requests import SMALLEST
from conformance.verdict import Observation, Observed

SKIP: Final = "x-amz-skip-destination-validation"
CONFIRM: Final = "x-amz-confirm-remove-self-bucket-access"
GRANTED_BY_SUPPORT: Final = "x-amz-bucket-object-lock-token"


@probe(f"{NOTIFY}/{SKIP}")
def skip_destination_validation(bench: Workbench) -> Observation:
    """Store a notification to a destination that there is not, which is refused without it."""
    usual, flag = SMALLEST[NOTIFY](bench), {SKIP: "true"}
    bench.accepted(bench.treat(usual.plus(headers=flag)), SKIP)

    for arn in strays(bench):
        call = notify(usual.bucket, arn)
        without = bench.control(call)
        skipped = without if without.ok else bench.treat(call.plus(headers=flag))
        if skipped.ok:
            break
    what = "a destination that there is not"
    if without.ok:
        return judge(shows(False, "", f"{what} is taken without it too: {without.describe()}"))
    if not skipped.ok:
        return judge(shows(False, "", f"{what} is refused with it too: {skipped.describe()}"))
    get = bench.effect(Call(operation="GetBucketNotificationConfiguration", bucket=usual.bucket))
    return judge(
        shows(True, f"{what} is taken with it, and without: {without.describe()}", ""),
        also=[shows(notifies(get, arn), "", f"{what} is taken with it, but does not read back")],
    )


@probe(f"PutBucketPolicy/{CONFIRM}")
def confirm_remove_self_bucket_access(bench: Workbench) -> Observation:
    """Store a policy that shuts its own writer out of PutBucketPolicy, which is refused without.

    The bucket is this probe's alone, and nothing but its policy is denied, so it can be deleted.
    """
    bucket, flag = bench.new_bucket(), {CONFIRM: "true"}
    usual = put_policy(bucket, policy("Deny", bench.nonce(), bucket))
    lockout = put_policy(bucket, _lockout(bucket))

    bench.accepted(bench.treat(usual.plus(headers=flag)), CONFIRM)
    without = bench.control(lockout)
    if without.ok:
        return judge(shows(False, "", f"such a policy is stored without it: {without.describe()}"))
    confirmed = bench.treat(lockout.plus(headers=flag))
    got = bench.effect(Call(operation="GetBucketPolicy", bucket=bucket))
    there = not got.ok or b"s3:PutBucketPolicy" in got.body
    return judge(
        shows(
            confirmed.ok,
            f"such a policy is stored with it, and without: {without.describe()}",
            f"such a policy is refused with it too: {confirmed.describe()}",
        ),
        also=[shows(there or not confirmed.ok, "", "it is taken, and does not read back")],
    )


def _lockout(bucket: str) -> bytes:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutBucketPolicy",
        "Resource": f"arn:aws:s3:::{bucket}",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode()


@family(GRANTED_BY_SUPPORT, operations=["PutBucketReplication", "PutObjectLockConfiguration"])
def bucket_object_lock_token(
    bench: Workbench, operation: OperationName, feature: str
) -> Observation:
    """Take a token that AWS's support gave, and refuse one that nobody gave.

    Since November 2023 AWS needs none, so where a made-up one is served that shows nothing.
    """
    call = SMALLEST[operation](bench)

    made_up = bench.treat(call.plus(headers={feature: bench.nonce()}))
    bench.accepted(made_up, feature)
    return decide(
        Observed.UNPROVEN,
        f"a token nobody gave is served: {made_up.describe()}; AWS needs none since 2023",
    )
