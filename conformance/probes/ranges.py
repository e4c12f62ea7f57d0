"""Reading some bytes of an object."""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    DIGESTS,
    ERRORS,
    Check,
    Comparison,
    OperationName,
    Response,
    Stored,
    Workbench,
    api,
    checksum,
    checksum_header,
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
from conformance.subjects import customer_keys, multipart, preconditions
from conformance.subjects.slices import READS, beside_condition, has_slice, sealed_parts

SIZE: Final = 48  # bytes of the plain object
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
DESCRIBED: Final = {
    "Content-Type": "text/x-ranges",
    "Cache-Control": "max-age=4711",
    "x-amz-meta-ranges": "yes",
}
# What a part must have as the whole has it, whatever that is (RFC 9110, 15.3.7).
AS_THE_WHOLE: Final = ("Last-Modified", "Cache-Control")
CRC32: Final = checksum_header("CRC32")
MODE: Final = {"x-amz-checksum-mode": "ENABLED"}
SEAM: Final = (multipart.PART - 8, multipart.PART + 7)
# Longer than what a server may read at a time.
LONG: Final = (multipart.PART - 2**21, multipart.PART + 7)
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
        promise(
            "same-headers-on-206",
            f"{' and '.join(AS_THE_WHOLE)} as of the whole object",
            rfc(9110, "15.3.7"),
        ),
        promise("over-the-seam", two.format(*SEAM), page),
        detail("content-range-on-416", f"Content-Range: bytes */{SIZE}", UNSATISFIABLE),
        detail("accept-ranges", "Accept-Ranges: bytes with the whole object", rfc(9110, "14.3")),
    ]
    if not get:
        text = "no checksum of the whole object for a part of it with x-amz-checksum-mode"
        checks.append(detail("asked-for-checksums", text, page))
        return [*checks, detail("status-206", "206 for a part of the object", page)]
    return [
        *checks,
        promise("in-the-last-part", two.format(*LAST), page),
        promise("long", f"{two.format(*LONG)}", page),
        promise("beside-false-if-match", "412 for another ETag in If-Match", rfc(9110, "13.2.2")),
        promise(
            "beside-own-if-none-match", "304 for its ETag in If-None-Match", rfc(9110, "13.2.2")
        ),
        promise("asked-for-checksums", "no checksum of other bytes with x-amz-checksum-mode", page),
        promise("encrypted-object", "the right bytes of an object under a customer's key", page),
        promise("encrypted-over-the-seam", "the right bytes of two parts under a key", page),
        detail("several-ranges", "the whole object for bytes=0-1,4-5", page),
        # HTTP leaves open whether such values are ignored or refused; S3 ignores them.
        detail("reversed", "the whole object for bytes=9-5", rfc(9110, "14.2")),
        detail("not-a-range", "the whole object for bytes=a-b", rfc(9110, "14.2")),
        detail("unknown-unit", "the whole object for lines=0-1", rfc(9110, "14.2")),
        detail("empty-suffix", "416 for bytes=-0", INT_RANGE),
        detail("empty-object", "416 for bytes=0- of an object of 0 bytes", INT_RANGE),
        detail("error-code", "InvalidRange with a 416", ERRORS),
        detail(
            "whole-object", f"206 for bytes=0-{SIZE - 1}, all of the object", rfc(9110, "15.3.7")
        ),
        detail("checksums-of-206", "no checksum of other bytes with a part of the object", page),
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
            middle = answer
            for name in ("Content-Type", "x-amz-meta-ranges"):
                bench.check("headers-on-206", has_header(answer, name, DESCRIBED[name]))
            if operation == "HeadObject":
                bench.check("status-206", has_status(answer, 206))
        bench.check(check, has_slice(answer, plain, first, last))
        if operation == "GetObject":
            bench.check("checksums-of-206", _own_checksums(answer))

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
    for name in AS_THE_WHOLE:
        seen = has_header(middle, name, whole.header(name))
        bench.check("same-headers-on-206", seen)

    with bench.observing("asked-for-checksums"):
        _asked_for_checksums(bench, operation)
    with bench.observing("over-the-seam"):
        _check_parts(bench, "over-the-seam", operation, SEAM)
    if operation == "GetObject":
        with bench.observing("in-the-last-part", "long"):
            _check_parts(bench, "in-the-last-part", operation, LAST)
            _check_parts(bench, "long", operation, LONG)
        _encrypted(bench)
        _details(bench, plain, beyond)


def _summed(bench: Workbench) -> Stored:
    body = bench.text()
    return bench.put(body, headers={CRC32: checksum("CRC32", body)})


def _asked_for_checksums(bench: Workbench, operation: OperationName) -> None:
    """A part of an object whose checksum is asked for, and is that of the whole."""
    check = "asked-for-checksums"
    summed = bench.shared("an object with its CRC32", _summed)
    part = bench.effect(summed.call(operation, headers={"Range": "bytes=5-9", **MODE}))
    if operation == "GetObject":
        bench.check(check, _own_checksums(part))
    elif part.status == 206:
        bench.check(check, has_header(part, CRC32, None))
    else:
        bench.skip(check, because="the server returned no 206")


def _check_parts(
    bench: Workbench, check: str, operation: OperationName, place: tuple[int, int]
) -> None:
    parts = bench.shared("an object of two parts", multipart.two_parts)
    value = f"bytes={place[0]}-{place[1]}"
    answer = bench.effect(parts.call(operation, headers={"Range": value}))
    bench.check(check, has_slice(answer, parts, *place))


def _encrypted(bench: Workbench) -> None:
    """Bytes that the server must decrypt from another place than the beginning."""
    with bench.observing("encrypted-object", "encrypted-over-the-seam"):
        key = customer_keys.new_key(bench).headers()
        sealed = bench.put(headers=key)
        answer = bench.effect(sealed.call("GetObject", headers={"Range": "bytes=20-24", **key}))
        bench.check("encrypted-object", has_slice(answer, sealed, 20, 24))

        parts, whole = sealed_parts(bench)
        headers = {"Range": f"bytes={SEAM[0]}-{SEAM[1]}", **whole.headers()}
        answer = bench.effect(parts.call("GetObject", headers=headers))
        bench.check("encrypted-over-the-seam", has_slice(answer, parts, *SEAM))


def _own_checksums(answer: Response) -> Comparison:
    """A response whose checksums, if it has any, are those of its body."""
    told = {name: answer.header(checksum_header(name)) for name in DIGESTS}
    wrong = [
        f"{checksum_header(name)}: {value}"
        for name, value in told.items()
        if value is not None and value != checksum(name, answer.body)
    ]
    text = "; ".join(wrong) or "no checksum of other bytes"
    return holds(not (answer.status == 206 and wrong), text, answer)


def _details(bench: Workbench, plain: Stored, beyond: Response) -> None:
    """What HTTP and S3 leave open, or few clients send."""
    read = plain.call("GetObject")
    if beyond.status == 416:
        bench.check("error-code", equals("code", beyond.code, "InvalidRange", beyond))
    else:
        bench.skip("error-code", because="the server returned no 416")
    for check, value, status in (
        ("several-ranges", "bytes=0-1,4-5", 200),
        ("reversed", "bytes=9-5", 200),
        ("not-a-range", "bytes=a-b", 200),
        ("unknown-unit", "lines=0-1", 200),
        ("empty-suffix", "bytes=-0", 416),
        ("whole-object", f"bytes=0-{SIZE - 1}", 206),
    ):
        answer = bench.effect(read.plus(headers={"Range": value}))
        bench.check(check, has_status(answer, status))
    other = preconditions.similar(plain.etag)
    for check, name, value, status in (
        ("beside-false-if-match", "If-Match", other, 412),
        ("beside-own-if-none-match", "If-None-Match", plain.etag, 304),
    ):
        beside_condition(
            bench, check, read.plus(headers={"Range": "bytes=0-1"}), {name: value}, status
        )
    with bench.observing("empty-object"):
        empty = bench.put(b"")
        answer = bench.effect(empty.call("GetObject", headers={"Range": "bytes=0-"}))
        bench.check("empty-object", has_status(answer, 416))
