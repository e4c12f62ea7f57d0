"""Details of HTTP that clients rely on.

Sources: RFC 9110 and
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html.
"""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.probing import (
    API,
    HELD,
    Call,
    Workbench,
    api,
    behaviour,
    content_md5,
    core,
    detail,
    equals,
    has_body,
    has_header,
    holds,
    promise,
    refused,
    rfc,
)

COMMON: Final = f"{API}/RESTCommonResponseHeaders.html"
SKEW: Final = timedelta(hours=1)  # clocks differ; what matters is the form and the zone


@behaviour(
    "HTTP",
    "head-like-get",
    checks=(
        core("length", "the same Content-Length to HEAD as to GET", rfc(9110, "9.3.2")),
        promise("etag", "the same ETag", rfc(9110, "9.3.2")),
        promise("type", "the same Content-Type", rfc(9110, "9.3.2")),
        promise("last-modified", "the same Last-Modified", rfc(9110, "9.3.2")),
    ),
)
def head_like_get(bench: Workbench, _: str) -> None:
    """Answer HEAD with the headers of GET."""
    subject = bench.put(headers={"Content-Type": "text/x-head"})
    get, head = bench.effect(subject.call("GetObject")), bench.treat(subject.call("HeadObject"))
    bench.accepted(head, control=subject.call("GetObject"))
    length = head.header("Content-Length")
    bench.check("length", equals("Content-Length", length, str(len(subject.body)), head))
    for check, name in (
        ("etag", "ETag"),
        ("type", "Content-Type"),
        ("last-modified", "Last-Modified"),
    ):
        bench.check(check, has_header(head, name, get.header(name)))


@behaviour(
    "HTTP",
    "content-encoding",
    checks=(
        core("bytes", "the compressed bytes, as they were stored", api("PutObject")),
        core("header", "Content-Encoding: gzip", api("PutObject")),
        promise("length", "the length of the compressed bytes on HeadObject", api("HeadObject")),
    ),
)
def content_encoding(bench: Workbench, _: str) -> None:
    """Return compressed bytes as they are, to a client that asks for no encoding, too."""
    body = gzip.compress(bench.text(400), mtime=0)
    subject = bench.put(body, headers={"Content-Encoding": "gzip"})
    back = bench.effect(subject.call("GetObject"))
    bench.check("bytes", has_body(back, body))
    bench.check("header", has_header(back, "Content-Encoding", "gzip"))
    head = bench.effect(subject.call("HeadObject"))
    bench.check("length", has_header(head, "Content-Length", str(len(body))))


@behaviour(
    "HTTP",
    "expect-100-continue",
    checks=(
        core("stored", "the bytes of a PutObject with Expect: 100-continue", api("PutObject")),
        core("refused", "a refusal of other bytes' Content-MD5 with it", rfc(9110, "10.1.1")),
        promise("asked-for", f"100 Continue within {HELD:g} s of the headers, or the answer",
                rfc(9110, "10.1.1")),
        promise("held-back", "the bytes of a body that was sent once it was asked for",
                rfc(9110, "10.1.1")),
        detail("not-asked-for", "a refusal of another signature without asking for the body",
               rfc(9110, "10.1.1")),
    ),
)  # fmt: skip
def expect(bench: Workbench, _: str) -> None:
    """Ask for a body whose sender waits for 100 Continue, and take it."""
    call = Call(
        operation="PutObject",
        bucket=bench.bucket,
        key=bench.key(),
        headers={"Expect": "100-continue"},
        body=bench.text(),
    )
    answer = bench.treat(call)
    bench.accepted(answer, "Expect")
    back = bench.effect(replace(call, operation="GetObject", headers={}, body=b""))
    bench.check("stored", has_body(back, call.body))
    wrong = replace(call, key=bench.key()).plus(headers=content_md5(bench.text()))
    bench.check("refused", refused(bench.effect(wrong, keep_digest=True)))
    with bench.observing("asked-for", "held-back", "not-asked-for"):
        _held(bench)


def _held(bench: Workbench) -> None:
    """The same with a body that is held back."""
    subject = bench.put()
    call = subject.call("PutObject", body=bench.text(4096))
    answer = bench.effect(call, held=True)
    asked = answer.awaited == "100 Continue" or not answer.ok
    seen = f"{answer.awaited or 'nothing'}, then {answer.describe()}"
    bench.check("asked-for", holds(asked and answer.awaited != "nothing", seen, answer))
    back = bench.effect(subject.call("GetObject"))
    bench.check("held-back", has_body(back, call.body))
    forged = bench.effect(call, held=True, invalid_signature=True, as_answered=True)
    seen = f"{forged.awaited or 'nothing'}, then {forged.describe()}"
    right = not forged.ok and forged.awaited == "the answer"
    bench.check("not-asked-for", holds(right, seen, forged))


@behaviour(
    "HTTP",
    "last-modified",
    checks=(
        core("form", "Last-Modified as an HTTP date in GMT", rfc(9110, "5.6.7")),
        promise("now", "the time of the write, within an hour", api("GetObject")),
        promise("listed", "the same second in ListObjectsV2", api("ListObjectsV2")),
    ),
)
def last_modified(bench: Workbench, _: str) -> None:
    """Tell when an object was written."""
    subject = bench.put()
    head = bench.effect(subject.call("HeadObject"))
    told = head.header("Last-Modified") or ""
    moment = _moment(told)
    bench.check("form", holds(moment is not None, f"Last-Modified: {told or 'none'}", head))
    if moment is None:
        bench.skip("now", "listed", because="there is no date")
        return
    apart = abs(datetime.now(UTC) - moment)
    bench.check("now", holds(apart < SKEW, f"Last-Modified: {told}", head))
    query = {"prefix": subject.key}
    listing = bench.effect(Call(operation="ListObjectsV2", bucket=subject.bucket, query=query))
    listed = listing.text("Contents/LastModified") or "none"
    right = listed.startswith(moment.strftime("%Y-%m-%dT%H:%M:%S")) and listed.endswith("Z")
    bench.check("listed", holds(right, f"LastModified {listed} and {told}", listing))


def _moment(told: str) -> datetime | None:
    """The moment of an HTTP date of the preferred form; None for any other text."""
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    return moment if told.endswith(" GMT") and moment.tzinfo else None


@behaviour(
    "HTTP",
    "response-headers",
    checks=(
        core("etag", "a quoted ETag on PutObject and GetObject", api("PutObject")),
        promise("request-id", "x-amz-request-id on a response", COMMON),
        promise("accept-ranges", "Accept-Ranges: bytes on GetObject", api("GetObject")),
        promise("date", "Date on a response", COMMON),
        detail("default-type", "Content-Type: binary/octet-stream where none was sent",
               api("PutObject")),
        detail("id-2", "x-amz-id-2 on a response", COMMON),
    ),
)  # fmt: skip
def headers(bench: Workbench, _: str) -> None:
    """Send the headers that every client finds in a response."""
    subject = bench.put()
    back = bench.effect(subject.call("GetObject"))
    tags = (subject.etag, back.etag)
    quoted = all(len(tag) > 2 and tag[0] == tag[-1] == '"' for tag in tags)
    seen = f"ETags {tags[0]} and {tags[1]}"
    bench.check("etag", holds(quoted and tags[0] == tags[1], seen, back))
    bench.check("accept-ranges", has_header(back, "Accept-Ranges", "bytes"))
    bench.check("default-type", has_header(back, "Content-Type", "binary/octet-stream"))
    for check, name in (
        ("request-id", "x-amz-request-id"),
        ("date", "Date"),
        ("id-2", "x-amz-id-2"),
    ):
        there = bool(back.header(name))
        bench.check(check, holds(there, f"{'a' if there else 'no'} {name}", back))
