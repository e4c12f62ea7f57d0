"""Content-MD5: a body is refused unless it has the digest that the header says."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Check,
    Hazard,
    OperationName,
    Response,
    Stored,
    Workbench,
    api,
    checksum,
    checksum_header,
    content_md5,
    core,
    detail,
    equals,
    family,
    promise,
    refused,
    rfc,
)
from conformance.subjects import kept, multipart, smallest_requests, writes

HEADER: Final = "Content-MD5"
MALFORMED: Final = "not-a-digest"
DATA: Final[tuple[OperationName, ...]] = ("PutObject", "UploadPart", "CreateMultipartUpload")
STORED: Final[tuple[OperationName, ...]] = ("PutObject", "UploadPart")


def _checks(operation: str, _: str) -> Iterator[Check]:
    page, md5 = api(operation), rfc(1864, "2")
    yield core("wrong-digest", "a refusal of the digest of other bytes", page)
    yield core("malformed-digest", f"a refusal of {MALFORMED!r}, which is no digest", page)
    weigh = promise if operation in STORED else detail
    yield weigh("wrong-digest-code", "400 BadDigest for the digest of other bytes", ERRORS)
    yield weigh("malformed-digest-code", "400 InvalidDigest for what is no digest", ERRORS)
    if operation in STORED:
        yield promise("short-digest", "a refusal of base64 of the digest's first 8 bytes", md5)
        # Which of two codes tells apart what no client sends: a digest of another length.
        yield detail("short-digest-code", "400 InvalidDigest for these 8 bytes", ERRORS)
    if operation == "PutObject":
        yield promise("object-stays", "the previous object after PutObject was refused", page)
        yield detail("hexadecimal", "a refusal of the right digest in hexadecimal", md5)
    if operation == "UploadPart":
        yield promise("nothing-stored", "no part in ListParts after UploadPart was refused", page)
    if operation == "DeleteObjects":
        yield promise("object-stays", "the object after DeleteObjects was refused", page)


def _declared(operation: str, feature: str) -> list[Check]:
    return [*_checks(operation, feature)]


@family(HEADER, operations=DATA, checks=_declared)
def data(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Store the bytes with their own digest, and refuse them with another's or with none at all."""
    if operation == "UploadPart":
        wrong = _compared(bench, lambda: multipart.begin(bench).part(1, bench.text()))
        _no_part(bench, wrong)
    elif operation == "PutObject":
        subject = bench.put()
        fresh = writes.write_call(bench, operation, {})
        over = subject.call("PutObject", body=bench.text())
        wrong = _compared(bench, lambda: fresh, over)
        hexadecimal = hashlib.md5(fresh.body, usedforsecurity=False).hexdigest()
        answer = bench.effect(fresh.plus(headers={feature: hexadecimal}))
        bench.check("hexadecimal", refused(answer))
        _unharmed(bench, wrong, subject)
    else:  # its body is empty, and so the digest is that of nothing
        _compared(bench, lambda: writes.write_call(bench, operation, {}))


@family(HEADER, operations=smallest_requests.DOCUMENTS, checks=_declared)
def document(bench: Workbench, operation: OperationName, _: str) -> None:
    """Take the document with its own digest, and refuse it with another's or with none at all."""
    call = smallest_requests.SMALLEST[operation](bench)
    if operation != "DeleteObjects":
        _compared(bench, lambda: call)
        return
    subject = bench.put()
    wrong = _compared(
        bench, lambda: call, smallest_requests.delete_objects(subject).without(HEADER)
    )
    _unharmed(bench, wrong, subject)


def _compared(bench: Workbench, make: Callable[[], Call], over: Call | None = None) -> Response:
    """Send a request with its own digest, with that of other bytes, and with what is no digest.

    Args:
        bench: sends.
        make: the request.
        over: the one that is sent with a wrong digest, where that is another.

    Returns:
        The answer to the wrong digest.
    """
    right = make()
    answer = bench.treat(right.plus(headers=content_md5(right.body)), keep_digest=True)
    bench.accepted(answer, HEADER, control=None if answer.ok else _control(bench, right))
    wrong = bench.effect((over or make()).plus(headers=content_md5(bench.text())))
    bench.check("wrong-digest", refused(wrong))
    malformed = bench.effect(make().plus(headers={HEADER: MALFORMED}))
    bench.check("malformed-digest", refused(malformed))
    _coded(bench, "wrong-digest-code", wrong, "BadDigest")
    _coded(bench, "malformed-digest-code", malformed, "InvalidDigest")
    if right.operation in STORED:
        digest = base64.b64decode(content_md5(right.body)[HEADER])
        value = base64.b64encode(digest[:8]).decode()
        call = right if right.operation == "PutObject" else make()
        short = bench.effect(call.plus(headers={HEADER: value}))
        bench.check("short-digest", refused(short))
        _coded(bench, "short-digest-code", short, "InvalidDigest")
    return wrong


def _coded(bench: Workbench, check: str, refusal: Response, code: str) -> None:
    """The code of a refusal that has status 400."""
    if refusal.ok:
        bench.skip(check, because="the request was not refused")
    else:
        bench.check(check, equals("answer", refusal.describe(), f"400 {code}", refusal))


def _control(bench: Workbench, call: Call) -> Call:
    """The same request without the header; with a checksum where some digest there must be."""
    bare = call.without(HEADER)
    summed = bare.plus(headers={checksum_header("CRC32"): checksum("CRC32", call.body)})
    return bare if bench.control(bare).ok else summed


def _unharmed(bench: Workbench, wrong: Response, subject: Stored) -> None:
    if wrong.ok:
        bench.skip("object-stays", because="the wrong digest was not refused")
    else:
        bench.check("object-stays", kept.kept(bench, subject)[0])


def _no_part(bench: Workbench, wrong: Response) -> None:
    if wrong.ok:
        bench.skip("nothing-stored", because="the wrong digest was not refused")
        return
    call = wrong.call
    query = {"uploadId": call.query["uploadId"]}
    listing = Call(operation="ListParts", bucket=call.bucket, key=call.key, query=query)
    answer = bench.effect(listing)
    bench.check("nothing-stored", multipart.has_no_parts(answer).hurting(Hazard.CORRUPTING))
