"""The tags of an object as a subresource: put, read and deleted, while the object stays.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

from conformance.probing import (
    Proof,
    Seen,
    Workbench,
    decide,
    judge,
    offered,
    operation,
    refuses,
    shows,
)
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.object_tags import NAME, NONE, Tagged, listed, one, tagged, tags
from conformance.subjects.smallest_requests import put_object_tagging
from conformance.verdict import Observation, Observed


@operation("PutObjectTagging")
def put(bench: Workbench, _: str) -> Observation:
    """Give the object these tags instead of those it had; its bytes stay."""
    subject, value = bench.put(), bench.nonce()

    first = bench.treat(put_object_tagging(subject, before=value))
    bench.unharmed(subject)
    offered(first)
    offered(bench.treat(put_object_tagging(subject, **{NAME: value})))
    seen = tags(bench, subject)

    return judge(
        shows(
            seen in one(f"{NAME}={value}"),
            f"the object then has {seen}",
            f"the object then has {seen}, not {NAME}={value}",
            otherwise=Seen.ABSENT if seen == NONE else Seen.WRONG,
        )
    )


@operation("GetObjectTagging")
def get(bench: Workbench, name: str) -> Observation:
    """Answer the object's tags; 404 for a key that has no object."""
    subject = tagged(bench)

    answer = offered(bench.treat(subject.stored.call(name)))
    missing = bench.effect(Call(operation=name, bucket=bench.bucket, key=bench.key()))

    if answer.root == "Tagging" and not subject.tag:
        decide(Observed.UNPROVEN, "answers no tags, and no way was found to give it any")
    return judge(
        _answers(answer, subject),
        also=[refuses("a key that has no object", missing, 404)],
    )


def _answers(answer: Response, subject: Tagged) -> Proof:
    """The tags; a server that does not know the subresource answers the object itself."""
    if answer.root != "Tagging":
        what = "the object's bytes" if answer.body == subject.stored.body else "no Tagging"
        return shows(False, "", f"answers {what}")
    seen = listed(answer)
    return shows(
        seen == subject.tag,
        f"answers {seen}",
        f"answers {seen}, not {subject.tag}",
        otherwise=Seen.ABSENT if seen == NONE else Seen.WRONG,
    )


@operation("DeleteObjectTagging")
def delete(bench: Workbench, name: str) -> Observation:
    """Take the object's tags away; its bytes stay."""
    subject = tagged(bench)
    before = tags(bench, subject.stored)

    answer = bench.treat(subject.stored.call(name))
    bench.unharmed(subject.stored)
    offered(answer)
    after = tags(bench, subject.stored)

    if before == NONE:
        decide(Observed.UNPROVEN, "the object's bytes stay, but no way was found to tag it before")
    return judge(
        shows(
            after == NONE,
            f"the object had {before}, and then {after}",
            f"the object still has {after}",
            otherwise=Seen.ABSENT if after == before else Seen.WRONG,
        )
    )
