"""User metadata, and the headers that an object keeps: as they were sent, for every way to write.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from conformance.probing import (
    Call,
    Comparison,
    Response,
    Stored,
    Workbench,
    api,
    behaviour,
    core,
    detail,
    guide,
    has_header,
    holds,
    operation_named,
    promise,
    refused,
    served,
)
from conformance.subjects import writes
from conformance.subjects.encoded_words import ENCODED, WORD, decoded

PAGE: Final = guide("UsingMetadata")
PUT: Final = api("PutObject")
META: Final = "x-amz-meta-"
# What is signed of a header: no spaces around its value, and one for several in it.
SIGNING: Final = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"
)
SPACED: Final = "two  spaces   three"
PUNCTUATED: Final = "a,b;c=\"d\" 'e' %25+f/g?h&i#j"
SYSTEM: Final = {
    "Cache-Control": "max-age=61, private",
    "Content-Disposition": 'attachment; filename="a b.txt"',
    "Content-Language": "de, en",
    "Content-Type": "text/plain; charset=utf-8",
    "Expires": "Thu, 01 Dec 2039 16:00:00 GMT",
}


def _put(bench: Workbench, headers: Mapping[str, str]) -> Stored:
    """The object that a served PutObject with these headers leaves."""
    call = Call(
        operation="PutObject",
        bucket=bench.bucket,
        key=bench.key(),
        headers=headers,
        body=bench.text(),
    )
    answer = bench.treat(call)
    bench.accepted(answer, *headers)
    return Stored(bucket=call.bucket, key=call.key, body=call.body, etag=answer.etag)


def _head(bench: Workbench, subject: Stored) -> Response:
    return bench.effect(subject.call("HeadObject"))


@behaviour(
    "Metadata",
    "PutObject",
    "CreateMultipartUpload",
    "CopyObject",
    checks=(
        core("returned", "both values on HeadObject", PAGE),
        promise("on-get", "both values on GetObject", PAGE),
        promise("not-another-s", "neither of them on another object", PAGE),
        detail("lower-case", "their names in lower case on HeadObject", PAGE),
    ),
)
def on_write(bench: Workbench, name: str) -> None:
    """Keep the metadata that an object is written with, and return it with the object."""
    operation = operation_named(name)
    values = {f"{META}one": bench.nonce(), f"{META}Two-Words": bench.nonce()}
    directive = {"x-amz-metadata-directive": "REPLACE"} if name == "CopyObject" else {}
    answer = bench.treat(writes.write_call(bench, operation, {**directive, **values}))
    bench.accepted(answer, *values)
    subject = writes.written(bench, answer)
    for check, back in (
        ("returned", _head(bench, subject)),
        ("on-get", bench.effect(subject.call("GetObject"))),
    ):
        bench.check(check, _all(back, values))
        if check == "returned":
            named = sorted(name for name in back.names if name.lower().startswith(META))
            right = all(name == name.lower() for name in named)
            bench.check("lower-case", holds(right, ", ".join(named) or "no such header", back))
    other = _head(bench, bench.plain)
    bench.check("not-another-s", _all(other, dict.fromkeys(values)))


def _all(answer: Response, values: Mapping[str, str | None]) -> Comparison:
    """The first of the headers that has not the right value; the last one where all have."""
    seen = [has_header(answer, name, value) for name, value in values.items()]
    return next((each for each in seen if not each.held), seen[-1])


@behaviour(
    "Metadata",
    "copied",
    checks=(
        core("kept", "the source's metadata on a copy without a directive", api("CopyObject")),
        promise("replaced", "none of it on a copy with REPLACE", api("CopyObject")),
    ),
)
def copied(bench: Workbench, _: str) -> None:
    """Take the metadata to a copy, unless it is to be replaced."""
    value = bench.nonce()
    subject = _put(bench, {f"{META}own": value})
    copy = Call(
        operation="CopyObject",
        bucket=subject.bucket,
        key=bench.key(),
        headers={"x-amz-copy-source": subject.source},
    )
    bench.setup(copy)
    back = bench.effect(replace(copy, operation="HeadObject", headers={}))
    bench.check("kept", has_header(back, f"{META}own", value))
    with bench.observing("replaced"):
        other = replace(copy, key=bench.key()).plus(headers={"x-amz-metadata-directive": "REPLACE"})
        made = bench.effect(other)
        back = bench.effect(replace(other, operation="HeadObject", headers={}))
        none = has_header(back, f"{META}own", None)
        bench.check("replaced", none if made.ok else served(made))


@behaviour(
    "Metadata",
    "overwritten",
    checks=(
        core("new", "the new object's metadata", PAGE),
        promise("old", "none of the metadata of the object that was overwritten", PAGE),
    ),
)
def overwritten(bench: Workbench, _: str) -> None:
    """Replace an object's metadata as a whole when the object is overwritten."""
    subject, value = _put(bench, {f"{META}old": bench.nonce()}), bench.nonce()
    bench.setup(subject.call("PutObject", headers={f"{META}new": value}, body=bench.text()))
    back = _head(bench, subject)
    bench.check("new", has_header(back, f"{META}new", value))
    bench.check("old", has_header(back, f"{META}old", None))


@behaviour(
    "Metadata",
    "punctuation",
    checks=(core("returned", "the value to the letter on HeadObject", PAGE),),
)
def punctuation(bench: Workbench, _: str) -> None:
    """Keep a value with the punctuation that URLs and headers are made of."""
    subject = _put(bench, {f"{META}odd": PUNCTUATED})
    bench.check("returned", has_header(_head(bench, subject), f"{META}odd", PUNCTUATED))


@behaviour(
    "Metadata",
    "spaces",
    checks=(
        core("returned", "the words of a value with several spaces in a row", SIGNING),
        detail("signed-one-by-one", "a refusal where each of the spaces is signed", SIGNING),
        detail("kept", "as many spaces as were sent", PAGE),
    ),
)
def spaces(bench: Workbench, _: str) -> None:
    """Take a value with several spaces in a row, of which the signature covers one."""
    subject = _put(bench, {f"{META}spaced": SPACED})
    back = _head(bench, subject)
    told = back.header(f"{META}spaced") or "none"
    seen = f"{META}spaced: {told!r}"
    bench.check("returned", holds(told.split() == SPACED.split(), seen, back))
    bench.check("kept", holds(told == SPACED, seen, back))
    again = subject.call("PutObject", headers={f"{META}spaced": SPACED}, body=subject.body)
    bench.check("signed-one-by-one", refused(bench.effect(again, all_spaces=True)))


@behaviour(
    "Metadata",
    "rfc-2047",
    checks=(
        core("returned", f"a value that a client decodes to {WORD!r}", PAGE),
        # Few clients send it: HTTP has no such characters in headers.
        detail("raw", "the same for the word as UTF-8", PAGE),
    ),
)
def encoded(bench: Workbench, _: str) -> None:
    """Return a value of other characters than ASCII so that a client decodes the same."""
    subject = _put(bench, {f"{META}word": ENCODED})
    back = _head(bench, subject)
    told = back.header(f"{META}word")
    bench.check("returned", holds(decoded(told) == WORD, f"{told!a}", back))
    # As HTTP libraries have it: each byte a character.
    raw = {f"{META}word": WORD.encode().decode("latin-1")}
    sent = bench.effect(subject.call("PutObject", headers=raw), payload="UNSIGNED-PAYLOAD")
    told = _head(bench, subject).header(f"{META}word")
    seen = f"{sent.describe()}, then {told!a}"
    bench.check("raw", holds(sent.ok and decoded(told) == WORD, seen, sent))


@behaviour(
    "Metadata",
    "system-headers",
    checks=(
        *(
            core(name.lower(), f"{name}: {value}", api("PutObject"))
            for name, value in SYSTEM.items()
        ),
    ),
)
def system(bench: Workbench, _: str) -> None:
    """Return the headers of HTTP that an object was stored with."""
    subject = _put(bench, SYSTEM)
    back = bench.effect(subject.call("GetObject"))
    for name, value in SYSTEM.items():
        bench.check(name.lower(), has_header(back, name, value))
