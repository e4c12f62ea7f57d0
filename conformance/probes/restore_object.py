"""Bringing archived objects back.

HEAD of an object that was stored as GLACIER shows its restoration afterwards, and not before; of an
object that is not archived nothing can be restored, and the request is refused.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Observed,
    Outcome,
    Stored,
    Undecided,
    Workbench,
    api,
    content_md5,
    core,
    decide,
    detail,
    document,
    equals,
    holds,
    offered,
    probe,
    promise,
    refused,
    stored,
)
from conformance.subjects.missing import NO_KEY, is_missing, of_missing_key

CLASS: Final = {"x-amz-storage-class": "GLACIER"}
RESTORE: Final = "x-amz-restore"
NOT_ARCHIVED: Final = "InvalidObjectState"
BODY: Final = document("RestoreRequest", "<Days>1</Days>")
PAGE: Final = api("RestoreObject")
CHECKS: Final = (
    core("restored", f"{RESTORE} in a HEAD that was not there before", PAGE),
    promise("not-archived", "a refusal for an object that is not archived", PAGE),
    promise("missing-key", "404 NoSuchKey for a key that has no object", ERRORS),
    promise("class-kept", "the class GLACIER as before", PAGE),
    detail("no-days", "400 for a request without Days", PAGE),
    detail("not-archived-code", "InvalidObjectState for an object that is not archived", ERRORS),
    detail("status", "202, or 200 for a repeated request", PAGE),
)


@probe("RestoreObject", checks=CHECKS)
def restore_object(bench: Workbench) -> None:
    """Restore an archived object for a while, and show that in a HEAD; refuse one that is not."""
    archived, why = _archived(bench)
    subject = archived or bench.put()

    before = bench.attempt(subject.call("HeadObject")).header(RESTORE)
    answer = bench.treat(_restore(subject))
    bench.unharmed(subject)
    if answer.code == NOT_ARCHIVED and not archived:
        raise Undecided(f"{answer.describe()}: {why}")
    offered(answer)
    if not archived:
        decide(Observed.IGNORED, f"served, but there was nothing to restore: {why}")
    bench.check("status", holds(answer.status in (200, 202), answer.describe(), answer))
    head = bench.effect(subject.call("HeadObject"))
    after = head.header(RESTORE)
    text = f"{RESTORE}: {after or 'none'}, and {before or 'none'} before"
    restored = after is not None and after != before
    bench.check("restored", holds(restored, text, head, otherwise=Outcome.IGNORED))
    bench.check("class-kept", equals("class", head.header("x-amz-storage-class"), "GLACIER", head))

    plain = bench.effect(_restore(bench.put()))
    bench.check("not-archived", refused(plain))
    bench.check("not-archived-code", equals("error code", plain.code, NOT_ARCHIVED, plain))
    missing = of_missing_key(bench, "RestoreObject")
    answer = bench.effect(missing.plus(headers=content_md5(BODY), body=BODY))
    bench.check("missing-key", is_missing(answer, NO_KEY))
    with bench.observing("no-days"):
        other, _ = _archived(bench)
        if other is None:
            raise Undecided("no other object could be archived")
        empty = document("RestoreRequest", "")
        bare = other.call("RestoreObject", headers=content_md5(empty), body=empty)
        bench.check("no-days", refused(bench.effect(bare), 400))


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
        return None, f"PutObject with {CLASS} returned {answer.describe()}"
    value = bench.attempt(stored(answer).call("HeadObject")).header("x-amz-storage-class")
    if value != "GLACIER":
        return None, f"an object stored as GLACIER reads back as {value or 'STANDARD'}"
    return stored(answer), ""


def _restore(subject: Stored) -> Call:
    return subject.call("RestoreObject", headers=content_md5(BODY), body=BODY)
