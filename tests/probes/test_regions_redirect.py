"""A server that redirects a request signed for another region has looked at the region."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.probes.regions import REGIONS
from conformance.s3.endpoint import Endpoint
from conformance.serve.http import error
from conformance.subjects.strange_region import NOWHERE
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy


@pytest.mark.parametrize("region", REGIONS)
def test_signing_when_a_strange_region_is_redirected_is_supported(
    moto: Endpoint, observe: Observe, region: str
) -> None:
    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        strange = f"/{NOWHERE}/" in (request.header("Authorization") or "")
        return error(301, "PermanentRedirect") if strange else ask(request)

    with proxy(moto, respond) as endpoint:
        observation = observe(endpoint, f"Region/{region}/signing")
    assert observation.observed == "supported"
    assert f"301 PermanentRedirect for {NOWHERE!r}" in observation.reason
