"""Objects encrypted anew: told so, not told, overwritten, refused, and without a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.probes.object_encryption import SSE
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    proxy,
    refusing_flags,
    stripping,
    with_headers,
)

ROW = "UpdateObjectEncryption"
KEY = "arn:aws:kms:us-east-1:123456789012:key/ours"
Ask = Callable[[Request], Answer]


class Telling:
    """Tells of an object that its encryption was updated."""

    def __init__(self, how: str = "aws:kms") -> None:
        self.paths: set[str] = set()
        self.how = how

    def __call__(self, request: Request, ask: Ask) -> Answer:
        if "encryption" in request.flags:
            self.paths.add(request.path)
            return Answer(status=200)
        answer = ask(request)
        told = request.method == "HEAD" and request.path in self.paths
        return with_headers(answer, [(SSE, self.how)]) if told else answer


def test_told(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, Telling()) as endpoint:
        seen = observe(replace(endpoint, kms_key_id=KEY), ROW)
    assert (seen.observed, seen.hazard) == ("supported", None), seen.reason


def test_something_else_is_told(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, Telling("aws:other")) as endpoint:
        assert observe(endpoint, ROW).observed == "broken"


def test_nodded_at(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return Answer(status=200) if "encryption" in request.flags else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, ROW)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


def test_the_object_is_overwritten_instead(moto: Endpoint, observe: Observe) -> None:
    with stripping(moto, "encryption") as endpoint:
        seen = observe(endpoint, ROW)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.DESTRUCTIVE), seen.reason


@pytest.mark.parametrize(("key", "word"), [(None, "unknown"), (KEY, "rejected")])
def test_there_is_no_such_key(moto: Endpoint, observe: Observe, key: str | None, word: str) -> None:
    refusal = Answer(status=400, body=b"<Error><Code>KMS.NotFoundException</Code></Error>")

    def respond(request: Request, ask: Ask) -> Answer:
        return refusal if "encryption" in request.flags else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(replace(endpoint, kms_key_id=key), ROW).observed == word


def test_refused(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, "encryption") as endpoint:
        assert observe(endpoint, ROW).observed == "rejected"
