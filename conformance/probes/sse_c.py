"""Encryption with a customer's key: the bytes are served to whoever has the key, and nobody else.

That the headers are accepted proves nothing, and neither does echoing them. What proves them is
that the object is refused without the key, and that each header is refused when it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Check,
    Comparison,
    Observed,
    OperationName,
    Response,
    Undecided,
    Workbench,
    api,
    core,
    decide,
    detail,
    equals,
    family,
    guide,
    has_body,
    has_header,
    has_status,
    holds,
    promise,
    refused,
)
from conformance.subjects import customer_keys, multipart
from conformance.subjects.writes import WRITES, write_call, written

GUIDE: Final = guide("ServerSideEncryptionCustomerKeys")
SSE: Final = "x-amz-server-side-encryption"
UNKNOWN_ALGORITHM: Final = "AES128"  # S3 knows AES256 only
READS: Final[tuple[OperationName, ...]] = ("GetObject", "HeadObject")
PARTS: Final[tuple[OperationName, ...]] = ("UploadPart", "UploadPartCopy")
COPIES: Final[tuple[OperationName, ...]] = ("CopyObject", "UploadPartCopy")
METADATA: Final = {"x-amz-meta-of-sealed": "yes"}
# By member of the triple: the check of a wrong value, and what that value is.
FLAWS: Final = {
    "algorithm": ("unknown-algorithm", f"algorithm {UNKNOWN_ALGORITHM}"),
    "key": ("another-key", "another key"),
    "key-MD5": ("another-md5", "another key's MD5"),
}


def _member(feature: str) -> str:
    return feature.removeprefix(customer_keys.SOURCE_HEADER).removeprefix(customer_keys.HEADER)


def _checks(operation: str, feature: str) -> Iterator[Check]:
    page, member = api(operation), _member(feature)
    writes, source = operation in WRITES, feature.startswith(customer_keys.SOURCE_HEADER)
    asked = "GetObject of the object" if writes and not source else operation
    flaw, what = FLAWS[member]
    yield core("without-key", f"a refusal of {asked} without the key", GUIDE)
    yield core(flaw, f"a refusal of {what}", page)
    if writes and not source and member == "key" and operation != "CopyObject":
        yield promise("metadata", "x-amz-meta-* as stored, with the key", page)
    if writes and not source:
        yield promise("with-key", "the bytes of the object with the key", GUIDE)
    elif operation in READS:
        yield promise("with-key", "the object with the key", GUIDE)
    if member != "key" and not source:
        yield detail("echo", f"{feature} in the response", page)
    if writes and not source and member != "key-MD5":
        text = f"a refusal of a request that has the others but no {member}"
        yield promise(f"missing-{member}", text, GUIDE)
    if operation == "PutObject" and member == "algorithm":
        text = f"a refusal of it beside {SSE}: AES256"
        yield detail("beside-sse", text, guide("UsingServerSideEncryption"))
    yield from _of_member(operation, member, source)


def _of_member(operation: str, member: str, source: bool) -> Iterator[Check]:
    page = api(operation)
    if member == "algorithm":
        code = "400 InvalidEncryptionAlgorithmError for an algorithm that S3 does not know"
        yield detail("code", code, ERRORS)
        if operation in WRITES and not source:
            yield promise("head-without-key", "a refusal of HeadObject without the key", GUIDE)
    if member == "key-MD5":
        yield detail("missing-md5", "a refusal of the key without its MD5", GUIDE)
    if member == "key":
        yield promise("short-key", "a refusal of a key of 1 byte", page)
        yield detail("no-key-in-response", "no key in the response", page)
        if source:
            yield promise("copied-object", "the bytes of the source in the copy", page)
        elif operation in PARTS:
            yield promise("completed-object", "the bytes of the part with the key", GUIDE)
        elif operation in READS:
            yield detail("wrong-key-status", "403 for another key", GUIDE)
            yield detail("plain-object", "400 for a key where the object has none", page)
        if operation == "GetObject":
            yield promise("range-without-key", "a refusal of a Range without the key", GUIDE)
            text = "a refusal of If-None-Match without the key"
            yield promise("condition-without-key", text, GUIDE)
            yield promise("range-with-another-key", "a refusal of a Range with another key", GUIDE)
            yield detail("empty-object", "a refusal of another key for 0 bytes under one", GUIDE)
        if operation == "PutObject":
            size = "the object in a listing with the size of its bytes"
            yield promise("listed", size, api("ListObjectsV2"))
            text = "an object stored over it without a key, served without one"
            yield promise("overwritten", text, page)
            yield detail("etag", "an ETag that is not the MD5 of the bytes", api("Object"))


def _declared(operation: str, feature: str) -> list[Check]:
    return [*_checks(operation, feature)]


@family(
    *customer_keys.names(customer_keys.HEADER), operations=WRITES, security=True, checks=_declared
)
def write(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Encrypt the object with the key given, so that it is refused to whoever lacks it."""
    key, member = customer_keys.new_key(bench), _member(feature)

    headers = {**key.headers(), **(METADATA if member == "key" else {})}
    answer = customer_keys.taken(bench.treat(write_call(bench, operation, headers)))
    bench.accepted(answer, *customer_keys.names(customer_keys.HEADER))
    subject = written(bench, answer, key.headers())
    read = subject.call("GetObject")
    without = bench.effect(read)
    if without.ok:  # it is not encrypted, whatever is said of it
        bench.check("without-key", refused(without))
        return
    opened = bench.effect(read.plus(headers=key.headers()))
    if opened.status == 501:
        raise Undecided(f"what was stored cannot be read with its key: {opened.describe()}")
    bench.check("without-key", refused(without))
    bench.check("with-key", has_body(opened, subject.body))
    if member == "key" and operation != "CopyObject":  # a copy has its source's metadata
        for name, value in METADATA.items():
            bench.check("metadata", has_header(opened, name, value))

    fresh = write_call(bench, operation, {})
    _flawed(bench, read if member == "key" else fresh, key, feature)
    if member != "key":
        _echoed(bench, answer, key, feature)
    if member != "key-MD5":
        partial = {name: value for name, value in key.headers().items() if name != feature}
        bench.check(f"missing-{member}", refused(bench.effect(fresh.plus(headers=partial))))
    if member == "algorithm" and operation == "PutObject":
        both = fresh.plus(headers={**key.headers(), SSE: "AES256"})
        bench.check("beside-sse", refused(bench.effect(both)))
    if member == "algorithm":
        head = bench.effect(subject.call("HeadObject"))
        bench.check("head-without-key", refused(head))
    _short(bench, fresh, member, feature, answer)
    if member == "key" and operation == "PutObject":
        query = {"prefix": subject.key}
        call = Call(operation="ListObjectsV2", bucket=subject.bucket, query=query)
        listing = bench.effect(call)
        sizes = listing.texts("Contents/Size")
        bench.check("listed", equals("sizes", sizes, [str(len(subject.body))], listing))
        same = answer.etag == multipart.part_etag(subject.body)
        bench.check("etag", holds(not same, f"ETag: {answer.etag}", answer))
        with bench.observing("overwritten"):
            plain = bench.put(key=subject.key)
            bench.check("overwritten", has_body(bench.effect(read), plain.body))


def _flawed(bench: Workbench, call: Call, key: customer_keys.Key, feature: str) -> Response:
    """Send a call with the triple, of which one header is wrong, and report the refusal."""
    prefix = (
        customer_keys.SOURCE_HEADER
        if feature.startswith(customer_keys.SOURCE_HEADER)
        else customer_keys.HEADER
    )
    other, member = customer_keys.new_key(bench), _member(feature)
    triple = {
        "algorithm": key.headers(prefix, algorithm=UNKNOWN_ALGORITHM),
        "key": other.headers(prefix),
        "key-MD5": key.headers(prefix, md5=other.md5),
    }[member]
    answer = bench.effect(call.plus(headers=triple))
    bench.check(FLAWS[member][0], refused(answer))
    if member == "algorithm":
        code = "400 InvalidEncryptionAlgorithmError"
        if call.method == "HEAD":
            bench.check("code", has_status(answer, 400))
        else:
            bench.check("code", equals("answer", answer.describe(), code, answer))
    if member == "key-MD5":
        incomplete = key.headers(prefix)
        del incomplete[f"{prefix}key-MD5"]
        bench.check("missing-md5", refused(bench.effect(call.plus(headers=incomplete))))
    return answer


def _short(bench: Workbench, call: Call, member: str, feature: str, answer: Response) -> None:
    if member != "key":
        return
    prefix = feature.removesuffix("key")
    short = customer_keys.new_key(bench, length=1).headers(prefix)
    bench.check("short-key", refused(bench.effect(call.plus(headers=short))))
    bench.check("no-key-in-response", has_header(answer, feature, None))


def _echoed(bench: Workbench, answer: Response, key: customer_keys.Key, feature: str) -> None:
    triple = key.headers()
    bench.check("echo", has_header(answer, feature, triple[feature]))


@family(
    *customer_keys.names(customer_keys.HEADER), operations=READS, security=True, checks=_declared
)
def read(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Serve an encrypted object with its key only."""
    locked = customer_keys.locked_object(bench, operation)
    answer = _opens(bench, locked, feature)
    if answer is not None:
        bench.check("with-key", _whole(answer, locked.body))
    if _member(feature) != "key":
        return
    subject = bench.plain.call(operation, headers=locked.key.headers())
    bench.check("plain-object", refused(bench.effect(subject), 400))
    if operation == "GetObject":
        part = bench.effect(locked.call.plus(headers={"Range": "bytes=0-4"}))
        bench.check("range-without-key", refused(part))
        other = locked.call.plus(headers={"If-None-Match": f'"{"0" * 32}"'})
        bench.check("condition-without-key", refused(bench.effect(other)))
        wrong = {"Range": "bytes=0-4", **customer_keys.new_key(bench).headers()}
        bench.check(
            "range-with-another-key", refused(bench.effect(locked.call.plus(headers=wrong)))
        )
        with bench.observing("empty-object"):
            empty = bench.put(b"", headers=locked.key.headers())
            other_key = customer_keys.new_key(bench).headers()
            answer = bench.effect(empty.call("GetObject", headers=other_key))
            bench.check("empty-object", refused(answer))


@family(
    *customer_keys.names(customer_keys.HEADER), operations=PARTS, security=True, checks=_declared
)
def part(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Take a part of an encrypted upload with the upload's key only."""
    locked = customer_keys.locked_part(bench, operation)
    answer = _opens(bench, locked, feature)
    if _member(feature) == "key":
        _completed(bench, "completed-object", locked, answer, locked.key.headers())


@family(
    *customer_keys.names(customer_keys.SOURCE_HEADER),
    operations=COPIES,
    security=True,
    checks=_declared,
)
def copy_source(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Copy from an encrypted object with its key only."""
    locked = customer_keys.locked_source(bench, operation)
    answer = _opens(bench, locked, feature)
    if _member(feature) == "key":
        _completed(bench, "copied-object", locked, answer, {})


def _opens(bench: Workbench, locked: customer_keys.Locked, feature: str) -> Response | None:
    """Hold a request to something locked against the same one without, or with a wrong, key.

    Where nothing can be stored with a key, a plain subject stands in: S3 refuses keys for what
    has none, so a server that takes them has ignored them.

    Returns:
        The answer with the right key; None where what it stored has been replaced since.
    """
    source, member = feature.startswith(customer_keys.SOURCE_HEADER), _member(feature)
    answer = customer_keys.taken(
        bench.treat(
            locked.call.plus(
                headers=locked.key.headers(
                    customer_keys.SOURCE_HEADER if source else customer_keys.HEADER
                )
            )
        )
    )
    bench.accepted(answer, control=locked.plain)
    if locked.refusal:
        decide(
            Observed.IGNORED,
            f"served for what is not encrypted, and storing it encrypted: {locked.refusal}",
        )
    again = locked.call
    if again.operation == "CopyObject":  # the first copy is read back
        again = replace(again, key=bench.key())
    without = bench.effect(again)
    bench.check("without-key", refused(without))
    flawed = _flawed(bench, again, locked.key, feature)
    if member != "key" and not source:
        _echoed(bench, answer, locked.key, feature)
    elif member == "key" and again.operation in READS:
        bench.check("wrong-key-status", has_status(flawed, 403))
    _short(bench, again, member, feature, answer)
    if member == "key" and again.operation in PARTS and (without.ok or flawed.ok):
        because = "a part that was to be refused has taken the place of the right one"
        bench.skip("copied-object" if source else "completed-object", because=because)
        return None
    return answer


def _whole(answer: Response, body: bytes) -> Comparison:
    if answer.call.operation == "GetObject":
        return has_body(answer, body)
    return has_header(answer, "Content-Length", str(len(body)))


def _completed(
    bench: Workbench,
    check: str,
    locked: customer_keys.Locked,
    answer: Response | None,
    headers: dict[str, str],
) -> None:
    """Read what a request has stored, after the completion of its upload if it was a part."""
    if answer is None:
        return
    subject: multipart.Upload | Call = locked.call
    if locked.upload is not None:
        subject = locked.upload
        etag = answer.text("ETag") or answer.etag
        done = bench.attempt(locked.upload.complete([etag]))
        if not done.ok and headers:  # some servers want the key here too
            bench.attempt(locked.upload.complete([etag], headers=headers))
    stored = Call(operation="GetObject", bucket=subject.bucket, key=subject.key, headers=headers)
    bench.check(check, has_body(bench.effect(stored), locked.body))
