"""Every hostile answer ends by the deadline, and is no traceback."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from conformance.s3.client import Client, Deadlines, NoAnswer
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.s3.response import Response
from conformance.s3.xml import leaves
from tests.hostile.answers import ANSWERS, DOCUMENTS, TIME, WORDS
from tests.hostile.server import hostile

# Short where only the deadline ends an answer; else long, for a busy machine.
SHORT, LONG = 0.4, 30.0
# Without a deadline such an answer takes minutes.
BOUND = 60.0
WITHIN = ("comment-of-megabytes", "elements-within-the-limits", "text-within-the-limits")


def wire_to(url: str, total: float) -> Client:
    keys = Credentials(access_key="fake-access", secret_key="fake-secret")
    endpoint = Endpoint(url=url, region="us-east-1", credentials=keys)
    return Client(endpoint, Redactor(), Deadlines(connect=LONG, read=total, total=total))


def ask(url: str, total: float) -> tuple[Response | NoAnswer, float]:
    """The outcome of one request, with all that a probe may read of it, and the seconds it took."""
    started = time.monotonic()
    outcome: Response | NoAnswer
    try:
        # A PUT, for a GET whose connection was cut is sent again.
        outcome = wire_to(url, total).send(Call(operation="PutBucketTagging", bucket="b"))
        _ = outcome.code, outcome.message, outcome.texts(".//Key"), leaves(outcome.body)
    except NoAnswer as trouble:
        outcome = trouble
    return outcome, time.monotonic() - started


@pytest.fixture(scope="module")
def outcomes() -> dict[str, tuple[Response | NoAnswer, float]]:
    """The outcome of every answer, eight at a time."""
    with ExitStack() as stack, ThreadPoolExecutor(max_workers=8) as pool:
        urls = {name: stack.enter_context(hostile(script)) for name, script in ANSWERS.items()}
        totals = [SHORT if name in TIME else LONG for name in urls]
        return dict(zip(urls, pool.map(ask, urls.values(), totals), strict=True))


@pytest.mark.parametrize("name", ANSWERS)
def test_send_when_the_answer_is_hostile_ends(
    outcomes: dict[str, tuple[Response | NoAnswer, float]], name: str
) -> None:
    outcome, seconds = outcomes[name]
    assert seconds < BOUND
    if isinstance(outcome, Response):
        assert len(outcome.code) <= 300
        assert outcome.code.isprintable()
        assert "##" not in outcome.code
        assert not outcome.message.startswith("::")
    else:
        assert len(str(outcome)) <= 400
        assert str(outcome).isprintable()


@pytest.mark.parametrize("name", TIME)
def test_send_when_the_answer_never_ends_raises_no_answer(
    outcomes: dict[str, tuple[Response | NoAnswer, float]], name: str
) -> None:
    if name == "103-early-hints-drip":  # http.client takes the first for the answer
        return
    assert isinstance(outcomes[name][0], NoAnswer)


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name not in WITHIN])
def test_xml_when_the_document_is_outside_the_limits_is_empty(
    outcomes: dict[str, tuple[Response | NoAnswer, float]], name: str
) -> None:
    outcome = outcomes[name][0]
    assert isinstance(outcome, NoAnswer) or outcome.root == ""


def test_code_when_it_is_a_command_is_broken(
    outcomes: dict[str, tuple[Response | NoAnswer, float]],
) -> None:
    outcome = outcomes["code-commands-ci"][0]
    assert isinstance(outcome, Response)
    assert outcome.code == "# #[error]owned"
    assert outcome.message == "a : :error::owned : :add-mask::x"
    assert set(WORDS) <= set(outcomes)
