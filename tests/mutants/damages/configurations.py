"""What can go wrong with buckets' configurations."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.configurations import CONFIGURED_BY
from conformance.proxy import Answer, Request
from conformance.verdict import Observed
from tests.mutants.damages.damage import Line, anywhere, or_ignored, wrong
from tests.mutants.damaging import (
    Behind,
    answering,
    asking,
    edited,
    empty_result,
    once,
    one_short,
    plain,
    stale,
    when,
)

NOT_STORED: Final = "a Get that tells what was never put is not told from a Put that stored nothing"
ELSE: Final = "carried out as something else, the row's own request was ignored"


def _nonces_differ(request: Request, behind: Behind) -> Answer:
    """Another value than was put: another nonce, or the other of two choices."""

    def change(answer: Answer) -> Answer:
        body = re.sub(rb"\bn[0-9a-f]{9}\b", b"n000000000", answer.body)
        for one, two in CHOICES if body == answer.body else ():
            if one in body:
                return replace(answer, body=body.replace(one, two))
        return replace(answer, body=body)

    return answering(change)(request, behind)


CHOICES: Final = tuple(
    (b">%s<" % one.encode(), b">%s<" % two.encode())
    for _, configuration in CONFIGURED_BY.values()
    for one, two in [configuration.choices or ("", "")]
    for one, two in ((one, two), (two, one))
    if one and " " not in one + two
)


CONFIGURATIONS: Final[tuple[Line, ...]] = (
    (r"Get(Bucket(?!Location|PolicyStatus)|PublicAccess|ObjectLock)\w+", or_ignored(
        NOT_STORED, wrong("another value", _nonces_differ))),
    # Not of notifications: what they go to is found by trying.
    (r"Get(Bucket(?!Location|PolicyS|Notif)|PublicAccess|ObjectLock)\w+", or_ignored(
        NOT_STORED, anywhere("stale", stale))),
    (r"Put(Bucket|PublicAccess|ObjectLock)\w+", or_ignored(
        "the first may be what the bucket was prepared with", wrong("the first stays", once(
            lambda r: r.without("id").target)))),
    ("DeleteBucket[^/]+", replace(wrong("the bucket instead", asking(plain)),
        words=(Observed.IGNORED,), why=ELSE)),
    ("(Get|Put)BucketPolicy", anywhere("Allow for Deny", when(
        lambda r: r.method == "GET", edited(rb'"Effect": ?"\w+"', b'"Effect":"Audit"')))),
    ("GetBucketPolicyStatus", wrong("true for false", edited(
        rb"<IsPublic>(?i:false)<", b"<IsPublic>true<"))),
    ("GetBucketPolicyStatus", wrong("false for true", edited(
        rb"<IsPublic>(?i:true)<", b"<IsPublic>false<"))),
    (r"Get\w+/id", wrong("200 for 404", empty_result("Configuration", 404))),
    (r"ListBucket\w+s", wrong("one short", one_short(r"\w+Configuration"))),
    ("PutBucketNotificationConfiguration/.*validation", wrong("served, and not stored",
        lambda r, b: Answer(status=200))),
    ("PutBucketPolicy/.*access", wrong("served, and not stored",
        lambda r, b: Answer(status=200))),
)  # fmt: skip
