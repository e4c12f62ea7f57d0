"""Attributes of objects: told, too many, wrong, not known, and refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.probes.object_attributes import HEADER
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    proxy,
    refusing_flags,
    replacing,
    stripping,
)

ROW = "GetObjectAttributes"
PARTS = b"<ObjectParts><PartsCount>2</PartsCount></ObjectParts>"
TWO = Answer(
    status=200,
    body=b"<GetObjectAttributesResponse>" + PARTS + b"</GetObjectAttributesResponse>",
)
Ask = Callable[[Request], Answer]


def with_parts(request: Request, ask: Ask) -> Answer:
    """Tells of parts, which moto does not."""
    names = (request.header(HEADER) or "").split(",")
    if names == ["ObjectParts"]:
        return TWO
    answer = ask(request)
    end = b"</GetObjectAttributesOutput>"
    return replacing(answer, end, PARTS + end) if "ObjectParts" in names else answer


def test_told(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, with_parts) as endpoint:
        seen = observe(endpoint, ROW)
    assert seen.observed == "supported", seen.reason


def test_nothing_of_parts(moto: Endpoint, observe: Observe) -> None:
    assert observe(moto, ROW).observed == "partial"


def test_there_are_no_uploads(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, "uploads") as endpoint:
        assert observe(endpoint, ROW).observed == "supported"


def test_more_than_was_asked_for(moto: Endpoint, observe: Observe) -> None:
    more = b"<StorageClass>STANDARD</StorageClass></GetObjectAttributesOutput>"

    def respond(request: Request, ask: Ask) -> Answer:
        return replacing(with_parts(request, ask), b"</GetObjectAttributesOutput>", more)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == "partial"


def test_told_under_another_name(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return replacing(with_parts(request, ask), b"GetObjectAttr", b"getObjectAttr")

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == "partial"


@pytest.mark.parametrize("name", [b"<ObjectSize>", b"<ETag>"])
def test_wrong(moto: Endpoint, observe: Observe, name: bytes) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return replacing(with_parts(request, ask), name, name + b"1")

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == "partial"


def test_told_of_a_key_that_has_no_object(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        answer = with_parts(request, ask)
        return TWO if "attributes" in request.flags and answer.status == 404 else answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == "partial"


def test_the_object_is_answered_instead(moto: Endpoint, observe: Observe) -> None:
    with stripping(moto, "attributes") as endpoint:
        assert observe(endpoint, ROW).observed == "ignored"


def test_refused(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, "attributes") as endpoint:
        assert observe(endpoint, ROW).observed == "rejected"
