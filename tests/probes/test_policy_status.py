"""Whether a policy lets everybody in: returned, refused, ignored and constant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance import probes
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy, refusing_flags, spoiling, stripping

probes.load_all()
Ask = Callable[[Request], Answer]


def test_policy_status_when_known_refused_or_unknown(moto: Endpoint, observe: Observe) -> None:
    assert observe(moto, "GetBucketPolicyStatus").observed == "supported"
    with refusing_flags(moto, "policyStatus") as endpoint:
        assert observe(endpoint, "GetBucketPolicyStatus").observed == "rejected"
    with stripping(moto, "policyStatus") as endpoint:
        assert observe(endpoint, "GetBucketPolicyStatus").observed == "ignored"


def test_policy_status_when_a_listing_is_ignored(moto: Endpoint, observe: Observe) -> None:
    """Also where no policy can be put."""

    def respond(request: Request, ask: Ask) -> Answer:
        if "policy" in request.flags and request.method == "PUT":
            return Answer(status=500)
        return ask(request.without("policystatus"))

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "GetBucketPolicyStatus").observed == "ignored"


def test_policy_status_when_always_private_is_broken(moto: Endpoint, observe: Observe) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        body = answer.body.replace(b">true<", b">false<").replace(b">True<", b">False<")
        return replace(answer, body=body)

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "GetBucketPolicyStatus").observed == "broken"
