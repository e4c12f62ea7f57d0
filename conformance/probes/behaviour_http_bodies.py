"""Bodies as HTTP frames them, and connections that are used again.

Sources: RFC 9112, and https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html.
"""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import Final

from conformance.probing import (
    ERRORS,
    Call,
    Hazard,
    Undecided,
    Workbench,
    api,
    behaviour,
    core,
    detail,
    equals,
    has_body,
    has_header,
    has_status,
    holds,
    promise,
    refused,
    rfc,
    served,
)

LARGE: Final = 2**18  # more than a server reads ahead


@behaviour(
    "HTTP",
    "chunked-transfer-encoding",
    checks=(
        core("stored-or-refused", "the whole body stored, or 411 MissingContentLength", ERRORS),
        promise("nothing-stored", "no object after a refusal", ERRORS),
        promise("next", "the object for the next request on the connection", rfc(9112, "7.1")),
    ),
)
def chunked(bench: Workbench, _: str) -> None:
    """Read a body in HTTP's own chunks to its end, or refuse it for want of a length."""
    subject = bench.put()
    call = replace(subject.call("PutObject", body=bench.text(4096)), key=bench.key())
    answer = bench.treat(call, unsized=True)
    back = bench.effect(replace(call, operation="GetObject", body=b""))
    if answer.ok:
        bench.check("stored-or-refused", has_body(back, call.body))
        bench.skip("nothing-stored", because="the body was stored")
    else:
        right = answer.status == 411
        bench.check("stored-or-refused", holds(right, answer.describe(), answer))
        bench.check("nothing-stored", has_status(back, 404))
    after = bench.effect(subject.call("GetObject"))
    bench.check("next", has_body(after, subject.body))


@behaviour(
    "HTTP",
    "connection-after-a-refusal",
    checks=(
        core("next", "the object for the request after one that was refused", rfc(9112, "9.3")),
        promise("refused", "a refusal of the body's wrong signature", ERRORS),
        promise("write", "a 2xx response to the write after that", rfc(9112, "9.3")),
    ),
)
def unread(bench: Workbench, _: str) -> None:
    """Go on with the next request where a body was refused before it was read."""
    subject = bench.put()
    large = replace(subject.call("PutObject", body=bench.text(LARGE)), key=bench.key())
    for _round in range(2):
        # Believed as it is answered: an answer to the bytes of the body would be asked again.
        wrong = bench.treat(large, invalid_signature=True, as_answered=True)
        bench.check("refused", refused(wrong))
        if wrong.ok:
            raise Undecided("a wrong signature is not refused")
        after = bench.effect(subject.call("GetObject"), as_answered=True)
        bench.check("next", has_body(after, subject.body))
        bench.effect(large, invalid_signature=True, as_answered=True)
        small = replace(large, body=bench.text())
        bench.check("write", served(bench.effect(small, as_answered=True)))


@behaviour(
    "HTTP",
    "range-of-an-encoded-object",
    checks=(
        core("bytes", "the bytes of the range as they are stored, compressed", api("GetObject")),
        promise("content-range", "Content-Range by the compressed length", rfc(9110, "14.4")),
        promise("encoding", "Content-Encoding: gzip with them", api("GetObject")),
        promise("suffix", "the last bytes as they are stored", rfc(9110, "14.1.2")),
    ),
)
def encoded(bench: Workbench, _: str) -> None:
    """Cut a range out of the bytes that are stored, whatever their encoding."""
    body = gzip.compress(bench.text(600), mtime=0)
    subject = bench.put(body, headers={"Content-Encoding": "gzip"})
    call = subject.call("GetObject")
    back = bench.treat(call.plus(headers={"Range": "bytes=10-29"}))
    bench.check("bytes", has_body(back, body[10:30]))
    told = f"bytes 10-29/{len(body)}"
    bench.check("content-range", has_header(back, "Content-Range", told))
    bench.check("encoding", has_header(back, "Content-Encoding", "gzip"))
    # A client that takes gzip gets no other bytes for it.
    taking = {"Range": "bytes=-8", "Accept-Encoding": "gzip"}
    suffix = bench.effect(call.plus(headers=taking))
    bench.check("suffix", has_body(suffix, body[-8:]))


@behaviour(
    "HTTP",
    "empty-object",
    checks=(
        core("bytes", "200, no bytes, and the ETag that it was stored with", api("GetObject")),
        promise("length", "Content-Length: 0 on HeadObject", api("HeadObject")),
        promise("range", "416 for a range of it", rfc(9110, "14.2")),
        promise("listed", "size 0 in a listing", api("ListObjectsV2")),
        detail("type", "the Content-Type that it was stored with", api("PutObject")),
    ),
)
def empty(bench: Workbench, _: str) -> None:
    """Store an object of no bytes, and serve it."""
    subject = bench.put(b"", headers={"Content-Type": "text/x-empty"})
    back = bench.treat(subject.call("GetObject"))
    if back.ok and not back.body:
        seen = f"{back.describe()} with ETag {back.etag or 'none'}"
        bench.check("bytes", holds(bool(back.etag) and back.etag == subject.etag, seen, back))
    else:
        bench.check("bytes", has_body(back, b"").hurting(Hazard.CORRUPTING))
    bench.check("type", has_header(back, "Content-Type", "text/x-empty"))
    head = bench.effect(subject.call("HeadObject"))
    bench.check("length", has_header(head, "Content-Length", "0"))
    ranged = bench.effect(subject.call("GetObject", headers={"Range": "bytes=0-9"}))
    bench.check("range", has_status(ranged, 416))
    query = {"prefix": subject.key}
    listing = bench.effect(Call(operation="ListObjectsV2", bucket=subject.bucket, query=query))
    bench.check("listed", equals("sizes", listing.texts("Contents/Size"), ["0"], listing))


@behaviour(
    "HTTP",
    "accept-encoding",
    checks=(
        core("bytes", "the bytes as they are stored, to who takes gzip", api("GetObject")),
        promise("length", "their length on HeadObject to such a client", api("HeadObject")),
        promise("ranged", "a range of them to such a client", api("GetObject")),
    ),
)
def accepting(bench: Workbench, _: str) -> None:
    """Compress nothing that was not stored compressed, whatever the client takes."""
    body = bench.text(64) * 128
    subject = bench.put(body, headers={"Content-Type": "text/plain"})
    taking = {"Accept-Encoding": "gzip, deflate, br"}
    back = bench.treat(subject.call("GetObject", headers=taking))
    bench.accepted(back, "Accept-Encoding")
    bench.check("bytes", has_body(back, body))
    head = bench.effect(subject.call("HeadObject", headers=taking))
    bench.check("length", has_header(head, "Content-Length", str(len(body))))
    ranged = bench.effect(subject.call("GetObject", headers={**taking, "Range": "bytes=5-99"}))
    bench.check("ranged", has_body(ranged, body[5:100]))
