"""Lifecycle rules as they show on a single object.

R2's page has a feature "Object Lifecycle" of PutObject and names no header; the one S3 has is
`x-amz-expiration`, in the answer.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Seen, Workbench, judge, probe, shows
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.xml import document
from conformance.verdict import Observation

EXPIRATION: Final = "x-amz-expiration"


@probe("PutObject/Object Lifecycle")
def object_lifecycle(bench: Workbench) -> Observation:
    """Tell in x-amz-expiration when a lifecycle rule will delete the object, and which rule."""
    bucket, rule, prefix = bench.lease("object lifecycle"), bench.nonce(), bench.key("/")
    concerned, other = (
        Call(operation="PutObject", bucket=bucket, key=key, body=bench.text())
        for key in (f"{prefix}x", bench.key())
    )

    bench.accepted(bench.treat(_rules(bucket, rule, prefix)), control=other)
    told, unasked = _told(bench, concerned), _told(bench, other)

    return judge(
        shows(
            rule in told,
            f"an object under the rule's prefix: {told}",
            f"an object under the rule's prefix: {told or f'no {EXPIRATION}'}",
            otherwise=Seen.WRONG if told else Seen.ABSENT,
        ),
        also=[shows(not unasked, "", f"an object not under it: {unasked}", otherwise=Seen.WRONG)],
    )


def _rules(bucket: str, rule: str, prefix: str) -> Call:
    body = document(
        "LifecycleConfiguration",
        f"<Rule><ID>{rule}</ID><Filter><Prefix>{prefix}</Prefix></Filter>"
        "<Status>Enabled</Status><Expiration><Days>3650</Days></Expiration></Rule>",
    )
    operation = "PutBucketLifecycleConfiguration"
    return Call(operation=operation, bucket=bucket, headers=content_md5(body), body=body)


def _told(bench: Workbench, call: Call) -> str:
    """What PutObject's answer says of the object's end, or else HeadObject's."""
    stored = bench.setup(call)
    head = Call(operation="HeadObject", bucket=call.bucket, key=call.key)
    return _end(stored) or _end(bench.effect(head))


def _end(answer: Response) -> str:
    return answer.header(EXPIRATION) or ""
