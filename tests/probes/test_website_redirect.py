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
def test_location_on_a_good_server_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    failed = [check.id for check in observe(moto, row).failed if check.weight != "detail"]
    # moto copies it with the rest of the metadata.
    assert failed == (["not-copied"] if row.startswith("Copy") else [])


@pytest.mark.parametrize("row", ROWS)
def test_location_when_dropped_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, REDIRECT) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", ROWS)
def test_location_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, REDIRECT) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_location_of_a_copy_when_the_directive_is_refused_is_not_ignored(
    moto: Endpoint, observe: Observe
) -> None:
    with refusing_flags(moto, DIRECTIVE) as endpoint:
        assert observe(endpoint, f"CopyObject/{REDIRECT}").observed in ("supported", "unknown")


@pytest.mark.parametrize("row", ROWS)
def test_location_when_another_is_read_is_broken(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return with_headers(answer, [(REDIRECT, "/x")]) if request.method == "HEAD" else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "broken"
