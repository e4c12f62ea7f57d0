"""Forms of a body: on a server that verifies them, and on moto, which verifies nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe, failed
from tests.probes.fakes import REFUSAL, Answer, Request, proxy
from tests.strict import strict

ROWS = [
    f"Body/{name}"
    for name in (
        "sha256",
        "UNSIGNED-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    )
]


@pytest.fixture(scope="module")
def verifying(moto: Endpoint) -> Iterator[Endpoint]:
    with strict(moto) as endpoint:
        yield endpoint


@pytest.mark.parametrize("row", ROWS)
def test_body_when_verified_is_supported(verifying: Endpoint, observe: Observe, row: str) -> None:
    seen = observe(verifying, row)
    assert (seen.observed, failed(seen)) == ("supported", set())


@pytest.mark.parametrize("row", ROWS[:2])
def test_body_when_nothing_is_verified_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    seen = observe(moto, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT)


@pytest.mark.parametrize("row", ROWS[2:])
def test_chunks_when_refused_while_the_plain_body_is_served_are_rejected(
    verifying: Endpoint, observe: Observe, row: str
) -> None:
    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        framed = (request.header("x-amz-content-sha256") or "").startswith("STREAMING-")
        return REFUSAL if framed else ask(request)

    with proxy(verifying, respond) as endpoint:
        assert observe(endpoint, row).observed == "rejected"
