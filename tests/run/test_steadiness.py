"""A row's word does not depend on what passes: bursts, strays, a sentinel that is refused."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from conformance import probes
from conformance.matrix import load
from conformance.run import Gone, Observer, Sighting
from conformance.run import sentinel as sentinel_module
from conformance.run.embedded import embedded
from conformance.s3 import patience
from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint
from conformance.s3.redact import Redactor
from conformance.sandbox.sandbox import Sandbox
from conformance.serve.http import Answer, Request, error
from conformance.verdict import CheckResult, Observation, Observed, Outcome, Weight
from tests.probes.fakes import proxy

probes.load_all()
R2 = {row.id: row for row in load(Path(__file__).parents[2] / "specs" / "r2.yaml").rows}
ROWS = ("GetObject", "GetObject/If-Match", "GetBucketPolicy", "PutObject/x-amz-storage-class")
PAGE = Answer(
    status=200, headers=(("Content-Type", "text/html"),), body=b"<!DOCTYPE html><html></html>"
)
Ask = Callable[[Request], Answer]
Respond = Callable[[Request, Ask], Answer]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "pause", lambda *_: 0.0)
    monkeypatch.setattr(sentinel_module, "FIRST_POLL", 0.0)


@pytest.fixture(scope="module")
def moto() -> Iterator[Endpoint]:
    with embedded() as endpoint:
        yield endpoint


@contextmanager
def observing(moto: Endpoint, respond: Respond) -> Iterator[tuple[Observer, Client]]:
    with proxy(moto, respond) as endpoint:
        client = Client(endpoint, Redactor())
        sandbox = Sandbox(client)
        observer = Observer(sandbox, jobs=1)
        try:
            yield observer, client
        finally:
            observer.close()
            sandbox.ledger.close(keep=False)


def words(observer: Observer, rows: Sequence[str] = ROWS) -> dict[str, str]:
    return {row: str(observer.result(R2[row]).observation.observed) for row in rows}


@pytest.fixture(scope="module")
def clean(moto: Endpoint) -> dict[str, str]:
    with observing(moto, lambda request, ask: ask(request)) as (observer, client):
        found = words(observer)
    assert "unknown" not in found.values()
    assert client.incidents.noted == []
    assert observer.steadiness.repeated == 0
    return found


def meeting(meets: Callable[[int], bool], answer: Answer) -> Respond:
    """Answers the n-th request like this where `meets(n)`, whatever it is."""
    count, lock = [0], threading.Lock()

    def respond(request: Request, ask: Ask) -> Answer:
        with lock:
            count[0] += 1
            number = count[0]
        return answer if meets(number) else ask(request)

    return respond


@pytest.mark.parametrize(
    "answer",
    [
        error(403, "AccessDenied"),
        error(404, "NoSuchBucket"),
        error(501, "NotImplemented"),
        error(412, "PreconditionFailed"),
        Answer(status=500),
        PAGE,
    ],
    ids=lambda it: f"{it.status}",
)
def test_words_when_a_burst_passes_are_those_of_a_clean_run(
    moto: Endpoint, clean: dict[str, str], answer: Answer
) -> None:
    with observing(moto, meeting(lambda n: 12 <= n < 50, answer)) as (observer, client):
        found = words(observer)
        repeated = observer.steadiness.repeated
    assert found == clean
    assert repeated
    assert any("served at other times" in it.what for it in client.incidents.noted)


def test_words_when_head_is_refused_in_a_burst_of_a_code_are_those_of_a_clean_run(
    moto: Endpoint, clean: dict[str, str]
) -> None:
    """A refusal of HEAD has no code, so it does not show that it is of the moment."""
    skewed = error(403, "RequestTimeTooSkewed")
    burst = ["GET", "HEAD", "HEAD"]

    def respond(request: Request, ask: Ask) -> Answer:
        if burst and request.method == burst[-1] and request.path.count("/") > 1:
            burst.pop()
            return skewed
        return ask(request)

    with observing(moto, respond) as (observer, _):
        assert words(observer) == clean
        assert observer.steadiness.repeated
    assert burst == []


@pytest.mark.parametrize("answer", [error(403, "AccessDenied"), PAGE], ids=["403", "page"])
def test_words_when_strays_pass_are_those_of_a_clean_run(
    moto: Endpoint, clean: dict[str, str], answer: Answer
) -> None:
    chance = random.Random(5)
    with observing(moto, meeting(lambda _: chance.random() < 0.08, answer)) as (observer, client):
        assert words(observer) == clean
    assert client.incidents.unsteady


def test_result_when_the_sentinel_stays_refused_ends_the_run_with_one_sentence(
    moto: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentinel_module, "PATIENCE", 0.0)
    refusal = error(403, "AccountProblem")
    with (
        observing(moto, meeting(lambda n: n > 12, refusal)) as (observer, _),
        pytest.raises(Gone, match=r"refuses what it served before \(403 AccountProblem\)"),
    ):
        words(observer)


def test_words_when_the_first_answers_are_wrong_still_have_a_sentinel(
    moto: Endpoint, clean: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentinel_module, "PAUSES", (0.0,) * 4)
    with observing(moto, meeting(lambda n: n < 10, PAGE)) as (observer, _):
        assert words(observer) == clean


def test_row_when_a_page_hides_the_code_of_a_404_is_unknown(moto: Endpoint) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        answer = ask(request)
        return replace(PAGE, status=answer.status) if answer.status >= 400 else answer

    with observing(moto, respond) as (observer, client):
        seen = observer.result(R2["GetBucketPolicy"]).observation
    assert client.hides_errors
    assert seen.observed == "unknown" or "404" not in seen.reason


def sighting(*failed: str) -> Sighting:
    """Of a row with three checks, partial where some failed."""
    checks = tuple(
        CheckResult(
            id=name,
            weight=Weight.PROMISE,
            outcome=Outcome.WRONG if name in failed else Outcome.HELD,
            expected="200",
            observed="200",
            source="test",
        )
        for name in ("one", "two", "three")
    )
    word = Observed.PARTIAL if failed else Observed.SUPPORTED
    observation = Observation(observed=word, reason="", checks=checks)
    return Sighting(observation=observation, exchanges=(), seconds=0.0)


@pytest.mark.parametrize(
    ("seen", "word"),
    [
        ([("one",), ("two",), ("three",), (), ()], "supported"),
        ([("one",), ("two",), ("one",), ("one",)], "partial"),
        ([("one",), ("two",), ("three",), ("one", "two"), ("one",), ()], "unknown"),
    ],
)
def test_row_when_the_endpoint_lied_needs_the_same_checks_to_fail_again(
    moto: Endpoint, seen: list[tuple[str, ...]], word: str
) -> None:
    """Trouble at one request or another makes a row partial each time, for another reason."""
    coming = iter([sighting(*failed) for failed in seen])
    with observing(moto, lambda request, ask: ask(request)) as (observer, client):
        client.incidents.note("a page of HTML", lied=True)
        found = observer.steadiness.observe(lambda: next(coming))

    assert found.observation.observed == word


def test_row_when_the_server_fails_after_its_refusals_needs_three_to_be_supported(
    moto: Endpoint,
) -> None:
    """A refusal that did not last may have been something else's, and the failure the server's."""
    with observing(moto, lambda request, ask: ask(request)) as (observer, client):

        def once(*failed: str) -> Sighting:
            client.incidents.doubt("403 AccessDenied, then 500 InternalError", unresolved=True)
            return sighting(*failed)

        coming = iter([(), (), ("one",), ("one",), ("one",)])
        found = observer.steadiness.observe(lambda: once(*next(coming)))

    assert found.observation.observed == "partial"
