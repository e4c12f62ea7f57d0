"""Objects stored by forms: checked, not checked, refused, and not known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import conformance.probes.post_object  # noqa: F401 - registers its probes
from conformance.probing import Workbench
from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint
from conformance.s3.redact import Redactor
from conformance.sandbox.ledger import ENVIRONMENT
from conformance.sandbox.sandbox import Sandbox
from conformance.subjects.forms import form
from conformance.verdict import Hazard
from tests import strict_forms
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    REFUSAL,
    Answer,
    Request,
    proxy,
    spoiling,
)

ROW = "PostObject"
DENIED = Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")
BAD_METHOD = Answer(status=405, body=b"<Error><Code>MethodNotAllowed</Code></Error>")
Ask = Callable[[Request], Answer]


def posts(request: Request) -> bool:
    return request.method == "POST" and not request.query


def checking(moto: Endpoint) -> Callable[[Request, Ask], Answer]:
    """Checks forms, and no signature of anything else but HeadBucket's."""

    def respond(request: Request, ask: Ask) -> Answer:
        forged = request.method == "HEAD" and request.path.count("/") == 1
        if not posts(request):
            return DENIED if forged else ask(request)
        return DENIED if strict_forms.fault(request, moto.credentials) else ask(request)

    return respond


def test_form_when_checked_is_supported(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, checking(moto)) as endpoint:
        seen = observe(endpoint, ROW)
    assert (seen.observed, seen.hazard) == ("supported", None), seen.reason


def test_form_when_nothing_is_checked_is_silent(moto: Endpoint, observe: Observe) -> None:
    """By a server that verifies signatures elsewhere."""

    def respond(request: Request, ask: Ask) -> Answer:
        head = request.method == "HEAD" and request.path.count("/") == 1
        return DENIED if head else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, ROW)
    assert (seen.observed, seen.hazard) == ("partial", Hazard.SILENT), seen.reason


def test_form_when_no_signature_is_ever_checked_is_partial(
    moto: Endpoint, observe: Observe
) -> None:
    seen = observe(moto, ROW)
    assert (seen.observed, seen.hazard) == ("partial", None), seen.reason


@pytest.mark.parametrize("overlooked", [2, 3, 4, 5], ids=["key", "time", "signature", "length"])
def test_form_when_one_condition_is_not_checked_is_silent(
    moto: Endpoint, observe: Observe, overlooked: int
) -> None:
    """Of the five forms this one is served whatever is wrong with it."""
    check, posted = checking(moto), list[str]()

    def respond(request: Request, ask: Ask) -> Answer:
        if posts(request):
            posted.append(request.target)
        answer = check(request, ask)
        return ask(request) if posts(request) and len(posted) == overlooked else answer

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, ROW)
    assert (seen.observed, seen.hazard) == ("partial", Hazard.SILENT), seen.reason


def test_form_when_without_effect_is_ignored(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, lambda r, ask: Answer(status=204) if posts(r) else ask(r)) as endpoint:
        assert observe(endpoint, ROW).observed == "ignored"


def test_form_when_other_bytes_are_read_is_corrupting(moto: Endpoint, observe: Observe) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        get = request.method == "GET" and answer.status == 200
        return Answer(status=200, body=b"others") if get else answer

    with spoiling(moto, spoil) as endpoint:
        seen = observe(endpoint, ROW)
    assert (seen.observed, seen.hazard) == ("broken", Hazard.CORRUPTING), seen.reason


@pytest.mark.parametrize("refusal", [REFUSAL, BAD_METHOD], ids=["501", "405"])
def test_form_when_refused_is_rejected(moto: Endpoint, observe: Observe, refusal: Answer) -> None:
    with proxy(moto, lambda r, ask: refusal if posts(r) else ask(r)) as endpoint:
        assert observe(endpoint, ROW).observed == "rejected"


@pytest.mark.parametrize(
    ("signed", "word"),
    [(BAD_METHOD, "rejected"), (Answer(status=200), "rejected"), (DENIED, "unknown")],
)
def test_form_when_refused_for_its_signature_is_asked_for_again(
    moto: Endpoint, observe: Observe, signed: Answer, word: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if not posts(request):
            return ask(request)
        return signed if request.header("Authorization") else DENIED

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, ROW).observed == word


def test_evidence_has_no_signature(
    moto: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    sandbox = Sandbox(Client(moto, Redactor()))
    bench = Workbench(sandbox)
    call = form(bench, bench.key(), b"file")
    bench.treat(call, anonymous=True)
    sandbox.ledger.close(keep=False)

    signature = re.findall(rb'"x-amz-signature"\r\n\r\n(\w+)', call.body)[0].decode()
    assert signature not in json.dumps(bench.exchanges[-1])
    assert "x-amz-signature" in json.dumps(bench.exchanges[-1])
