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


def test_confirmation_when_needed_is_supported(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, _guarding) as endpoint:
        assert observe(endpoint, CONFIRMING).observed == "supported"


def test_confirmation_when_ignored_is_ignored(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, _guarding) as inner, stripping(inner, CONFIRM) as endpoint:
        assert observe(endpoint, CONFIRMING).observed == "ignored"


def test_confirmation_when_policy_is_not_stored_is_partial(
    moto: Endpoint, observe: Observe
) -> None:
    def nodding(request: Request, ask: Ask) -> Answer:
        flagged = request.header(CONFIRM) and b"s3:PutBucketPolicy" in request.body
        return Answer(status=204) if flagged else _guarding(request, ask)

    with proxy(moto, nodding) as endpoint:
        assert observe(endpoint, CONFIRMING).observed == "partial"


def test_confirmation_when_never_needed_is_ignored(moto: Endpoint, observe: Observe) -> None:
    assert observe(moto, CONFIRMING).observed == "ignored"


def test_confirmation_when_refused_is_rejected(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, CONFIRM) as endpoint:
        assert observe(endpoint, CONFIRMING).observed == "rejected"


@pytest.mark.parametrize("operation", ["PutBucketReplication", "PutObjectLockConfiguration"])
def test_lock_token_when_unknown_is_served_is_unproven(
    moto: Endpoint, observe: Observe, operation: str
) -> None:
    row = f"{operation}/{GRANTED_BY_SUPPORT}"
    assert observe(moto, row).observed == "unproven"
    with refusing_flags(moto, GRANTED_BY_SUPPORT) as endpoint:
        assert observe(endpoint, row).observed == "rejected"
