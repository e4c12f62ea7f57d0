"""CopyObject: an object's bytes, metadata and tags under another key.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Comparison,
    Hazard,
    Observed,
    Response,
    Stored,
    Undecided,
    Workbench,
    api,
    checksum,
    core,
    decide,
    detail,
    equals,
    guide,
    has_body,
    has_header,
    holds,
    is_xml,
    offered,
    probe,
    promise,
    refused,
)
from conformance.subjects import (
    listings,
    missing,
    multipart,
    object_tags,
    preconditions,
    stored_headers,
    writes,
)

SOURCE: Final = "x-amz-copy-source"
CODING: Final = "Content-Encoding"
CODED: Final = {CODING: "gzip"}
PAGE: Final = api("CopyObject")
INTEGRITY: Final = guide("checking-object-integrity")
# One date has fractions of a second, and either may be rounded.
CLOSE: Final = timedelta(seconds=2)
CHECKS: Final = (
    core("bytes", "the source's bytes in a GET of the copy", PAGE),
    promise("root", "a CopyObjectResult", PAGE),
    promise("result-etag", "the ETag that HEAD returns of the copy", PAGE),
    promise("result-last-modified", "the copy's Last-Modified in the result", PAGE),
    promise("last-modified", "a later Last-Modified than the source's", PAGE),
    promise("metadata", "the source's headers and x-amz-meta-*", PAGE),
    promise("tags", "the source's tags", PAGE),
    promise("source-kept", "the source as before", PAGE),
    promise("outlives-source", "the copy after its source is overwritten and deleted", PAGE),
    promise("overwrite", "the source's bytes in place of another object's", PAGE),
    promise("overwrite-metadata", "no metadata of the object that was overwritten", PAGE),
    promise("other-bucket", "a copy of an object in another bucket", PAGE),
    promise("of-two-parts", "all bytes of an object of two parts", PAGE),
    promise("empty-source", "an empty copy of an empty object", PAGE),
    promise("missing-source", "404 NoSuchKey for a source that does not exist", ERRORS),
    promise("missing-source-writes-nothing", "no object at the destination then", PAGE),
    promise(
        "missing-bucket", "404 NoSuchBucket for a copy to a bucket that does not exist", ERRORS
    ),
    promise("checksum", "the checksum of the source, of the same algorithm", INTEGRITY),
    promise("content-encoding", "the source's Content-Encoding", PAGE),
    detail("quoted-etag", "the ETag in quotes", PAGE),
    detail("same-etag", "the source's ETag, for the bytes are the same", api("Object")),
    detail("etag-of-two-parts", "the MD5 of the bytes of two parts as ETag", api("Object")),
    detail("media-type", "Content-Type: application/xml", PAGE),
)


@probe("CopyObject", checks=CHECKS)
def copy_object(bench: Workbench) -> None:
    """Store an object's bytes and metadata under another key too."""
    whole = stored_headers.described(bench)
    source = whole.stored
    call = _copy(bench, source)

    answer = offered(bench.treat(call))
    copy = bench.effect(_get(call))
    if copy.ok and not copy.body:
        text = "the request was carried out as an empty PutObject"
        decide(Observed.IGNORED, text, Hazard.DESTRUCTIVE)
    bench.check("bytes", writes.has_stored(copy, source.body))
    bench.check("root", equals("root element", answer.root, "CopyObjectResult", answer))
    head = bench.effect(
        replace(
            call, operation="HeadObject", headers=stored_headers.WITH_SUM if whole.checksum else {}
        )
    )
    etag = answer.text("ETag") or ""
    text = f"ETag {etag or 'missing'} and {head.etag or 'none'} of HEAD"
    same = bool(etag) and etag.strip('"') == head.etag.strip('"')
    bench.check("result-etag", holds(same, text, answer, head))
    bench.check("same-etag", has_header(head, "ETag", source.etag))
    bench.check("quoted-etag", listings.quoted(answer, "ETag"))
    bench.check("result-last-modified", _same_date(answer, head))
    bench.check("media-type", is_xml(answer))
    bench.check("metadata", whole.same(copy, *stored_headers.DESCRIBED))
    if whole.checksum:
        right = checksum(stored_headers.SUM, source.body)
        bench.check("checksum", has_header(head, stored_headers.SUM_HEADER, right))
    else:
        bench.skip("checksum", because="the server keeps no checksum of an object")
    bench.check("source-kept", has_body(bench.effect(source.call("GetObject")), source.body))
    bench.effect(source.call("PutObject", body=bench.text()))
    bench.effect(source.call("DeleteObject"))
    bench.check("outlives-source", has_body(bench.effect(_get(call)), source.body))

    _of_others(bench)
    _refused(bench)


def _of_others(bench: Workbench) -> None:
    """Copies of other sources, and one to a key that has an object."""
    with bench.observing("overwrite", "overwrite-metadata"):
        _overwrite(bench)
    with bench.observing("tags"):
        _tags(bench)
    with bench.observing("other-bucket"):
        elsewhere = bench.put(bucket=bench.second_bucket)
        bench.check("other-bucket", _copied(bench, elsewhere))
    with bench.observing("empty-source", "content-encoding"):
        _empty(bench)
    with bench.observing("of-two-parts"):
        parts = bench.shared("an object of two parts", multipart.two_parts)
        seen = _copied(bench, parts)
        if bench.check("of-two-parts", seen):
            etag = multipart.part_etag(parts.body)
            bench.check("etag-of-two-parts", has_header(seen.responses[0], "ETag", etag))
    with bench.observing("last-modified"):
        _dated(bench)


def _refused(bench: Workbench) -> None:
    """Copies from nowhere, and to nowhere."""
    with bench.observing("missing-source", "missing-source-writes-nothing"):
        nothing = Stored(bucket=bench.bucket, key=bench.key(), body=b"", etag="")
        call = _copy(bench, nothing)
        bench.check("missing-source", missing.is_missing(bench.effect(call), missing.NO_KEY))
        after = bench.effect(_get(call))
        bench.check("missing-source-writes-nothing", refused(after, 404))
    with bench.observing("missing-bucket"):
        nowhere = missing.of_missing_bucket(bench, "CopyObject")
        call = nowhere.plus(headers={SOURCE: bench.plain.source})
        bench.check("missing-bucket", missing.is_missing(bench.effect(call), missing.NO_BUCKET))


def _copy(bench: Workbench, source: Stored, key: str = "") -> Call:
    return Call(
        operation="CopyObject",
        bucket=bench.bucket,
        key=key or bench.key(),
        headers={SOURCE: source.source},
    )


def _get(call: Call) -> Call:
    return Call(operation="GetObject", bucket=call.bucket, key=call.key)


def _same_date(answer: Response, head: Response) -> Comparison:
    """The date in a copy's result, in ISO 8601, and the one of HEAD, within a few seconds."""
    said, shown = answer.text("LastModified") or "", head.header("Last-Modified") or ""
    text = f"LastModified {said or 'missing'}, and Last-Modified: {shown or 'none'} of HEAD"
    try:
        apart = datetime.fromisoformat(said) - parsedate_to_datetime(shown)
    except (ValueError, TypeError):
        return holds(False, text, answer, head)
    return holds(abs(apart) <= CLOSE, text, answer, head)


def _copied(bench: Workbench, source: Stored) -> Comparison:
    """A copy must be served and read back with the source's bytes."""
    call = _copy(bench, source)
    answer = bench.effect(call)
    if not answer.ok:
        return holds(False, answer.describe(), answer)
    return has_body(bench.effect(_get(call)), source.body)


def _overwrite(bench: Workbench) -> None:
    old = bench.put(bench.text(90), headers={"x-amz-meta-of-old": "yes"})
    offered(bench.effect(_copy(bench, bench.plain, old.key)))
    after = bench.effect(old.call("GetObject"))
    bench.check("overwrite", has_body(after, bench.plain.body))
    bench.check("overwrite-metadata", has_header(after, "x-amz-meta-of-old", None))


def _empty(bench: Workbench) -> None:
    """A copy of an empty object with a coding, of which nothing on the way decodes the bytes."""
    empty = bench.put(b"", headers=CODED)
    kept = bench.setup(empty.call("HeadObject")).header(CODING)
    seen = _copied(bench, empty)
    if not bench.check("empty-source", seen):
        bench.skip("content-encoding", because="the source was not copied")
    elif kept != CODED[CODING]:
        bench.skip("content-encoding", because=f"the server keeps no {CODING}")
    else:
        bench.check("content-encoding", has_header(seen.responses[0], CODING, kept))


def _dated(bench: Workbench) -> None:
    """A copy of an object that is a second old."""
    aged = preconditions.dated_object(bench)
    preconditions.a_second_later(bench, aged)
    call = _copy(bench, aged.ours)
    offered(bench.effect(call))
    again = replace(aged.ours, key=call.key)
    bench.check("last-modified", preconditions.is_later(bench, again, aged))


def _tags(bench: Workbench) -> None:
    source = object_tags.tagged(bench)
    had = object_tags.tags(bench, source.stored)
    if had == object_tags.NONE:
        raise Undecided("no way was found to give an object tags")
    call = _copy(bench, source.stored)
    answer = offered(bench.effect(call))
    copy = Stored(bucket=call.bucket, key=call.key, body=b"", etag="")
    seen = object_tags.tags(bench, copy)
    bench.check("tags", holds(seen == had, f"{seen} of {had}", answer))
