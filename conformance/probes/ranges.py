"""Reading some bytes, or one part, of an object."""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Check,
    Comparison,
    Hazard,
    OperationName,
    Outcome,
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
from conformance.subjects import customer_keys, multipart

SIZE: Final = 48  # bytes of the plain object
READS: Final[tuple[OperationName, ...]] = ("GetObject", "HeadObject")
INT_RANGE: Final = rfc(9110, "14.1.2")
UNSATISFIABLE: Final = rfc(9110, "15.5.17")
# By check: the header's value, and the first and last byte of the plain object that it asks for.
CORE_SLICES: Final = {
    "middle": ("bytes=5-9", 5, 9),
    "open-end": ("bytes=40-", 40, 47),
    "suffix": ("bytes=-5", 43, 47),
}
BORDER_SLICES: Final = {
    "first-byte": ("bytes=0-0", 0, 0),
    "from-the-start": ("bytes=0-9", 0, 9),
    "last-byte": ("bytes=47-47", 47, 47),
    "end-beyond-object": ("bytes=40-999", 40, 47),
    "suffix-longer-than-object": ("bytes=-999", 0, 47),
}
DESCRIBED: Final = {"Content-Type": "text/x-ranges", "x-amz-meta-ranges": "yes"}
SEAM: Final = (multipart.PART - 8, multipart.PART + 7)
LAST: Final = (multipart.PART + multipart.SECOND - 16, multipart.PART + multipart.SECOND - 1)


def _range_checks(operation: str, _: str) -> list[Check]:
    def asks(value: str, first: int, last: int) -> str:
        return f"{served} with bytes {first} to {last} of {SIZE} for {value}"

    get, page = operation == "GetObject", api(operation)
    # HTTP defines ranges of a GET; of a HEAD S3's own page does.
    slices, unsatisfiable = (INT_RANGE, UNSATISFIABLE) if get else (page, page)
    served = "206" if get else "200 or 206"
    sizes = f"{multipart.PART} and {multipart.SECOND} bytes"
    two = f"bytes {{}} to {{}} of an object of two parts of {sizes}"
    checks = [
        *(core(name, asks(*slice_), slices) for name, slice_ in CORE_SLICES.items()),
        core("start-beyond-object", "416 for bytes=1000-1010", unsatisfiable),
        *(promise(name, asks(*slice_), slices) for name, slice_ in BORDER_SLICES.items()),
        promise("start-at-length", f"416 for bytes={SIZE}-", unsatisfiable),
        promise("etag-on-206", "the object's ETag with a part of it", rfc(9110, "15.3.7")),
        promise("headers-on-206", "Content-Type and metadata with a part", rfc(9110, "15.3.7")),
        promise("over-the-seam", two.format(*SEAM), page),
        detail("content-range-on-416", f"Content-Range: bytes */{SIZE}", UNSATISFIABLE),
        detail("accept-ranges", "Accept-Ranges: bytes with the whole object", rfc(9110, "14.3")),
    ]
    if not get:
        return [*checks, detail("status-206", "206 for a part of the object", page)]
    return [
        *checks,
        promise("in-the-last-part", two.format(*LAST), page),
        promise("encrypted-object", "the right bytes of an object under a customer's key", page),
        promise("encrypted-over-the-seam", "the right bytes of two parts under a key", page),
        detail("several-ranges", "the whole object for bytes=0-1,4-5", page),
        detail("reversed", "the whole object, or 416, for bytes=9-5", rfc(9110, "14.2")),
        detail("unknown-unit", "the whole object for lines=0-1", rfc(9110, "14.2")),
        detail("empty-suffix", "416 for bytes=-0", INT_RANGE),
        detail("empty-object", "416 for bytes=0- of an object of 0 bytes", INT_RANGE),
        detail("error-code", "InvalidRange with a 416", ERRORS),
    ]


@family("Range", operations=READS, checks=_range_checks)
def object_range(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Return 206 with the bytes of the range and no others; 416 if the object has none of them."""
    plain = bench.shared("a described object", lambda bench: bench.put(headers=DESCRIBED))
    read = plain.call(operation)

    for check, (value, first, last) in {**CORE_SLICES, **BORDER_SLICES}.items():
        answer = bench.treat(read.plus(headers={feature: value}))
        if check == "middle":
            bench.accepted(answer, feature)
            bench.check("etag-on-206", has_header(answer, "ETag", plain.etag))
            for name, text in DESCRIBED.items():
                bench.check("headers-on-206", has_header(answer, name, text))
            if operation == "HeadObject":
                bench.check("status-206", has_status(answer, 206))
        bench.check(check, _slice(answer, plain, first, last))

    beyond = bench.effect(read.plus(headers={feature: "bytes=1000-1010"}))
    bench.check("start-beyond-object", refused(beyond, 416))
    if beyond.status == 416:
        place = has_header(beyond, "Content-Range", f"bytes */{SIZE}")
        bench.check("content-range-on-416", place)
    else:
        bench.skip("content-range-on-416", because="the server returned no 416")
    edge = bench.effect(read.plus(headers={feature: f"bytes={SIZE}-"}))
    bench.check("start-at-length", refused(edge, 416))
    whole = bench.control(read)
    bench.check("accept-ranges", has_header(whole, "Accept-Ranges", "bytes"))

    with bench.observing("over-the-seam"):
        _check_parts(bench, "over-the-seam", operation, SEAM)
    if operation == "GetObject":
        with bench.observing("in-the-last-part"):
            _check_parts(bench, "in-the-last-part", operation, LAST)
        _encrypted(bench)
        _details(bench, read, beyond)


def _check_parts(
    bench: Workbench, check: str, operation: OperationName, place: tuple[int, int]
) -> None:
    parts = bench.shared("an object of two parts", multipart.two_parts)
    value = f"bytes={place[0]}-{place[1]}"
    answer = bench.effect(parts.call(operation, headers={"Range": value}))
    bench.check(check, _slice(answer, parts, *place))


def _encrypted(bench: Workbench) -> None:
    """Bytes that the server must decrypt from another place than the beginning."""
    with bench.observing("encrypted-object", "encrypted-over-the-seam"):
        key = customer_keys.new_key(bench).headers()
        sealed = bench.put(headers=key)
        answer = bench.effect(sealed.call("GetObject", headers={"Range": "bytes=20-24", **key}))
        bench.check("encrypted-object", _slice(answer, sealed, 20, 24))

        bodies = [bench.text(multipart.PART), bench.text(multipart.SECOND)]
        parts = multipart.completed(bench, bodies, key)
        value = f"bytes={SEAM[0]}-{SEAM[1]}"
        answer = bench.effect(parts.call("GetObject", headers={"Range": value, **key}))
        bench.check("encrypted-over-the-seam", _slice(answer, parts, *SEAM))


def _details(bench: Workbench, read: Call, beyond: Response) -> None:
    """What HTTP and S3 leave open, or few clients send."""
    if beyond.status == 416:
        bench.check("error-code", equals("code", beyond.code, "InvalidRange", beyond))
    else:
        bench.skip("error-code", because="the server returned no 416")
    for check, value, statuses in (
        ("several-ranges", "bytes=0-1,4-5", (200,)),
        ("reversed", "bytes=9-5", (200, 416)),
        ("unknown-unit", "lines=0-1", (200,)),
        ("empty-suffix", "bytes=-0", (416,)),
    ):
        answer = bench.effect(read.plus(headers={"Range": value}))
        bench.check(check, has_status(answer, *statuses))
    with bench.observing("empty-object"):
        empty = bench.put(b"")
        answer = bench.effect(empty.call("GetObject", headers={"Range": "bytes=0-"}))
        bench.check("empty-object", has_status(answer, 416))


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
    supported = bench.check("second-part", _slice(second, parts, multipart.PART, size - 1))
    bench.check("first-part", _slice(first, parts, 0, multipart.PART - 1))
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
    unasked = bench.control(read.plus(headers={"Range": "bytes=0-9"}))
    bench.check("unasked-parts-count", has_header(unasked, "x-amz-mp-parts-count", None))
    bench.check("etag", has_header(second, "ETag", unasked.etag))

    if not supported:
        details = ("plain-object-part-2", "part-0", "with-range", "longer-last-part")
        bench.skip(*details, because="the server does not return the second part")
        return
    beyond = bench.effect(bench.plain.call(operation, query={"partNumber": "2"}))
    bench.check("plain-object-part-2", refused(beyond))
    bench.check("part-0", refused(bench.effect(read.plus(query={"partNumber": "0"}))))
    both = bench.effect(read.plus(query={"partNumber": "1"}, headers={"Range": "bytes=0-9"}))
    bench.check("with-range", refused(both, 400))
    with bench.observing("longer-last-part"):
        uneven = bench.shared("an object whose last part is longer", _uneven)
        answer = bench.effect(uneven.call(operation, query={"partNumber": "2"}))
        bench.check(
            "longer-last-part", _slice(answer, uneven, multipart.PART, len(uneven.body) - 1)
        )


def _uneven(bench: Workbench) -> Stored:
    return multipart.completed(
        bench, [bench.text(multipart.PART), bench.text(multipart.PART + multipart.SECOND)]
    )


def _slice(answer: Response, subject: Stored, first: int, last: int) -> Comparison:
    """A 206 that must hold these bytes of the object; of HEAD, their length."""
    size, length = len(subject.body), last - first + 1
    head = answer.call.operation == "HeadObject"
    seen = answer.header("Content-Length") if head else str(len(answer.body))
    place = answer.header("Content-Range")
    text = f"{answer.describe()}, {seen} bytes, Content-Range: {place}"
    # HEAD need not say where the part lies: AWS leaves Content-Range out for part numbers there.
    right_place = place == f"bytes {first}-{last}/{size}" or (
        place is None and (head or answer.status == 200)
    )
    right_body = head or answer.body == subject.body[first : last + 1]
    # HTTP defines ranges for GET only (RFC 9110, 14.2), so HEAD may say 200.
    right_status = answer.status == 206 or (answer.ok and (head or length == size))
    right = right_status and seen == str(length) and right_body and right_place
    unasked = answer.status == 200 and seen == str(size)
    comparison = holds(right, text, answer, otherwise=Outcome.IGNORED if unasked else Outcome.WRONG)
    corrupt = answer.ok and not right_body and not unasked
    return comparison.hurting(Hazard.CORRUPTING) if corrupt else comparison


def _whole(answer: Response, subject: Stored) -> Comparison:
    """A 200 or 206 with all bytes of the object; of HEAD, their number."""
    head = answer.call.operation == "HeadObject"
    seen = answer.header("Content-Length") if head else str(len(answer.body))
    right = seen == str(len(subject.body)) and (head or answer.body == subject.body)
    return holds(answer.ok and right, f"{answer.describe()}, {seen} bytes", answer)
