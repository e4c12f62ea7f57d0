"""Rules of a bucket's lifecycle, and the header in which a server names one that applies.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Call,
    Comparison,
    Outcome,
    Response,
    api,
    content_md5,
    document,
    guide,
    holds,
)

ELEMENTS: Final = guide("intro-lifecycle-rules")
PUT: Final = api("PutBucketLifecycleConfiguration")
EXPIRATION: Final = "x-amz-expiration"
DAYS: Final = 3650
DELETION: Final = f"<Expiration><Days>{DAYS}</Days></Expiration>"


def rule(name: str, action: str, *, where: str = "", status: str = "Enabled") -> str:
    """A rule with this id.

    Args:
        name: its id.
        action: the element that says what it does.
        where: what is in its filter.
        status: Enabled or Disabled.
    """
    return f"<Rule><ID>{name}</ID><Filter>{where}</Filter><Status>{status}</Status>{action}</Rule>"


def expire(name: str, prefix: str, status: str = "Enabled") -> str:
    """A rule that deletes what is below a prefix after `DAYS`."""
    return rule(name, DELETION, where=f"<Prefix>{prefix}</Prefix>", status=status)


def put(bucket: str, *rules: str) -> Call:
    """PutBucketLifecycleConfiguration of these rules."""
    body = document("LifecycleConfiguration", "".join(rules))
    return Call(
        operation="PutBucketLifecycleConfiguration",
        bucket=bucket,
        headers=content_md5(body),
        body=body,
    )


def get(bucket: str) -> Call:
    """GetBucketLifecycleConfiguration."""
    return Call(operation="GetBucketLifecycleConfiguration", bucket=bucket)


def names(answer: Response, rule: str, header: str = EXPIRATION) -> Comparison:
    """Whether a response has the header, with a rule's id in it."""
    told = answer.header(header)
    absent = Outcome.WRONG if told else Outcome.IGNORED
    return holds(rule in (told or ""), f"{header}: {told or 'none'}", answer, otherwise=absent)
