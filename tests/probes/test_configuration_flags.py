"""Policies that shut their writer out, and tokens of AWS's support."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance import probes
from conformance.probes.bucket_configuration_headers import CONFIRM, GRANTED_BY_SUPPORT
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy, refusing_flags, stripping

probes.load_all()
Ask = Callable[[Request], Answer]
CONFIRMING = f"PutBucketPolicy/{CONFIRM}"
LOCKOUT = Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")


def _guarding(request: Request, ask: Ask) -> Answer:
    shuts_out = request.method == "PUT" and b"s3:PutBucketPolicy" in request.body
    return LOCKOUT if shuts_out and request.header(CONFIRM) != "true" else ask(request)


def test_confirmed(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, _guarding) as endpoint:
        assert observe(endpoint, CONFIRMING).observed == "supported"


def test_confirmed_in_vain(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, _guarding) as inner, stripping(inner, CONFIRM) as endpoint:
        assert observe(endpoint, CONFIRMING).observed == "ignored"


def test_confirmed_and_not_stored(moto: Endpoint, observe: Observe) -> None:
    def nodding(request: Request, ask: Ask) -> Answer:
        flagged = request.header(CONFIRM) and b"s3:PutBucketPolicy" in request.body
        return Answer(status=204) if flagged else _guarding(request, ask)

    with proxy(moto, nodding) as endpoint:
        assert observe(endpoint, CONFIRMING).observed == "partial"


def test_there_is_nothing_to_confirm(moto: Endpoint, observe: Observe) -> None:
    assert observe(moto, CONFIRMING).observed == "ignored"


def test_confirming_is_refused(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, CONFIRM) as endpoint:
        assert observe(endpoint, CONFIRMING).observed == "rejected"


@pytest.mark.parametrize("operation", ["PutBucketReplication", "PutObjectLockConfiguration"])
def test_a_token_nobody_gave(moto: Endpoint, observe: Observe, operation: str) -> None:
    row = f"{operation}/{GRANTED_BY_SUPPORT}"
    assert observe(moto, row).observed == "unproven"
    with refusing_flags(moto, GRANTED_BY_SUPPORT) as endpoint:
        assert observe(endpoint, row).observed == "rejected"
