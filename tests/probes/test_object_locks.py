"""Retention and legal hold as operations: kept, told, nodded at, refused and misrouted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import conformance.probes.object_lock_operations  # noqa: F401 - registers its probes
from conformance.probing import PROBES, Workbench
from conformance.run import observation_of
from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.sandbox.ledger import ENVIRONMENT
from conformance.sandbox.sandbox import Sandbox
from conformance.subjects.locked_versions import ENABLED, HOLD, MODE
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    REFUSAL,
    Answer,
    Request,
    proxy,
    refusing_flags,
    spoiling,
    stripping,
)

PUTS = ["PutObjectRetention", "PutObjectLegalHold"]
GETS = ["GetObjectRetention", "GetObjectLegalHold"]
SUBRESOURCES = {"PutObjectRetention": "retention", "PutObjectLegalHold": "legal-hold"}
SUBRESOURCES.update({row.replace("Put", "Get"): name for row, name in [*SUBRESOURCES.items()]})
NOT_LOCKED = Answer(status=404, body=b"<Error><Code>NoSuchObjectLockConfiguration</Code></Error>")
Ask = Callable[[Request], Answer]


def asks(request: Request, row: str, method: str) -> bool:
    return request.method == method and SUBRESOURCES[row] in request.flags


def keeping(locks: dict[str, bytes], request: Request, ask: Ask) -> Answer:
    """Tells the lock that was put, which moto does not do of a retention."""
    for name in SUBRESOURCES.values():
        if name in request.flags and request.method == "PUT":
            locks[request.path + name] = request.body
        if name in request.flags and request.method == "GET":
            told = locks.get(request.path + name)
            return replace(NOT_LOCKED, status=200, body=told) if told else NOT_LOCKED
    return ask(request)


@pytest.mark.parametrize("row", PUTS)
def test_kept(moto: Endpoint, observe: Observe, row: str) -> None:
    seen = observe(moto, row)
    assert (seen.observed, seen.hazard) == ("supported", None), seen.reason


@pytest.mark.parametrize("row", GETS)
def test_told(moto: Endpoint, observe: Observe, row: str) -> None:
    locks: dict[str, bytes] = {}
    with proxy(moto, lambda request, ask: keeping(locks, request, ask)) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("supported", None), seen.reason


@pytest.mark.parametrize("row", PUTS)
def test_nodded_at(moto: Endpoint, observe: Observe, row: str) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return Answer(status=200) if asks(request, row, "PUT") else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", PUTS)
def test_told_and_not_kept(moto: Endpoint, observe: Observe, row: str) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return Answer(status=204) if request.method == "DELETE" else answer

    with spoiling(moto, spoil) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", PUTS)
def test_no_version_can_be_deleted(moto: Endpoint, observe: Observe, row: str) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return REFUSAL if request.method == "DELETE" else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "broken"


@pytest.mark.parametrize("row", PUTS)
def test_kept_and_not_told(moto: Endpoint, observe: Observe, row: str) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        lock = "x-amz-object-lock"
        told = tuple((n, v) for n, v in answer.headers if not n.lower().startswith(lock))
        return replace(answer, headers=told)

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "partial"


@pytest.mark.parametrize("row", PUTS)
def test_the_object_is_overwritten_instead(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, SUBRESOURCES[row]) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.DESTRUCTIVE), seen.reason


@pytest.mark.parametrize("methods", [["GET"], ["GET", "PUT"]], ids=" ".join)
@pytest.mark.parametrize("row", GETS)
def test_the_object_is_told_instead(
    moto: Endpoint, observe: Observe, row: str, methods: list[str]
) -> None:
    """With Put misread too, the object is the very document that was put."""
    with stripping(moto, SUBRESOURCES[row], methods=methods) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", GETS)
def test_the_object_is_told_where_nothing_can_be_locked(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if asks(request, row, "GET"):
            return ask(request.without(SUBRESOURCES[row]))
        locks = {ENABLED, MODE, HOLD, SUBRESOURCES[row]} & request.flags
        return REFUSAL if locks else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", GETS)
def test_every_object_is_told_to_be_locked(moto: Endpoint, observe: Observe, row: str) -> None:
    last: list[bytes] = []

    def respond(request: Request, ask: Ask) -> Answer:
        if asks(request, row, "PUT"):
            last.append(request.body)
        return Answer(status=200, body=last[-1]) if asks(request, row, "GET") else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", GETS)
def test_told_under_another_name(moto: Endpoint, observe: Observe, row: str) -> None:
    locks: dict[str, bytes] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        answer = keeping(locks, request, ask)
        other = re.sub(rb"(</?)(Retention|LegalHold)\b", rb"\1ObjectLock", answer.body)
        return replace(answer, body=other) if asks(request, row, "GET") else answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "partial"


def test_another_date_is_told(moto: Endpoint, observe: Observe) -> None:
    lie = b"<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2001-01-01T00:00:00Z"
    lie += b"</RetainUntilDate></Retention>"

    def respond(request: Request, ask: Ask) -> Answer:
        get = asks(request, "GetObjectRetention", "GET")
        return Answer(status=200, body=lie) if get else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "GetObjectRetention").observed == "broken"


@pytest.mark.parametrize("row", GETS)
def test_a_stub_where_nothing_can_be_locked(moto: Endpoint, observe: Observe, row: str) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if asks(request, row, "GET"):
            return NOT_LOCKED
        locks = {ENABLED, MODE, HOLD, SUBRESOURCES[row]} & request.flags
        return REFUSAL if locks else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "unproven"


@pytest.mark.parametrize("row", GETS)
def test_told_of_what_was_locked_as_it_was_stored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """Where Put is refused, headers can still lock an object."""
    held: dict[str, bytes] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        if request.header(HOLD):
            held[request.path + "legal-hold"] = b"<LegalHold><Status>ON</Status></LegalHold>"
        if request.header(MODE):
            date = (request.header("x-amz-object-lock-retain-until-date") or "").encode()
            body = b"<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>" + date
            held[request.path + "retention"] = body + b"</RetainUntilDate></Retention>"
        if asks(request, row, "PUT"):
            return REFUSAL
        return keeping(held, request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize("row", [*PUTS, *GETS])
def test_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, SUBRESOURCES[row]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize(
    ("code", "word"), [("InvalidRequest", "unknown"), ("NotImplemented", "rejected")]
)
def test_a_given_bucket_is_perhaps_without_object_lock(
    moto: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, word: str
) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    Client(moto, Redactor()).send(Call(operation="CreateBucket", bucket="given-for-locks"))
    refusal = Answer(status=400, body=f"<Error><Code>{code}</Code></Error>".encode())

    def respond(request: Request, ask: Ask) -> Answer:
        return refusal if request.flags & {*SUBRESOURCES.values()} else ask(request)

    with proxy(moto, respond) as endpoint:
        sandbox = Sandbox(Client(endpoint, Redactor()), given=("given-for-locks",))
        seen = {observation_of(PROBES[row], Workbench(sandbox)).observed for row in [*PUTS, *GETS]}
        sandbox.ledger.close(keep=False)
    assert seen == {word}
