"""Response headers that the request asks for, in place of those stored with the object.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Check,
    OperationName,
    Outcome,
    Response,
    Workbench,
    api,
    core,
    detail,
    family,
    has_body,
    has_header,
    holds,
    promise,
)
from conformance.subjects import stored_headers
from conformance.subjects.response_overrides import DESCRIBED, OVERRIDES

READS: Final[tuple[OperationName, ...]] = ("GetObject", "HeadObject")


def _checks(operation: str, feature: str) -> list[Check]:
    page, (header, asked) = api(operation), OVERRIDES[feature]
    checks = [
        core("takes-effect", f"the {header} that is asked for, not the object's own", page),
        promise("to-the-letter", f"{header}: {asked}", page),
        promise("this-once", f"the object's own {header} without the parameter", page),
        promise("other-headers", "the object's other headers as they were stored", page),
        # The page names status 200 only.
        detail("in-a-range", f"{header}: {asked} with a part of the object too", page),
    ]
    if operation == "GetObject":
        checks.append(promise("bytes", "the bytes stored", page))
    return checks


@family(*OVERRIDES, operations=READS, checks=_checks)
def response_override(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Return the header that the request asks for, in this response only."""
    described = bench.shared(DESCRIBED, stored_headers.described)
    header, asked = OVERRIDES[feature]
    own = described.headers.get(header)
    call = described.stored.call(operation)
    asking = call.plus(query={feature: asked})

    answer = bench.treat(asking)
    bench.accepted(answer, feature)
    plain = bench.effect(call)
    unasked = plain.header(header)
    seen = answer.header(header)
    # A careless server keeps the first part, which tells one that ignores it from one that cuts.
    right = seen not in (own, unasked, None) and _first(asked) in (seen or "")
    otherwise = Outcome.IGNORED if seen in (own, unasked, None) else Outcome.WRONG
    bench.check("takes-effect", holds(right, _told(answer, header), answer, otherwise=otherwise))
    bench.check("to-the-letter", has_header(answer, header, asked))
    kept = own is None or unasked == own
    bench.check("this-once", holds(kept and unasked != asked, _told(plain, header), plain))
    others = (name for name, _ in OVERRIDES.values() if name != header)
    bench.check("other-headers", described.same(answer, *others))
    if operation == "GetObject":
        bench.check("bytes", has_body(answer, described.stored.body))
    part = bench.effect(asking.plus(headers={"Range": "bytes=0-9"}))
    bench.check("in-a-range", has_header(part, header, asked))


def _first(value: str) -> str:
    return value.partition(";")[0].partition(",")[0]


def _told(answer: Response, header: str) -> str:
    value = answer.header(header)
    return f"no {header}" if value is None else f"{header}: {value}"
