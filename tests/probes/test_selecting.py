"""Queries on objects: answered, answered wrongly, not known, and refused."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest

from conformance.probes.select_object_content import events
from conformance.s3.endpoint import Endpoint
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy, refusing_flags

ROW = "SelectObjectContent"
INVALID = Answer(status=400, body=b"<Error><Code>ParseUnexpectedToken</Code></Error>")
Ask = Callable[[Request], Answer]


def event(kind: str, payload: bytes = b"") -> bytes:
    """One event of a stream, as
    https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html has it.
    """
    pairs = {":event-type": kind, ":message-type": "event"}
    if kind == "error":
        pairs = {":error-code": payload.decode(), ":message-type": "error"}
    headers = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack("!H", len(text)) + text.encode()
        for name, text in pairs.items()
    )
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    prelude += struct.pack("!I", zlib.crc32(prelude))
    message = prelude + headers + payload
    return message + struct.pack("!I", zlib.crc32(message))


def stream(payload: bytes) -> Answer:
    return Answer(status=200, body=event("Records", payload) + event("Stats") + event("End"))


def querying(request: Request, ask: Ask, *, every: bool = False, count: bytes = b"3") -> Answer:
    """Answers the probe's queries on the lines that moto has."""
    if "select" not in request.flags:
        return ask(request)
    get = Request(method="GET", target=request.path, headers=request.headers, body=b"")
    lines = ask(get).body.decode().split()
    if b"count(*)" in request.body:
        return stream(b'{"_1":' + count + b"}\n")
    if b"WHERE" not in request.body:
        return INVALID
    found = [line.partition(",")[2] for line in lines if every or line.startswith("1,")]
    return stream("".join(f"{each}\n" for each in found).encode())


def test_answered(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, querying) as endpoint:
        seen = observe(endpoint, ROW)
    assert seen.observed == "supported", seen.reason


def test_every_line_is_answered(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, lambda r, ask: querying(r, ask, every=True)) as endpoint:
        assert observe(endpoint, ROW).observed == "partial"


def test_counted_wrongly(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, lambda r, ask: querying(r, ask, count=b"4")) as endpoint:
        assert observe(endpoint, ROW).observed == "partial"


def test_nonsense_is_answered(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return stream(b"") if b"HAVE" in request.body else querying(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == "partial"


@pytest.mark.parametrize("body", [b"", b"<x/>", b"1,word\n", b"\x00" * 40, event("End")])
def test_nothing_is_found(moto: Endpoint, observe: Observe, body: bytes) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return Answer(status=200, body=body) if "select" in request.flags else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == "ignored"


@pytest.mark.parametrize(
    ("code", "word"), [("NotImplemented", "rejected"), ("InternalError", "ignored")]
)
def test_an_event_says_that_it_is_not_there(
    moto: Endpoint, observe: Observe, code: str, word: str
) -> None:
    error = Answer(status=200, body=event("error", code.encode()))

    def respond(request: Request, ask: Ask) -> Answer:
        return error if "select" in request.flags else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == word


def test_an_event_refuses_nonsense(moto: Endpoint, observe: Observe) -> None:
    refusal = Answer(status=200, body=event("error", b"ParseUnexpectedToken"))

    def respond(request: Request, ask: Ask) -> Answer:
        return refusal if b"HAVE" in request.body else querying(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == "supported"


def test_the_object_is_overwritten_instead(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if "select" not in request.flags:
            return ask(request)
        headers = tuple((n, v) for n, v in request.headers if n.lower() != "content-md5")
        return ask(Request(method="PUT", target=request.path, headers=headers, body=request.body))

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, ROW)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.DESTRUCTIVE), seen.reason


def test_refused(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, "select") as endpoint:
        assert observe(endpoint, ROW).observed == "rejected"


@pytest.mark.parametrize(
    "body",
    [
        event("Records", b"word")[:-1],  # cut off: the event is not there yet
        event("Records", b"word")[:-1] + b"\x00",  # a wrong checksum
        struct.pack("!III", 2**31, 2**31, 0),  # lengths that nothing can have
        b"\xff" * 64,
    ],
)
def test_a_stream_that_is_none(body: bytes) -> None:
    call = Call(operation=ROW, bucket="b", key="k")
    assert events(Response(call=call, status=200, headers={}, body=body, seconds=0)) is None
