"""A function's answer: taken for a made-up token, refused for it, and not known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import conformance.probes.object_lambda  # noqa: F401 - registers its probes
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy

ROW = "WriteGetObjectResponse"
Ask = Callable[[Request], Answer]


def error(status: int, code: str) -> Answer:
    return Answer(status=status, body=f"<Error><Code>{code}</Code></Error>".encode())


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (Answer(status=200), "ignored"),
        (error(400, "ValidationError"), "unknown"),
        (error(403, "AccessDenied"), "unknown"),
        (error(400, "InvalidBucketName"), "rejected"),
        (error(404, "NoSuchBucket"), "rejected"),
        (error(405, "MethodNotAllowed"), "rejected"),
        (error(501, "NotImplemented"), "rejected"),
        (error(500, "InternalError"), "broken"),
    ],
)
def test_answered(moto: Endpoint, observe: Observe, answer: Answer, word: str) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if request.method != "POST":
            return ask(request)
        return answer if ROW in request.path else error(404, "NoSuchBucket")

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == word


def test_whatever_is_posted_is_denied(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return error(403, "AccessDenied") if request.method == "POST" else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == "rejected"
