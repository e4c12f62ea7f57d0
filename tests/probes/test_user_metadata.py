"""User-defined metadata: stored, dropped, refused, and stored in part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from conformance.probes.user_metadata import ANY, COPIED, NAME, OTHER
from conformance.s3.endpoint import Endpoint
from conformance.subjects.writes import WRITES
from tests.probes.conftest import Observe, failed
from tests.probes.fakes import REFUSAL, Answer, Request, proxy, stripping

ROWS = [f"{operation}/{ANY}" for operation in WRITES]


@contextmanager
def refusing_metadata(upstream: Endpoint) -> Iterator[Endpoint]:
    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        asked = request.header(NAME) or request.header(OTHER)
        return REFUSAL if asked else ask(request)

    with proxy(upstream, respond) as endpoint:
        yield endpoint


@pytest.mark.parametrize("row", ROWS)
def test_metadata_when_stored_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    seen = observe(moto, row)
    assert (seen.observed, failed(seen)) == ("supported", set())


@pytest.mark.parametrize("row", ROWS)
def test_metadata_when_dropped_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, NAME, OTHER, COPIED) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", ROWS)
def test_metadata_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_metadata(moto) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_metadata_when_one_header_alone_is_stored_is_partial(
    moto: Endpoint, observe: Observe
) -> None:
    with stripping(moto, OTHER) as endpoint:
        seen = observe(endpoint, ROWS[0])
    assert (seen.observed, failed(seen)) == ("partial", {"all-of-them"})


def test_metadata_of_a_copy_when_its_directive_is_dropped_is_ignored(
    moto: Endpoint, observe: Observe
) -> None:
    with stripping(moto, "x-amz-metadata-directive") as endpoint:
        seen = observe(endpoint, f"CopyObject/{ANY}")
    assert seen.observed == "ignored"
