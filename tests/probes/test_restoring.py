"""Archived objects: brought back, or not; refused, and overwritten."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.probes.restore_object import RESTORE
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    proxy,
    refusing_flags,
    spoiling,
)

ROW = "RestoreObject"
STATE = Answer(status=403, body=b"<Error><Code>InvalidObjectState</Code></Error>")
CLASS = "x-amz-storage-class"
Ask = Callable[[Request], Answer]


def test_brought_back(moto: Endpoint, observe: Observe) -> None:
    seen = observe(moto, ROW)
    assert seen.observed == "supported", seen.reason


def test_nothing_is_told_of_it(moto: Endpoint, observe: Observe) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        kept = tuple((n, v) for n, v in answer.headers if n.lower() != RESTORE)
        return Answer(status=answer.status, headers=kept, body=answer.body)

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, ROW).observed == "ignored"


def test_what_is_not_archived_is_brought_back_too(moto: Endpoint, observe: Observe) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        refused = "restore" in request.flags and answer.status == 403
        return Answer(status=202) if refused else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, ROW).observed == "partial"


def test_the_object_is_overwritten_instead(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if "restore" not in request.flags:
            return ask(request)
        put = Request(method="PUT", target=request.path, headers=request.headers, body=request.body)
        return ask(put)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, ROW)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.DESTRUCTIVE), seen.reason


@pytest.mark.parametrize(("answer", "word"), [(STATE, "unknown"), (Answer(status=202), "ignored")])
def test_nothing_can_be_archived(
    moto: Endpoint, observe: Observe, answer: Answer, word: str
) -> None:
    """The class is ignored, so that there is nothing to bring back."""

    def respond(request: Request, ask: Ask) -> Answer:
        return answer if "restore" in request.flags else ask(request.without(CLASS))

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == word


def test_no_archive_and_no_restoration(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, CLASS, "restore") as endpoint:
        assert observe(endpoint, ROW).observed == "rejected"


def test_refused(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, "restore") as endpoint:
        assert observe(endpoint, ROW).observed == "rejected"
