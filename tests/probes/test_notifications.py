"""Notifications: whichever destination is taken, and none where one must exist first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance import probes
from conformance.probes.bucket_configuration_headers import SKIP
from conformance.s3.endpoint import Endpoint
from conformance.subjects.notifications import GET, PUT
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy, refusing_flags, stripping

probes.load_all()
Ask = Callable[[Request], Answer]
ARN = "arn:aws:sns:us-east-1:123456789012:there"
SKIPPING = f"{PUT}/{SKIP}"


def error(status: int, code: str) -> Answer:
    return Answer(status=status, body=f"<Error><Code>{code}</Code></Error>".encode())


NO_SUCH = error(400, "InvalidArgument")
MALFORMED = error(400, "MalformedXML")


def _validating(request: Request, ask: Ask) -> Answer:
    """Knows topics only, and one of them."""
    if request.method != "PUT" or "notification" not in request.flags:
        return ask(request)
    if b"EventBridge" in request.body or b"<Queue" in request.body:
        return MALFORMED
    return (
        ask(request) if b"<Topic" not in request.body or ARN.encode() in request.body else NO_SUCH
    )


def _skipping(request: Request, ask: Ask) -> Answer:
    """Knows EventBridge and queues, which must exist unless the header says otherwise."""
    if "notification" not in request.flags or request.method == "DELETE":
        return ask(request)
    if request.method == "GET":
        answer = ask(request)
        bridge = b"<EventBridgeConfiguration/></NotificationConfiguration>"
        return (
            replace(answer, body=b"<NotificationConfiguration>" + bridge)
            if (request.path in _skipping_on)
            else answer
        )
    (_skipping_on.add if b"EventBridge" in request.body else _skipping_on.discard)(request.path)
    stray = b"<Queue" in request.body or b"<Topic" in request.body
    return NO_SUCH if stray and request.header(SKIP) != "true" else ask(request)


_skipping_on: set[str] = set()


@pytest.mark.parametrize("row", [GET, PUT])
def test_notification_when_any_destination_is_stored_is_supported(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    assert observe(moto, row).observed == "supported"


@pytest.mark.parametrize("row", [GET, PUT])
def test_notification_when_destination_is_named_is_supported(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with proxy(moto, _validating) as endpoint:
        assert observe(replace(endpoint, destination_arn=ARN), row).observed == "supported"


def test_notification_when_no_destination_is_known_is_unknown(
    moto: Endpoint, observe: Observe
) -> None:
    with proxy(moto, _validating) as endpoint:
        seen = observe(endpoint, PUT)
    assert seen.observed == "unknown"
    assert "--destination-arn" in seen.reason


def test_notification_when_every_destination_is_refused_is_rejected(
    moto: Endpoint, observe: Observe
) -> None:
    """That is a refusal of the operation, whatever its code."""

    def respond(request: Request, ask: Ask) -> Answer:
        put = request.method == "PUT" and "notification" in request.flags
        return NO_SUCH if put else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, PUT).observed == "rejected"
    with refusing_flags(moto, "notification") as endpoint:
        assert observe(endpoint, PUT).observed == "rejected"


def test_notification_when_nothing_is_stored_is_ignored(moto: Endpoint, observe: Observe) -> None:
    with stripping(moto, "notification") as endpoint:
        assert observe(endpoint, PUT).observed == "ignored"


def test_skip_validation_when_applied_is_supported(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, _skipping) as endpoint:
        assert observe(endpoint, SKIPPING).observed == "supported"


def test_skip_validation_when_ignored_is_ignored(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, _skipping) as inner, stripping(inner, SKIP) as endpoint:
        assert observe(endpoint, SKIPPING).observed == "ignored"


def test_skip_validation_when_there_is_none_is_ignored(moto: Endpoint, observe: Observe) -> None:
    assert observe(moto, SKIPPING).observed == "ignored"


def test_skip_validation_when_refused_is_rejected(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, SKIP) as endpoint:
        assert observe(endpoint, SKIPPING).observed == "rejected"
