"""The website redirect: stored, dropped, refused and changed."""

from __future__ import annotations

import pytest

from conformance.probes.website_redirect import DIRECTIVE, REDIRECT
from conformance.s3.endpoint import Endpoint
from conformance.subjects.writes import WRITES
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, refusing_flags, spoiling, stripping, with_headers

ROWS = [f"{operation}/{REDIRECT}" for operation in WRITES]


@pytest.mark.parametrize("row", ROWS)
def test_stored(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "supported"


@pytest.mark.parametrize("row", ROWS)
def test_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, REDIRECT) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", ROWS)
def test_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, REDIRECT) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_a_copy_takes_it_without_the_directive_too(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, DIRECTIVE) as endpoint:
        assert observe(endpoint, f"CopyObject/{REDIRECT}").observed in ("supported", "unknown")


@pytest.mark.parametrize("row", ROWS)
def test_changed(moto: Endpoint, observe: Observe, row: str) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return with_headers(answer, [(REDIRECT, "/x")]) if request.method == "HEAD" else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "broken"
