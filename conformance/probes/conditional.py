"""Conditional reads and writes: served only while a condition on the object's ETag or date holds.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html and
RFC 9110, section 13.
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Seen, Workbench, carries, family, judge, probe, refuses, serves
from conformance.s3.operations import OperationName
from conformance.subjects.preconditions import FEATURES, dated, precondition
from conformance.subjects.writes import write_call
from conformance.verdict import Observation

# RFC 9110, 13.2.2: to be told that one's copy is still fresh is no error.
UNMET: Final = {
    "If-Match": 412,
    "If-Unmodified-Since": 412,
    "If-None-Match": 304,
    "If-Modified-Since": 304,
}


@family(*FEATURES, operations=("GetObject", "HeadObject"))
def read(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Serve the object while the condition is true; otherwise 412, or 304 where it is fresh."""
    subject = bench.shared("two dated objects", dated)
    test, call = precondition(feature, subject), subject.ours.call(operation)

    met = bench.treat(call.plus(headers={feature: test.true}))
    if met.status not in UNMET.values():
        bench.accepted(met, feature)
    unmet = bench.effect(call.plus(headers={feature: test.false}))

    body = b"" if operation == "HeadObject" else subject.ours.body
    return judge(
        refuses(f"with {test.false_means}", unmet, UNMET[feature]),
        also=[carries(f"with {test.true_means}", met, body)],
    )


@family("If-Match", "If-Unmodified-Since", "If-Modified-Since", operations=["PutObject"],
        security=True)  # fmt: skip
def overwrite(bench: Workbench, operation: OperationName, feature: str) -> Observation:
    """Overwrite the object while the condition is true; otherwise 412, and nothing changes.

    AWS knows If-Match only; the dates are R2's
    (https://developers.cloudflare.com/r2/api/s3/extensions/#conditional-operations-in-putobject).
    """
    subject = dated(bench)
    ours, test = subject.ours, precondition(feature, subject)

    unmet = bench.treat(ours.call(operation, headers={feature: test.false}, body=bench.text()))
    kept = bench.effect(ours.call("GetObject"))
    met = bench.treat(ours.call(operation, headers={feature: test.true}, body=bench.text()))
    if met.status != 412:
        bench.accepted(met, feature)

    return judge(
        refuses(f"with {test.false_means}", unmet, 412),
        carries("the object after that", kept, ours.body, otherwise=Seen.ABSENT),
        also=[serves(f"with {test.true_means}", met)],
    )


@probe("PutObject/If-None-Match", security=True)
def put_object_if_none_match(bench: Workbench) -> Observation:
    """With `*`, store the object under a key that has none yet; otherwise 412."""
    ours, flag = bench.put(), {"If-None-Match": "*"}

    fresh = bench.treat(write_call(bench, "PutObject", flag))
    if fresh.status != 412:
        bench.accepted(fresh, "If-None-Match")
    taken = bench.effect(ours.call("PutObject", headers=flag, body=bench.text()))
    kept = bench.effect(ours.call("GetObject"))

    return judge(
        refuses("on a key that has an object", taken, 412),
        carries("the object after that", kept, ours.body, otherwise=Seen.ABSENT),
        also=[serves("on a key that has none", fresh)],
    )
