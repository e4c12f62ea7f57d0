"""Lifecycle rules as they show on a single object.

R2's page has a feature "Object Lifecycle" of PutObject and names no header; the one S3 has is
`x-amz-expiration`, in the response.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.probing import (
    Call,
    Outcome,
    Response,
    Workbench,
    api,
    content_md5,
    core,
    document,
    guide,
    has_body,
    holds,
    probe,
    promise,
)

EXPIRATION: Final = "x-amz-expiration"
GENERAL: Final = guide("lifecycle-expire-general-considerations")
EXPIRY: Final = re.compile(r'expiry-date="([^"]+)"')
DAYS: Final = 3650
CHECKS: Final = (
    core("rule", f"the rule's id in {EXPIRATION} of an object under its prefix", api("PutObject")),
    promise("date", f"a date about {DAYS} days ahead in {EXPIRATION}", GENERAL),
    promise("others", f"no {EXPIRATION} of an object that is not under the prefix", GENERAL),
    promise("bytes", "the bytes of the object under the prefix", api("PutObject")),
)


@probe("PutObject/Object Lifecycle", checks=CHECKS)
def object_lifecycle(bench: Workbench) -> None:
    """Return in x-amz-expiration when a lifecycle rule will delete the object, and which rule."""
    bucket, rule, prefix = bench.lease("object lifecycle"), bench.nonce(), bench.key("/")
    concerned, other = (
        Call(operation="PutObject", bucket=bucket, key=key, body=bench.text())
        for key in (f"{prefix}x", bench.key())
    )

    bench.accepted(bench.treat(_rules(bucket, rule, prefix)), control=other)
    value, unasked = _expiration(bench, concerned), _expiration(bench, other)

    text = f"{EXPIRATION}: {value}" if value else f"no {EXPIRATION}"
    absent = Outcome.WRONG if value else Outcome.IGNORED
    if bench.check("rule", holds(rule in value, text, otherwise=absent)):
        bench.check("date", holds(_is_due(value), text))
    bench.check("others", holds(not unasked, f"{EXPIRATION}: {unasked or 'none'}"))
    read = Call(operation="GetObject", bucket=bucket, key=concerned.key)
    bench.check("bytes", has_body(bench.effect(read), concerned.body))


def _rules(bucket: str, rule: str, prefix: str) -> Call:
    body = document(
        "LifecycleConfiguration",
        f"<Rule><ID>{rule}</ID><Filter><Prefix>{prefix}</Prefix></Filter>"
        f"<Status>Enabled</Status><Expiration><Days>{DAYS}</Days></Expiration></Rule>",
    )
    return Call(
        operation="PutBucketLifecycleConfiguration",
        bucket=bucket,
        headers=content_md5(body),
        body=body,
    )


def _is_due(value: str) -> bool:
    """Whether the date is the rule's number of days ahead; servers round to the next midnight."""
    found = EXPIRY.search(value)
    try:
        when = parsedate_to_datetime(found[1]) if found else None
    except (TypeError, ValueError):
        when = None
    if when is None:
        return False
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return abs(when - datetime.now(UTC) - timedelta(days=DAYS)) <= timedelta(days=3)


def _expiration(bench: Workbench, call: Call) -> str:
    """What PutObject returns about the object's end, or else HeadObject."""
    stored = bench.setup(call)
    head = Call(operation="HeadObject", bucket=call.bucket, key=call.key)
    return _end(stored) or _end(bench.effect(head))


def _end(answer: Response) -> str:
    return answer.header(EXPIRATION) or ""
