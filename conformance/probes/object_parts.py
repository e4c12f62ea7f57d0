"""Reading one part of an object that was uploaded in parts.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from __future__ import annotations

from conformance.probing import (
    ERRORS,
    Check,
    Comparison,
    OperationName,
    Response,
    Stored,
    Workbench,
    api,
    core,
    detail,
    equals,
    family,
    has_header,
    has_status,
    holds,
    promise,
    refused,
    rfc,
)
from conformance.subjects import multipart, preconditions
from conformance.subjects.slices import READS, beside_condition, has_slice, sealed_parts


def _part_checks(operation: str, _: str) -> list[Check]:
    page, get = api(operation), operation == "GetObject"
    served = "206" if get else "200 or 206"
    of_two = f"of an object of two parts of {multipart.PART} and {multipart.SECOND} bytes"
    checks = [
        core("second-part", f"{served} with part 2 {of_two}", page),
        core("part-beyond", f"a refusal of part 3 {of_two}", ERRORS),
        promise("first-part", f"{served} with part 1 {of_two}", page),
        promise("parts-count", "x-amz-mp-parts-count: 2", page),
        promise("etag", "the ETag of the whole object with a part", page),
        promise("plain-object", "206 or 200 with the whole of an object of one part", page),
        promise("unasked-parts-count", "no x-amz-mp-parts-count without partNumber", page),
        detail("longer-last-part", "all of a last part that is longer than the first", page),
        detail("plain-object-part-2", "a refusal of part 2 of an object of one part", page),
        detail("part-0", "a refusal of part 0", page),
        detail("with-range", "400 where Range is sent too", page),
    ]
    if get:
        promise_of = "412 for another ETag in If-Match"
        checks.append(promise("beside-false-if-match", promise_of, rfc(9110, "13.2.2")))
        checks.append(promise("encrypted-part", "the bytes of part 2 under a customer's key", page))
        text = "no x-amz-mp-parts-count with part 1 of an object of one part"
        checks.append(detail("plain-object-count", text, page))
        checks.append(detail("not-a-number", "a refusal of partNumber=one", page))
        whole = "206 with the whole of an object of one part for part 1"
        checks.append(detail("plain-object-206", whole, page))
        return [*checks, detail("error-code", "InvalidPartNumber for part 3", ERRORS)]
    return [*checks, detail("status-206", "206 for a part of the object", page)]


@family("partNumber", "PartNumber", operations=READS, checks=_part_checks)
def part_number(bench: Workbench, operation: OperationName, _: str) -> None:
    """Return 206 with one part of a multipart object; refuse a part that it does not have.

    R2's page spells the parameter of GetObject with a capital; the query has `partNumber`.
    """
    parts = bench.shared("an object of two parts", multipart.two_parts)
    read = parts.call(operation)
    size = len(parts.body)

    second = bench.treat(read.plus(query={"partNumber": "2"}))
    first = bench.treat(read.plus(query={"partNumber": "1"}))
    if not first.ok:
        bench.accepted(second, "partNumber")
    supported = bench.check("second-part", has_slice(second, parts, multipart.PART, size - 1))
    bench.check("first-part", has_slice(first, parts, 0, multipart.PART - 1))
    bench.check("parts-count", has_header(second, "x-amz-mp-parts-count", "2"))

    beyond = bench.effect(read.plus(query={"partNumber": "3"}))
    bench.check("part-beyond", refused(beyond))
    if operation == "HeadObject":
        bench.check("status-206", has_status(second, 206))
    elif beyond.ok:
        bench.skip("error-code", because="the server did not refuse part 3")
    else:
        bench.check("error-code", equals("code", beyond.code, "InvalidPartNumber", beyond))
    plain = bench.effect(bench.plain.call(operation, query={"partNumber": "1"}))
    bench.check("plain-object", _whole(plain, bench.plain))
    if operation == "GetObject":
        bench.check("plain-object-206", has_status(plain, 206))
        bench.check("plain-object-count", has_header(plain, "x-amz-mp-parts-count", None))
    unasked = bench.control(read.plus(headers={"Range": "bytes=0-9"}))
    bench.check("unasked-parts-count", has_header(unasked, "x-amz-mp-parts-count", None))
    bench.check("etag", has_header(second, "ETag", unasked.etag))

    if not supported:
        details = ["plain-object-part-2", "part-0", "with-range", "longer-last-part"]
        if operation == "GetObject":
            details += ["beside-false-if-match", "encrypted-part", "not-a-number"]
        bench.skip(*details, because="the server does not return the second part")
        return
    beyond = bench.effect(bench.plain.call(operation, query={"partNumber": "2"}))
    bench.check("plain-object-part-2", refused(beyond))
    bench.check("part-0", refused(bench.effect(read.plus(query={"partNumber": "0"}))))
    both = bench.effect(read.plus(query={"partNumber": "1"}, headers={"Range": "bytes=0-9"}))
    bench.check("with-range", refused(both, 400))
    if operation == "GetObject":
        word = bench.effect(read.plus(query={"partNumber": "one"}))
        bench.check("not-a-number", refused(word))
        other = {"If-Match": preconditions.similar(unasked.etag)}
        beside_condition(bench, "beside-false-if-match", second.call, other, 412)
        with bench.observing("encrypted-part"):
            _encrypted_part(bench)
    with bench.observing("longer-last-part"):
        uneven = bench.shared("an object whose last part is longer", _uneven)
        answer = bench.effect(uneven.call(operation, query={"partNumber": "2"}))
        bench.check(
            "longer-last-part", has_slice(answer, uneven, multipart.PART, len(uneven.body) - 1)
        )


def _encrypted_part(bench: Workbench) -> None:
    """The second part of an object under a customer's key.

    Raises:
        Undecided: there is no such object, or its last bytes are not served with the key.
    """
    parts, key = sealed_parts(bench)
    call = parts.call("GetObject", headers=key.headers())
    seen = bench.effect(call.plus(query={"partNumber": "2"}))
    size = len(parts.body)
    if not seen.ok:
        bench.setup(call.plus(headers={"Range": f"bytes={multipart.PART}-"}))
    bench.check("encrypted-part", has_slice(seen, parts, multipart.PART, size - 1))


def _uneven(bench: Workbench) -> Stored:
    return multipart.completed(
        bench, [bench.text(multipart.PART), bench.text(multipart.PART + multipart.SECOND)]
    )


def _whole(answer: Response, subject: Stored) -> Comparison:
    """A 200 or 206 with all bytes of the object; of HEAD, their number."""
    head = answer.call.operation == "HeadObject"
    seen = answer.header("Content-Length") if head else str(len(answer.body))
    right = seen == str(len(subject.body)) and (head or answer.body == subject.body)
    return holds(answer.ok and right, f"{answer.describe()}, {seen} bytes", answer)
