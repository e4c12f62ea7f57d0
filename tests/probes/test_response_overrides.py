"""Response headers that are asked for: returned, ignored, refused, cut off, and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from conformance.s3.endpoint import Endpoint
from conformance.subjects.response_overrides import OVERRIDES
from tests.probes.conftest import Observe, failed
from tests.probes.fakes import (
    Answer,
    Request,
    proxy,
    refusing_flags,
    spoiling,
    stripping,
    with_headers,
)

ROWS = [f"GetObject/{parameter}" for parameter in OVERRIDES]
HEADS = [f"HeadObject/{parameter}" for parameter in OVERRIDES]


@contextmanager
def heads_like_gets(upstream: Endpoint) -> Iterator[Endpoint]:
    """A proxy that answers HEAD as GET without the body: moto reads no parameters of HEAD."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        if request.method != "HEAD" or not OVERRIDES.keys() & request.parameters.keys():
            return ask(request)
        return replace(ask(replace(request, method="GET")), body=b"")

    with proxy(upstream, respond) as endpoint:
        yield endpoint


@pytest.mark.parametrize("row", ROWS)
def test_override_of_get_when_returned_is_supported(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    seen = observe(moto, row)
    assert (seen.observed, failed(seen)) == ("supported", set())


def test_overrides_of_head_when_returned_are_supported(moto: Endpoint, observe: Observe) -> None:
    with heads_like_gets(moto) as endpoint:
        assert {observe(endpoint, row).observed for row in HEADS} == {"supported"}


@pytest.mark.parametrize("row", [*ROWS, HEADS[0]])
def test_override_when_dropped_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, *OVERRIDES) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", [ROWS[0], HEADS[0]])
def test_override_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, *OVERRIDES) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_override_when_cut_off_is_partial(moto: Endpoint, observe: Observe) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        asked = "response-content-type" in request.parameters
        return with_headers(answer, [("Content-Type", "text/x-asked")]) if asked else answer

    with spoiling(moto, spoil) as endpoint:
        seen = observe(endpoint, "GetObject/response-content-type")
    assert (seen.observed, failed(seen)) == ("partial", {"to-the-letter", "in-a-range"})


def test_header_when_the_same_is_returned_to_everybody_is_ignored(
    moto: Endpoint, observe: Observe
) -> None:
    """Then the request has changed nothing."""
    value = OVERRIDES["response-content-type"][1]

    def spoil(_: Request, answer: Answer) -> Answer:
        return with_headers(answer, [("Content-Type", value)])

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "GetObject/response-content-type").observed == "ignored"
