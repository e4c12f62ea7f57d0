"""Conditional copies: made only while a condition on the source's ETag or date holds.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
"""

from __future__ import annotations

from conformance.probing import (
    Check,
    Workbench,
    detail,
    family,
    has_body,
    promise,
    refused,
)
from conformance.probing.sources import ERRORS, api
from conformance.s3.operations import OperationName
from conformance.subjects.copies import COPIES, SOURCE, copied, copy_call, copy_of, not_copied
from conformance.subjects.preconditions import CASES, FEATURES, dated_object, is_alone
from conformance.verdict import Hazard, Weight

PREFIX = f"{SOURCE}-"


def _feature(header: str) -> str:
    return header.removeprefix(PREFIX).title()


def _checks(operation: str, header: str) -> list[Check]:
    page = api(operation)
    checks = [
        Check(
            id=case.check,
            weight=Weight.DETAIL if case.by_http else case.weight,
            expected=f"{'a copy' if case.met else '412'} for {case.means}",
            source=page,
        )
        for case in CASES[_feature(header)]
    ]
    checks.append(detail("error-code", "PreconditionFailed with a 412", ERRORS))
    if operation == "CopyObject":
        checks.append(promise("copied-bytes", "the source's bytes where a copy was made", page))
        checks.append(promise("nothing-left", "no object where the copy was refused", page))
    return checks


@family(*(f"{PREFIX}{name.lower()}" for name in FEATURES), operations=COPIES, checks=_checks,
        security=True)  # fmt: skip
def conditional_copy(bench: Workbench, operation: OperationName, header: str) -> None:
    """Copy while the condition on the source is true; otherwise 412, for dates and ETags alike."""
    subject, feature = dated_object(bench), _feature(header)
    first, *others = CASES[feature]

    call = copy_call(bench, operation, subject.ours.source)
    met = bench.treat(call.plus(headers=first.headers(bench, feature, subject, PREFIX)))
    if met.status not in (304, 412):
        bench.accepted(met, header)
    if bench.check(first.check, copied(met)) and operation == "CopyObject":
        copy = bench.effect(copy_of(met).call("GetObject"))
        bench.check("copied-bytes", has_body(copy, subject.ours.body))

    asked = "error-code", *(["nothing-left"] if operation == "CopyObject" else [])
    for case in others:
        with bench.observing(case.check):
            headers = case.headers(bench, feature, subject, PREFIX)
            call = copy_call(bench, operation, subject.ours.source)
            answer = bench.effect(call.plus(headers=headers))
            seen = copied(answer) if case.met else not_copied(answer, 412)
            if not seen.held and is_alone(bench, case, subject, call, PREFIX):
                bench.skip(case.check, because="the server does not support the other condition")
                continue
            bench.check(case.check, seen)
            if case.met or answer.ok or not asked:
                continue
            bench.check("error-code", refused(answer, codes=["PreconditionFailed"]))
            if operation == "CopyObject":
                left = bench.effect(copy_of(answer).call("HeadObject"))
                bench.check("nothing-left", refused(left, 404).hurting(Hazard.DESTRUCTIVE))
            asked = ()
    if asked:
        bench.skip(*asked, because="the server did not refuse")
