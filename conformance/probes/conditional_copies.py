"""Conditional copies: made only while a condition on the source's ETag or date holds.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
"""

from __future__ import annotations

from dataclasses import replace

from conformance.probing import (
    ERRORS,
    Check,
    Hazard,
    OperationName,
    Weight,
    Workbench,
    api,
    detail,
    family,
    has_body,
    has_status,
    promise,
    refused,
)
from conformance.subjects import copies, preconditions
from conformance.subjects.multipart import begin, has_no_parts, two_parts

PREFIX = f"{copies.SOURCE}-"


def _feature(header: str) -> str:
    return header.removeprefix(PREFIX).title()


def _checks(operation: str, header: str) -> list[Check]:
    page = api(operation)
    checks = [
        Check(
            id=case.check,
            weight=Weight.DETAIL if case.by_http else case.weight,
            expected=f"{'a copy' if case.met else 'no copy'} for {case.means}",
            source=page,
        )
        for case in preconditions.CASES[_feature(header)]
    ]
    # Some answer 304, as to a GET: the condition is carried out, and the status is another.
    checks.append(promise("status", "412 where no copy was made", page))
    checks.append(detail("error-code", "PreconditionFailed with a 412", ERRORS))
    if _feature(header) == "If-Match":
        text = "a copy for the ETag of an object of parts"
        checks.append(promise("etag-of-several-parts", text, page))
        # RFC 9110 has the quotes; S3 and most clients do without.
        checks.append(detail("unquoted-etag", "a copy for an ETag without quotes", page))
    if operation == "CopyObject":
        checks.append(promise("copied-bytes", "the source's bytes where a copy was made", page))
        checks.append(promise("nothing-left", "no object where the copy was refused", page))
    else:
        checks.append(promise("no-part", "no part where the copy was refused", page))
    return checks


@family(
    *(f"{PREFIX}{name.lower()}" for name in preconditions.FEATURES),
    operations=copies.COPIES,
    checks=_checks,
    security=True,
)
def conditional_copy(bench: Workbench, operation: OperationName, header: str) -> None:
    """Copy while the condition on the source is true; otherwise 412, for dates and ETags alike."""
    subject, feature = preconditions.dated_object(bench), _feature(header)
    first, *others = preconditions.CASES[feature]

    call = copies.copy_call(bench, operation, subject.ours.source)
    if operation == "CopyObject":  # onto an object of which the condition does not speak
        call = replace(call, key=bench.put().key)
    met = bench.treat(call.plus(headers=first.headers(bench, feature, subject, PREFIX)))
    if met.status not in (304, 412):
        bench.accepted(met, header)
    if bench.check(first.check, copies.copied(met)) and operation == "CopyObject":
        copy = bench.effect(copies.copy_of(met).call("GetObject"))
        bench.check("copied-bytes", has_body(copy, subject.ours.body))

    after = "nothing-left" if operation == "CopyObject" else "no-part"
    asked: tuple[str, ...] = ("status", "error-code", after)
    for case in others:
        with bench.observing(case.check):
            headers = case.headers(bench, feature, subject, PREFIX)
            call = copies.copy_call(bench, operation, subject.ours.source)
            if operation == "UploadPartCopy" and not case.met and asked:
                call = begin(bench).copy(1, subject.ours)
            answer = bench.effect(call.plus(headers=headers))
            seen = copies.copied(answer) if case.met else copies.not_copied(answer, 412, 304)
            if not seen.held and preconditions.is_alone(bench, case, subject, call, PREFIX):
                bench.skip(case.check, because="the server does not support the other condition")
                continue
            bench.check(case.check, seen)
            if case.met or answer.ok or not asked:
                continue
            bench.check("status", has_status(answer, 412))
            bench.check("error-code", refused(answer, codes=["PreconditionFailed"]))
            if operation == "CopyObject":
                left = bench.effect(copies.copy_of(answer).call("HeadObject"))
                bench.check(after, refused(left, 404).hurting(Hazard.DESTRUCTIVE))
            else:
                listing = bench.effect(
                    replace(call.without("partNumber"), operation="ListParts", headers={})
                )
                bench.check(after, has_no_parts(listing))
            asked = ()
    _etag_of_parts(bench, operation, header)
    if asked:
        bench.skip(*asked, because="the server did not refuse")


def _etag_of_parts(bench: Workbench, operation: OperationName, header: str) -> None:
    """A copy on the condition of an ETag with a number of parts."""
    if _feature(header) != "If-Match":
        return
    with bench.observing("etag-of-several-parts", "unquoted-etag"):
        parts = bench.shared("an object of two parts", two_parts)
        etag = bench.setup(parts.call("HeadObject")).etag
        call = copies.copy_call(bench, operation, parts.source)
        answer = bench.effect(call.plus(headers={header: etag}))
        if bench.check("etag-of-several-parts", copies.copied(answer)):
            bare = bench.effect(call.plus(headers={header: etag.strip('"')}))
            bench.check("unquoted-etag", copies.copied(bare))
