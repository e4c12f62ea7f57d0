"""What can go wrong with buckets' configurations."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from conformance.subjects.bucket_configurations import CONFIGURED_BY
from conformance.verdict import Observed
from tests.mutants.damages.damage import Line, anywhere, or_ignored, wrong
from tests.mutants.damaging import (
    Behind,
    answering,
    asking,
    edited,
    empty_result,
    one_short,
    plain,
    when,
)
from tests.mutants.remembering import once, stale

NOT_STORED: Final = "a Get that tells what was never put is not told from a Put that stored nothing"
ELSE: Final = "carried out as something else, the row's own request was ignored"


def _otherwise(request: Request, behind: Behind) -> Answer:
    """Another value than was put: another nonce, or the other of two choices."""

    def change(answer: Answer) -> Answer:
        body = re.sub(rb"\bn[0-9a-f]{9}\b", b"n000000000", answer.body)
        if body == answer.body:
            one, two = next((pair for pair in CHOICES if pair[0] in body), (b"", b""))
            body = body.replace(one, two) if one else body
        return replace(answer, body=body)

    return answering(change)(request, behind)


PAIRS: Final = (
    *(found.choices for _, found in CONFIGURED_BY.values() if found.choices is not None),
    ("true", "false"),
)
CHOICES: Final = tuple(
    (b">%s<" % one.encode(), b">%s<" % two.encode())
    for pair in PAIRS
    for one, two in (pair, pair[::-1])
)


LINES: Final[tuple[Line, ...]] = (
    # Not of notifications: what they go to is found by trying.
    *((r"Get(Bucket(?!Location|PolicyS|Notif)|PublicAccess|ObjectLock)\w+", or_ignored(
        NOT_STORED, damage))
      for damage in (wrong("another value", _otherwise), anywhere("stale", stale))),
    (r"Put(Bucket|PublicAccess|ObjectLock)\w+", or_ignored(
        "the first may be what the bucket was prepared with", wrong("the first stays", once(
            lambda r: r.without("id").target)))),
    ("DeleteBucket[^/]+", replace(wrong("the bucket instead", asking(plain)),
        words=(Observed.IGNORED,), why=ELSE)),
    ("(Get|Put)BucketPolicy", anywhere("another effect", when(
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
