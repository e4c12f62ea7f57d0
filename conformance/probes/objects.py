"""Objects read: their bytes, their headers, and the errors for those that do not exist.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.probing import (
    ERRORS,
    Comparison,
    OperationName,
    Response,
    Workbench,
    api,
    core,
    detail,
    has_body,
    has_header,
    holds,
    offered,
    probe,
    promise,
    refused,
    rfc,
)
from conformance.subjects import multipart, stored_headers
from conformance.subjects.missing import (
    NO_BUCKET,
    NO_KEY,
    is_error_document,
    is_missing,
    of_missing_bucket,
    of_missing_key,
    says,
)
from conformance.subjects.response_overrides import DESCRIBED, OVERRIDES

GET: Final = api("GetObject")
HEAD: Final = api("HeadObject")
PARTS_COUNT: Final = "x-amz-mp-parts-count"
# Of an object that was stored without one.
DEFAULT_TYPES: Final = ("binary/octet-stream", "application/octet-stream")
# What GET and HEAD must return alike.
SHARED_HEADERS: Final = ("Content-Length", "Content-Type", "ETag", "Last-Modified")
# Of no bytes, for stores of files refuse others.
FOLDER: Final = "an empty object whose key ends with a slash"
CLOCKS: Final = timedelta(days=1)

GET_CHECKS: Final = (
    core("bytes", "the bytes stored", GET),
    core("missing-key", "404 for a key that has no object", GET),
    promise("missing-key-code", "NoSuchKey for it", GET),
    promise("error-document", "an XML document with the root Error for it", ERRORS),
    promise("etag", "the ETag that PutObject returned", GET),
    promise("content-length", "the number of bytes in Content-Length", GET),
    promise("last-modified", "the date of the PutObject in Last-Modified", GET),
    promise("of-two-parts", "all bytes of an object of two parts", GET),
    promise("parts-count-unasked", f"no {PARTS_COUNT} without partNumber", GET),
    promise("metadata", "the headers and x-amz-meta-* that HEAD returns", GET),
    # Tables that claim these parameters have rows of their own for them.
    detail(
        "overrides", f"the headers that the {len(OVERRIDES)} parameters response-* ask for", GET
    ),
    promise("above-another", "404 for a key above that of an object: a where a/b is", GET),
    promise("folder", "404 for a key that is no object's: a/ where a/b is", GET),
    promise("without-slash", "404 for a where a/ is", GET),
    promise("missing-bucket", "404 NoSuchBucket for a bucket that does not exist", ERRORS),
    detail("default-type", "binary/octet-stream of an object stored without a type", GET),
    detail("last-modified-format", "Last-Modified as an IMF-fixdate", rfc(9110, "5.6.7")),
)


@probe("GetObject", checks=GET_CHECKS)
def get_object(bench: Workbench) -> None:
    """Return the object's bytes and headers; 404 for a key that has none."""
    subject = bench.plain

    answer = offered(bench.treat(subject.call("GetObject")))
    bench.check("bytes", has_body(answer, subject.body))
    bench.check("etag", _has_etag(answer, subject.etag))
    size = str(len(subject.body))
    bench.check("content-length", has_header(answer, "Content-Length", size))
    _dates(bench, answer)
    media = answer.header("Content-Type")
    bench.check("default-type", holds(media in DEFAULT_TYPES, f"Content-Type: {media}", answer))

    missing = bench.effect(of_missing_key(bench, "GetObject"))
    if bench.check("missing-key", refused(missing, 404)):
        bench.check("missing-key-code", says(missing, NO_KEY))
        bench.check("error-document", is_error_document(missing))
    else:
        bench.skip("missing-key-code", "error-document", because="the server returned no 404")
    with bench.observing("of-two-parts", "parts-count-unasked"):
        parts = bench.shared("an object of two parts", multipart.two_parts)
        whole = bench.effect(parts.call("GetObject"))
        bench.check("of-two-parts", has_body(whole, parts.body))
        bench.check("parts-count-unasked", has_header(whole, PARTS_COUNT, None))
    with bench.observing("metadata"):
        described = bench.shared(DESCRIBED, stored_headers.described)
        with bench.observing("overrides"):  # before the others, which it must leave alone
            bench.check("overrides", _overridden(bench, described, "GetObject"))
        full = bench.effect(described.stored.call("GetObject"))
        bench.check("metadata", described.same(full, *stored_headers.DESCRIBED))
    with bench.observing("above-another", "folder", "without-slash"):
        _check_above(bench, "GetObject")
    with bench.observing("missing-bucket"):
        nowhere = bench.effect(of_missing_bucket(bench, "GetObject"))
        bench.check("missing-bucket", is_missing(nowhere, NO_BUCKET))


HEAD_CHECKS: Final = (
    core("content-length", "the number of bytes in Content-Length", HEAD),
    core("missing-key", "404 for a key that has no object", HEAD),
    promise("etag", "the ETag that PutObject returned", HEAD),
    promise("same-headers", f"{', '.join(SHARED_HEADERS)}, x-amz-meta-* as GET returns them", HEAD),
    promise("of-two-parts", "the length of an object of two parts", HEAD),
    promise("empty-object", "Content-Length: 0 of an empty object", HEAD),
    promise("overwritten", "length and ETag of an object that replaced another", HEAD),
    promise("deleted", "404 for an object that was deleted", HEAD),
    promise("above-another", "404 for a key above that of an object: a where a/b is", HEAD),
    promise("folder", "404 for a key that is no object's: a/ where a/b is", HEAD),
    promise("without-slash", "404 for a where a/ is", HEAD),
    promise("missing-bucket", "404 for a bucket that does not exist", HEAD),
    promise("parts-count-unasked", f"no {PARTS_COUNT} without partNumber", HEAD),
    detail(
        "overrides", f"the headers that the {len(OVERRIDES)} parameters response-* ask for", HEAD
    ),
)


@probe("HeadObject", checks=HEAD_CHECKS)
def head_object(bench: Workbench) -> None:
    """Return the headers of a GetObject without its bytes; 404 for a key that has none."""
    described = bench.shared(DESCRIBED, stored_headers.described)
    subject = described.stored

    answer = offered(bench.treat(subject.call("HeadObject")))
    size = str(len(subject.body))
    bench.check("content-length", has_header(answer, "Content-Length", size))
    bench.check("etag", _has_etag(answer, subject.etag))
    got = bench.effect(subject.call("GetObject"))
    other = [
        f"{name}: {answer.header(name)} and {got.header(name)} of GET"
        for name in (*SHARED_HEADERS, *sorted(stored_headers.DESCRIBED))
        if answer.header(name) != got.header(name)
    ]
    bench.check("same-headers", holds(not other, "; ".join(other) or "the same", answer, got))
    missing = bench.effect(of_missing_key(bench, "HeadObject"))
    bench.check("missing-key", refused(missing, 404))

    with bench.observing("of-two-parts", "parts-count-unasked"):
        parts = bench.shared("an object of two parts", multipart.two_parts)
        whole = bench.effect(parts.call("HeadObject"))
        length = str(len(parts.body))
        bench.check("of-two-parts", has_header(whole, "Content-Length", length))
        bench.check("parts-count-unasked", has_header(whole, PARTS_COUNT, None))
    with bench.observing("empty-object"):
        empty = bench.shared("an empty object", lambda bench: bench.put(b""))
        nothing = bench.effect(empty.call("HeadObject"))
        bench.check("empty-object", has_header(nothing, "Content-Length", "0"))
    with bench.observing("overwritten", "deleted"):
        _changes(bench)
    bench.check("overrides", _overridden(bench, described, "HeadObject"))
    with bench.observing("above-another", "folder", "without-slash"):
        _check_above(bench, "HeadObject")
    with bench.observing("missing-bucket"):
        nowhere = bench.effect(of_missing_bucket(bench, "HeadObject"))
        bench.check("missing-bucket", refused(nowhere, 404))


def _check_above(bench: Workbench, operation: OperationName) -> None:
    """A read of a folder's name, which is no key."""
    below = bench.shared("an object in a folder", lambda bench: bench.put(key=f"{bench.key()}/b"))
    for check, end in (("above-another", "/b"), ("folder", "b")):
        missing = replace(below, key=below.key.removesuffix(end))
        bench.check(check, refused(bench.effect(missing.call(operation)), 404))
    folder = bench.shared(FOLDER, lambda bench: bench.put(b"", key=bench.key("/")))
    missing = replace(folder, key=folder.key.removesuffix("/"))
    bench.check("without-slash", refused(bench.effect(missing.call(operation)), 404))


def _overridden(
    bench: Workbench, described: stored_headers.Described, operation: OperationName
) -> Comparison:
    """A read whose parameters ask for headers that the object does not have."""
    query = {parameter: value for parameter, (_, value) in OVERRIDES.items()}
    answer = bench.effect(described.stored.call(operation, query=query))
    wrong = [
        f"{name}: {answer.header(name) or 'none'}"
        for name, value in OVERRIDES.values()
        if answer.header(name) != value
    ]
    return holds(answer.ok and not wrong, "; ".join(wrong) or answer.describe(), answer)


def _changes(bench: Workbench) -> None:
    """HEAD of an object before and after it is overwritten, and once it is deleted."""
    old = bench.put()
    bench.control(old.call("HeadObject"))  # what a server may keep for the next one
    new = bench.put(bench.text(len(old.body) + 9), key=old.key)
    head = bench.effect(new.call("HeadObject"))
    length = has_header(head, "Content-Length", str(len(new.body)))
    bench.check("overwritten", _has_etag(head, new.etag) if length.held else length)
    bench.setup(new.call("DeleteObject"))
    bench.check("deleted", refused(bench.effect(new.call("HeadObject")), 404))


def _has_etag(answer: Response, etag: str) -> Comparison:
    seen = answer.etag
    return holds(bool(seen) and seen == etag, f"ETag {seen or 'missing'}, not {etag}", answer)


def _dates(bench: Workbench, answer: Response) -> None:
    """Judge Last-Modified by the server's own clock, or else by ours."""
    said = answer.header("Last-Modified") or ""
    when, now = _date(said), _date(answer.header("Date") or "") or datetime.now(UTC)
    right = when is not None and abs(now - when) < CLOCKS
    text = f"Last-Modified: {said or 'missing'}"
    bench.check("last-modified", holds(right, text, answer))
    exact = when is not None and f"{when:%a, %d %b %Y %H:%M:%S} GMT" == said
    bench.check("last-modified-format", holds(exact, text, answer))


def _date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
