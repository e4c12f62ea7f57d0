"""Conditional requests on objects: If-Match, If-None-Match and the two dates.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
"""

from __future__ import annotations

from conformance.judge import Seen, carries, judge, refuses
from conformance.lab import Lab
from conformance.probing import family, probe
from conformance.verdict import Observation

READS = ("GetObject", "HeadObject")


@family("If-Match", operations=READS)
def read_if_match(lab: Lab, operation: str, flag: str) -> Observation:
    """Serve the object while its ETag is the one given; otherwise 412."""
    ours, theirs = lab.plain, lab.shared("another plain object", lambda lab: lab.put())

    same = lab.treat(ours.call(operation, headers={flag: ours.etag}))
    lab.accepted(same, flag)
    other = lab.effect(ours.call(operation, headers={flag: theirs.etag}))

    return judge(refuses("with another object's ETag", other, 412))


@probe("PutObject/If-Match", security=True)
def put_object_if_match(lab: Lab) -> Observation:
    """Overwrite the object while its ETag is the one given; otherwise 412, and nothing changes."""
    ours, theirs, new = lab.put(), lab.plain, lab.text()

    other = lab.treat(ours.call("PutObject", headers={"If-Match": theirs.etag}, body=lab.text()))
    kept = lab.effect(ours.call("GetObject"))
    same = lab.treat(ours.call("PutObject", headers={"If-Match": ours.etag}, body=new))
    lab.accepted(same, "If-Match")

    return judge(
        refuses("with another object's ETag", other, 412),
        carries("the object after that", kept, ours.body, otherwise=Seen.ABSENT),
    )
