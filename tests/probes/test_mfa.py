"""The device's header: read, ignored, refused, and refused whatever it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from conformance.probes.mfa import MALFORMED, MFA, OPERATIONS
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy, refusing_flags

ROWS = [f"{operation}/{MFA}" for operation in OPERATIONS]
INVALID = Answer(status=400, body=b"<Error><Code>InvalidArgument</Code></Error>")
DENIED = Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")


@contextmanager
def reading(upstream: Endpoint, malformed: Answer, other: Answer | None) -> Iterator[Endpoint]:
    """A proxy that refuses the malformed value, and any other unless that is None."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        value = request.header(MFA)
        answer = malformed if value == MALFORMED else other
        return ask(request) if value is None or answer is None else answer

    with proxy(upstream, respond) as endpoint:
        yield endpoint


@pytest.mark.parametrize("other", [None, DENIED])
@pytest.mark.parametrize("row", ROWS)
def test_read(moto: Endpoint, observe: Observe, row: str, other: Answer | None) -> None:
    with reading(moto, INVALID, other) as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize("row", ROWS)
def test_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    seen = observe(moto, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT)


@pytest.mark.parametrize("row", ROWS)
def test_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, MFA) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", ROWS)
def test_refused_whatever_it_says(moto: Endpoint, observe: Observe, row: str) -> None:
    with reading(moto, INVALID, INVALID) as endpoint:
        assert observe(endpoint, row).observed == "unproven"
