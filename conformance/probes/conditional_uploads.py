"""Uploads and copies on a condition of what their key holds.

AWS has If-Match and If-None-Match on CompleteMultipartUpload, and on CopyObject of what is at its
destination; the others are R2's, which has other names for a copy's. Sources:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html and
https://developers.cloudflare.com/r2/api/s3/conditional-operations/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from conformance.probing import (
    R2,
    Call,
    Check,
    Hazard,
    OperationName,
    Outcome,
    Response,
    Stored,
    Weight,
    Workbench,
    core,
    detail,
    equals,
    family,
    guide,
    has_body,
    holds,
    promise,
    refused,
    served,
)
from conformance.subjects import multipart, preconditions

AWS: Final = guide("conditional-writes")
PAGE: Final = f"{R2}/api/s3/conditional-operations/"
PREFIX: Final = "cf-copy-destination-"
BY_LOWER: Final = {name.lower(): name for name in preconditions.FEATURES}
OPERATIONS: Final[tuple[OperationName, ...]] = (
    "CreateMultipartUpload",
    "CompleteMultipartUpload",
)
STAR: Final = "If-None-Match"
BY_AWS: Final = ("If-Match", STAR)


def _precondition(feature: str) -> str:
    return BY_LOWER[feature.lower().removeprefix(PREFIX)]


def _cases(feature: str) -> list[preconditions.Case]:
    """The cases of a precondition alone that need no waiting."""
    return [
        replace(case, weight=Weight.DETAIL) if _precondition(feature) == STAR else case
        for case in preconditions.CASES[_precondition(feature)]
        if case.check in ("own-etag", "replaced-etag", "own-date", "earlier-date")
    ]


def _page(operation: str, feature: str) -> str:
    by_aws = operation != "CreateMultipartUpload" and feature in BY_AWS
    return AWS if by_aws else PAGE


def _checks(operation: str, feature: str) -> Iterator[Check]:
    page = _page(operation, feature)
    for case in _cases(feature):
        said = f"{'a 2xx response' if case.met else '412'} for {case.means}"
        yield Check(id=case.check, weight=case.weight, expected=said, source=page)
    if _precondition(feature) == STAR:
        yield core("any-object", "412 for * on a key that has an object", page)
        yield promise("new-object", "a 2xx response for * on a key that has none", page)
    elif _precondition(feature) == "If-Match":
        yield promise("missing-object", "404 or 412 on a key that has no object", page)
    yield promise("unchanged-after-412", "the object as it was after the refusals", page)
    if operation != "CreateMultipartUpload":
        yield promise("written", "the new bytes once the condition was true", page)
    yield detail("error-code", "PreconditionFailed with a 412", page)


def _declared(operation: str, feature: str) -> list[Check]:
    return [*_checks(operation, feature)]


class _Sender:
    """Sends one operation to a key, with headers.

    Args:
        bench: sends.
        operation: which.
    """

    def __init__(self, bench: Workbench, operation: OperationName) -> None:
        self._bench = bench
        self._operation = operation
        self.body = b""

    def call(self, target: Stored, headers: Mapping[str, str]) -> Call:
        """The request; `body` is what the object has if it is carried out."""
        self.body = self._bench.text()
        if self._operation == "CompleteMultipartUpload":
            upload = multipart.begin_over(target, self._bench)
            etag = self._bench.setup(upload.part(1, self.body)).etag
            return upload.complete([etag], headers=headers)
        if self._operation == "CopyObject":
            source = {"x-amz-copy-source": self._bench.put(self.body).source}
            return target.call("CopyObject", headers={**source, **headers})
        return target.call(self._operation, headers=headers)


@family(*preconditions.FEATURES, operations=OPERATIONS, checks=_declared, security=True)
@family(*BY_AWS, operations=["CopyObject"], checks=_declared, security=True)
@family(*(f"{PREFIX}{name.lower()}" for name in preconditions.FEATURES), operations=["CopyObject"],
        checks=_declared, security=True)  # fmt: skip
def conditional(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Go on while the condition on the destination's object is true; otherwise 412."""
    sender, name = _Sender(bench, operation), _precondition(feature)
    prefix = PREFIX if feature.startswith(PREFIX) else ""
    make = preconditions.replacement if name in BY_AWS else preconditions.dated
    refusals: list[Response] = []

    def refuse(check: str, subject: Stored, headers: Mapping[str, str]) -> None:
        answer = bench.treat(sender.call(subject, headers))
        refusals.append(answer)
        if bench.check(check, refused(answer, 412)):
            code = equals("code", answer.code, "PreconditionFailed", answer)
            bench.check("error-code", code)
            kept = bench.effect(subject.call("GetObject"))
            seen = has_body(kept, subject.body, otherwise=Outcome.IGNORED)
            bench.check("unchanged-after-412", seen.hurting(Hazard.DESTRUCTIVE))

    subject = make(bench)
    if name == STAR:
        refuse("any-object", subject.ours, {feature: "*"})
    cases = _cases(feature)
    for case in (case for case in cases if not case.met):
        with bench.observing(case.check):
            # Who did not refuse has written over it.
            subject = make(bench) if refusals and refusals[-1].ok else subject
            refuse(case.check, subject.ours, case.headers(bench, name, subject, prefix))
    if all(answer.ok for answer in refusals):
        because = "the server did not refuse"
        bench.skip("error-code", "unchanged-after-412", because=because)

    fresh = replace(subject.ours, key=bench.key())
    if name == STAR:
        _carried_out(bench, sender, "new-object", fresh, {feature: "*"})
    elif name == "If-Match":
        missing = bench.effect(sender.call(fresh, {feature: subject.etag}))
        bench.check("missing-object", refused(missing, 404, 412))
    for case in (case for case in cases if case.met):
        target = make(bench)
        headers = case.headers(bench, name, target, prefix)
        _carried_out(bench, sender, case.check, target.ours, headers)


def _carried_out(
    bench: Workbench, sender: _Sender, check: str, target: Stored, headers: Mapping[str, str]
) -> None:
    """A request whose condition is true.

    Raises:
        Decided: the server refuses the condition as such.
    """
    call = sender.call(target, headers)
    body, answer = sender.body, bench.treat(call)
    detailed = check in ("own-etag", "replaced-etag") and STAR.lower() in str(headers).lower()
    if not answer.ok and answer.status != 412 and not detailed:
        plain = sender.call(target, {})
        bench.accepted(answer, control=plain)
    bench.check(check, served(answer))
    if call.operation == "CreateMultipartUpload" or not answer.ok:
        return
    back = bench.effect(target.call("GetObject"))
    bench.check("written", holds(back.body == body, back.describe(), back))
