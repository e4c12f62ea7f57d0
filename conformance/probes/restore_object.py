"""Bringing archived objects back.

What counts as proof. An object that was stored as GLACIER then tells of its restoration, which it
did not before; one that is not archived has nothing to bring back, and is refused.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Stored,
    Undecided,
    Workbench,
    decide,
    judge,
    offered,
    probe,
    refuses,
    shows,
    stored,
)
from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.xml import document
from conformance.verdict import Observation, Observed

CLASS: Final = {"x-amz-storage-class": "GLACIER"}
RESTORE: Final = "x-amz-restore"
NOT_ARCHIVED: Final = "InvalidObjectState"
BODY: Final = document("RestoreRequest", "<Days>1</Days>")


@probe("RestoreObject")
def restore(bench: Workbench) -> Observation:
    """Bring an archived object back for a while, and say so of it; refuse one that is not."""
    archived, why = _archived(bench)
    subject = archived or bench.put()

    before = bench.attempt(subject.call("HeadObject")).header(RESTORE)
    answer = bench.treat(_restore(subject))
    bench.unharmed(subject)
    if answer.code == NOT_ARCHIVED and not archived:
        raise Undecided(f"{answer.describe()}: {why}")
    offered(answer)
    if not archived:
        decide(Observed.IGNORED, f"served, but there was nothing to bring back: {why}")
    after = bench.effect(subject.call("HeadObject")).header(RESTORE)
    plain = bench.effect(_restore(bench.put()))

    return judge(
        shows(
            after is not None and after != before,
            f"HeadObject then says {RESTORE}: {after}",
            f"HeadObject says {RESTORE}: {after or 'nothing'}, before and after",
        ),
        also=[refuses("an object that is not archived", plain)],
    )


def _archived(bench: Workbench) -> tuple[Stored | None, str]:
    """An object that HeadObject says is archived, or why there is none."""
    call = Call(
        operation="PutObject",
        bucket=bench.bucket,
        key=bench.key(),
        headers=CLASS,
        body=bench.text(),
    )
    answer = bench.attempt(call)
    if not answer.ok:
        return None, f"PutObject with {CLASS} answered {answer.describe()}"
    told = bench.attempt(stored(answer).call("HeadObject")).header("x-amz-storage-class")
    if told != "GLACIER":
        return None, f"an object put as GLACIER is told to be {told or 'STANDARD'}"
    return stored(answer), ""


def _restore(subject: Stored) -> Call:
    return subject.call("RestoreObject", headers=content_md5(BODY), body=BODY)
