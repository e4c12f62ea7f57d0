"""Headers that say what is not checked before a bucket's configuration is taken.

Source: the pages of PutBucketNotificationConfiguration, PutBucketPolicy, PutBucketReplication and
PutObjectLockConfiguration in
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from conformance.configuration import leaves, nonce
from conformance.configurations import document, policy, put_policy
from conformance.digests import content_md5
from conformance.judge import decide, judge, shows
from conformance.lab import Lab
from conformance.operations import Call
from conformance.probing import family, probe
from conformance.response import Response
from conformance.smallest import SMALLEST
from conformance.verdict import Observation, Observed

SKIP: Final = "x-amz-skip-destination-validation"
CONFIRM: Final = "x-amz-confirm-remove-self-bucket-access"
GRANTED_BY_SUPPORT: Final = "x-amz-bucket-object-lock-token"
NOTIFY: Final = "PutBucketNotificationConfiguration"
# By the element of a kind of destination, its service; the last word names the ARN's element.
DESTINATIONS: Final = {"QueueConfiguration": "sqs", "TopicConfiguration": "sns"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A notification to a destination that there is not."""

    arn: str
    call: Call

    def kept(self, answer: Response) -> bool:
        """Whether GetBucketNotificationConfiguration tells of it."""
        return self.arn in {text for _, text in leaves(answer.body)}


def _strays(lab: Lab, bucket: str | None) -> Iterator[Stray]:
    for element, service in DESTINATIONS.items():
        region, name = lab.endpoint.region or "us-east-1", nonce(lab)
        arn, where = f"arn:aws:{service}:{region}:123456789012:{name}", element[:5]
        body = document(
            "NotificationConfiguration",
            f"<{element}><Id>{name}</Id><{where}>{arn}</{where}>"
            f"<Event>s3:ObjectCreated:Put</Event></{element}>",
        )
        call = Call(operation=NOTIFY, bucket=bucket, headers=content_md5(body), body=body)
        yield Stray(arn=arn, call=call)


@probe(f"{NOTIFY}/{SKIP}")
def skip_destination_validation(lab: Lab) -> Observation:
    """Store a notification to a destination that there is not, which is refused without it."""
    usual, flag = SMALLEST[NOTIFY](lab), {SKIP: "true"}
    lab.accepted(lab.treat(usual.plus(headers=flag)), SKIP)

    for stray in _strays(lab, usual.bucket):
        without = lab.control(stray.call)
        skipped = without if without.ok else lab.treat(stray.call.plus(headers=flag))
        if skipped.ok:
            break
    what = "a destination that there is not"
    if without.ok:
        return judge(shows(False, "", f"{what} is taken without it too: {without.describe()}"))
    if not skipped.ok:
        return judge(shows(False, "", f"{what} is refused with it too: {skipped.describe()}"))
    get = lab.effect(Call(operation="GetBucketNotificationConfiguration", bucket=usual.bucket))
    return judge(
        shows(True, f"{what} is taken with it, and without: {without.describe()}", ""),
        also=[shows(stray.kept(get), "", f"{what} is taken with it, but does not read back")],
    )


@probe(f"PutBucketPolicy/{CONFIRM}")
def confirm_remove_self_bucket_access(lab: Lab) -> Observation:
    """Store a policy that shuts its own writer out of PutBucketPolicy, which is refused without.

    The bucket is this probe's alone, and nothing but its policy is denied, so it can be deleted.
    """
    bucket, flag = lab.new_bucket(), {CONFIRM: "true"}
    usual = put_policy(bucket, policy("Deny", nonce(lab), bucket))
    lockout = put_policy(bucket, _lockout(bucket))

    lab.accepted(lab.treat(usual.plus(headers=flag)), CONFIRM)
    without = lab.control(lockout)
    if without.ok:
        return judge(shows(False, "", f"such a policy is stored without it: {without.describe()}"))
    confirmed = lab.treat(lockout.plus(headers=flag))
    return judge(
        shows(
            confirmed.ok,
            f"such a policy is stored with it, and without: {without.describe()}",
            f"such a policy is refused with it too: {confirmed.describe()}",
        )
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
def bucket_object_lock_token(lab: Lab, operation: str, feature: str) -> Observation:
    """Take a token that AWS's support gave, and refuse one that nobody gave.

    Since November 2023 AWS needs none, so where a made-up one is served that shows nothing.
    """
    call = SMALLEST[operation](lab)

    made_up = lab.treat(call.plus(headers={feature: nonce(lab)}))
    lab.accepted(made_up, feature)
    return decide(
        Observed.UNPROVEN,
        f"a token nobody gave is served: {made_up.describe()}; AWS needs none since 2023",
    )
