"""Storage classes: chosen when an object is stored, and returned when it is read or listed.

HEAD returns none of an object in STANDARD. That it was chosen shows where a class that does not
exist is refused.
Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Check,
    Comparison,
    OperationName,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    core,
    detail,
    equals,
    family,
    guide,
    has_body,
    has_header,
    holds,
    promise,
    refused,
)
from conformance.subjects import multipart, stored_headers, writes

HEADER: Final = "x-amz-storage-class"
STANDARD: Final = "STANDARD"
NONE_SUCH: Final = "S3_CONFORMANCE"
INVALID_CLASS: Final = "InvalidStorageClass"
CLASSES: Final = guide("storage-class-intro")
# Those that can be read at once, and that no account must first ask for.
OTHERS: Final = (
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER_IR",
    "REDUCED_REDUNDANCY",
)


def _standard_checks(operation: str, feature: str) -> list[Check]:
    page = api(operation)
    checks = [
        core("unknown-class", f"a refusal of class {NONE_SUCH}, or a HEAD with that class", page),
        promise("head", f"no class or {STANDARD} in a HEAD", api("HeadObject")),
        promise("listing", f"no class or {STANDARD} in a listing", api("Object")),
        promise("bytes", "the bytes stored", page),
        detail("unknown-class-code", f"400 {INVALID_CLASS} for class {NONE_SUCH}", ERRORS),
        detail("standard-not-returned", f"no {HEADER} in a HEAD", api("HeadObject")),
    ]
    if feature == HEADER:
        checks.append(promise("unknown-class-refused", f"a refusal of class {NONE_SUCH}", page))
        text = f"400 {INVALID_CLASS} for a class in small letters"
        checks.append(detail("lower-case-refused", text, ERRORS))
    if feature == HEADER and operation == "PutObject":
        text = "the default class of an object stored over another without the header"
        checks.append(promise("overwritten", text, page))
    if feature == HEADER and operation == "CopyObject":
        text = "the default class of a copy without the header, whatever its source's is"
        checks.append(promise("not-the-source-s", text, page))
        text = f"no class or {STANDARD} of an object copied onto itself with {STANDARD}"
        checks.append(promise("onto-itself", text, page))
    if operation == "PutObject":
        empty = f"an object stored, or a 400, with an empty {HEADER}"
        checks.append(promise("empty-value", empty, page))
    return checks


@family(HEADER, STANDARD, operations=writes.WRITES, checks=_standard_checks)
def standard(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Store the object in the class that is named, and refuse a class that does not exist."""
    answer = bench.treat(writes.write_call(bench, operation, {HEADER: STANDARD}))
    subject = writes.written(bench, bench.accepted(answer, HEADER))
    strange = _finished(
        bench, bench.effect(writes.write_call(bench, operation, {HEADER: NONE_SUCH}))
    )
    bench.check("unknown-class", _unknown(bench, strange))
    if feature == HEADER:
        bench.check("unknown-class-refused", refused(strange))
    code = refused(strange, 400, codes=(INVALID_CLASS,))
    bench.check("unknown-class-code", code)

    head = bench.effect(subject.call("HeadObject"))
    value = head.header(HEADER)
    text = f"{HEADER}: {value}" if value else f"no {HEADER}"
    bench.check("head", holds(head.ok and value in (None, STANDARD), text, head))
    bench.check("standard-not-returned", has_header(head, HEADER, None))
    listing, listed = _listed(bench, subject)
    text = f"StorageClass {listed or 'missing'}"
    bench.check("listing", holds(listed in ("", STANDARD), text, listing))
    bench.check("bytes", has_body(bench.effect(subject.call("GetObject")), subject.body))
    if operation == "PutObject":
        empty = bench.effect(writes.write_call(bench, operation, {HEADER: ""}))
        right = empty.ok or empty.status == 400
        bench.check("empty-value", holds(right, empty.describe(), empty))
    if feature == HEADER:
        small = bench.effect(writes.write_call(bench, operation, {HEADER: OTHERS[0].lower()}))
        bench.check("lower-case-refused", refused(_finished(bench, small), 400))
        _by_default(bench, operation)


def _by_default(bench: Workbench, operation: OperationName) -> None:
    """Objects that are stored without a class where one of another class is, or copied from it."""
    check = {"PutObject": "overwritten", "CopyObject": "not-the-source-s"}.get(operation)
    if check is None:
        return
    more = ("onto-itself",) if operation == "CopyObject" else ()
    with bench.observing(check, *more):
        rare = bench.put(headers={HEADER: OTHERS[0]})
        if bench.setup(rare.call("HeadObject")).header(HEADER) != OTHERS[0]:
            raise Undecided(f"the server has no class {OTHERS[0]}")
        if operation == "PutObject":
            usual = bench.put(key=rare.key)
        else:
            usual = replace(rare, key=bench.key())
            bench.setup(usual.call(operation, headers={"x-amz-copy-source": rare.source}))
        bench.check(check, _is_usual(bench, usual))
        if operation == "CopyObject":
            headers = {"x-amz-copy-source": rare.source, HEADER: STANDARD}
            bench.setup(rare.call(operation, headers=headers))
            bench.check("onto-itself", _is_usual(bench, rare))


def _is_usual(bench: Workbench, subject: Stored) -> Comparison:
    """An object of the default class, which HEAD need not return."""
    head = bench.setup(subject.call("HeadObject"))
    value = head.header(HEADER)
    text = f"{HEADER}: {value}" if value else f"no {HEADER}"
    return holds(value in (None, STANDARD), text, head)


def _unknown(bench: Workbench, strange: Response) -> Comparison:
    """A class that does not exist shows that the header was read: it is refused or returned."""
    seen = refused(strange)
    if not strange.ok:
        return seen
    call = strange.call
    head = bench.effect(Call(operation="HeadObject", bucket=call.bucket, key=call.key))
    value = head.header(HEADER)
    text = f"{strange.describe()}, and {value or 'no class'} in a HEAD"
    return holds(value == NONE_SUCH, text, strange, head, otherwise=seen.outcome)


def _finished(bench: Workbench, answer: Response) -> Response:
    """The last response until the object is stored, for an upload may be refused at any step."""
    if not answer.ok or answer.call.operation != "CreateMultipartUpload":
        return answer
    upload = multipart.begun(answer)
    part = bench.effect(upload.part(1, bench.text()))
    return bench.effect(upload.complete([part.etag])) if part.ok else part


def _other_checks(operation: str, feature: str) -> list[Check]:
    kept = [promise("metadata", "the source's x-amz-meta-* with a copy", api(operation))]
    parts = [detail("by-list-parts", f"{feature} in ListParts of the upload", api("ListParts"))]
    return [
        *(kept if operation == "CopyObject" else []),
        *(parts if operation == "CreateMultipartUpload" else []),
        core("class", f"{feature} in a HEAD or a listing", api(operation)),
        promise("by-head", f"{feature} in a HEAD", api("HeadObject")),
        promise("by-get", f"{feature} in a GET", api("GetObject")),
        promise("listed", f"{feature} in a listing", api("Object")),
        promise("bytes", "the bytes stored", CLASSES),
    ]


@family(*OTHERS, operations=writes.WRITES, checks=_other_checks)
def other(bench: Workbench, operation: OperationName, feature: str) -> None:
    """Store the object in this class, and return the class when it is read or listed."""
    answer = bench.accepted(
        bench.treat(writes.write_call(bench, operation, {HEADER: feature})), HEADER
    )
    if operation == "CreateMultipartUpload":
        parts = bench.effect(multipart.begun(answer).call("ListParts"))
        shown = equals("StorageClass", parts.text("StorageClass"), feature, parts)
        bench.check("by-list-parts", shown)
    subject = writes.written(bench, answer)

    head = bench.effect(subject.call("HeadObject"))
    get = bench.effect(subject.call("GetObject"))
    listing, listed = _listed(bench, subject)
    value = head.header(HEADER) or listed
    bench.check(
        "class",
        stored_headers.reads_back("class", head, value or None, value == feature, (STANDARD,)),
    )
    bench.check("by-head", has_header(head, HEADER, feature))
    bench.check("by-get", has_header(get, HEADER, feature))
    if operation == "CopyObject":
        bench.check("metadata", writes.keeps_metadata(get))
    text = f"StorageClass {listed or 'missing'}"
    bench.check("listed", holds(listed == feature, text, listing))
    bench.check("bytes", has_body(get, subject.body))


def _listed(bench: Workbench, subject: Stored) -> tuple[Response, str]:
    """The listing of an object, and the class in it; empty where it has none."""
    query = {"prefix": subject.key}
    listing = bench.effect(Call(operation="ListObjectsV2", bucket=subject.bucket, query=query))
    return listing, listing.text("Contents/StorageClass") or ""
