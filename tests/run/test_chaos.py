"""Trouble on the way is no verdict: throttling, resets, silence, hostile answers, sudden death."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from conformance import probes
from conformance.matrix import Matrix, load
from conformance.probing import PROBES
from conformance.run import Gone, Observer, preflight
from conformance.run.embedded import embedded
from conformance.s3 import patience
from conformance.s3.client import Client, Deadlines
from conformance.s3.endpoint import Endpoint
from conformance.s3.redact import Redactor
from conformance.sandbox.sandbox import Sandbox
from conformance.serve.http import Answer, Request, serving
from tests.families import EVERY_ROW
from tests.probes.fakes import proxy
from tests.servers import error

probes.load_all()
R2 = load(Path(__file__).parents[2] / "specs" / "r2.yaml")
SLOW_DOWN = Answer(status=503, body=error(503, "SlowDown").partition(b"\r\n\r\n")[2])
Ask = Callable[[Request], Answer]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "pause", lambda *_: 0.0)
    monkeypatch.setattr(preflight, "PULSES", (0.0,) * 4)


def chosen() -> Matrix:
    """R2's matrix, with one row of each topic if not all are wanted."""
    rows = {row.id: row for row in R2.rows if row.id in PROBES}
    topics = {PROBES[row].topic: row for row in reversed(rows)}
    ids = rows if EVERY_ROW else topics.values()
    return replace(R2, rows=tuple(rows[row] for row in ids))


SOME = chosen()


@contextmanager
def between(respond: Callable[[Request, Ask], Answer]) -> Iterator[Endpoint]:
    """The embedded endpoint with something between it and us."""
    with embedded() as behind, proxy(behind, respond) as endpoint:
        # It needs no clean-up behind a proxy either.
        yield replace(endpoint, embedded=True)


def verdicts(
    endpoint: Endpoint, jobs: int = 8, matrix: Matrix = SOME, patience: float = 60
) -> dict[str, str]:
    """Observe a matrix; rows that were given up are left out."""
    client = Client(endpoint, Redactor(), Deadlines(read=patience))
    sandbox = Sandbox(client)
    observer = Observer(sandbox, jobs)
    observer.learn(matrix.rows)
    rows = [row for row in matrix.rows if row.id in PROBES]
    observer.start(rows)
    found = {}
    try:
        for row in rows:
            found[row.id] = str(observer.result(row).observation.observed)
    except Gone:
        pass
    finally:
        observer.close()
        sandbox.ledger.close(keep=False)
    return found


@pytest.fixture(scope="module")
def steady() -> dict[str, str]:
    """The verdicts when nothing is in the way, one row after the other."""
    with embedded() as endpoint:
        return verdicts(endpoint, jobs=1)


def unsteady(seed: int) -> Callable[[Request, Ask], Answer]:
    """One of five requests throttled, one of twenty cut off, half of these after the fact."""
    chance, lock = random.Random(seed), threading.Lock()

    def respond(request: Request, ask: Ask) -> Answer:
        with lock:
            number = chance.random()
        if number < 0.2:
            return SLOW_DOWN
        if number < 0.225:
            raise ConnectionResetError
        if number < 0.25:
            ask(request)
            raise ConnectionResetError
        return ask(request)

    return respond


def test_verdicts_when_the_endpoint_is_unsteady_are_those_of_a_steady_one(
    steady: dict[str, str],
) -> None:
    with between(unsteady(7)) as endpoint:
        shaken = verdicts(endpoint)

    assert [*shaken] == [*steady]
    undecided = [row for row, word in shaken.items() if word == "unknown" != steady[row]]
    # A request that changes something and was cut off is not sent again.
    assert len(undecided) <= 1 + len(steady) / 100
    differing = {
        row: (steady[row], word)
        for row, word in shaken.items()
        if word != steady[row] and row not in undecided
    }
    assert differing == {}


def test_verdicts_when_many_rows_run_at_once_in_another_order_are_the_same(
    steady: dict[str, str],
) -> None:
    rows = [*SOME.rows]
    random.Random(3).shuffle(rows)
    with embedded() as endpoint:
        assert verdicts(endpoint, jobs=16, matrix=replace(R2, rows=tuple(rows))) == steady


HOSTILE = {
    "entity bomb": Answer(
        status=200,
        body=b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>',
    ),
    "another root": Answer(status=200, body=b"<Surprise><Key>k</Key></Surprise>"),
    "HTML": Answer(status=200, body=b"<html><body>Sign in</body></html>"),
    "half an element": Answer(status=200, body=b"<ListBucketResult><Contents><Key>"),
    "bytes": Answer(status=200, body=bytes(range(256))),
    "a long body": Answer(status=200, body=b"x" * 20_000_000),
    "500": Answer(status=500, body=b"<Error><Code>InternalError</Code></Error>"),
    "another host": Answer(status=307, headers=(("Location", "http://127.0.0.1:1/"),)),
    "script": Answer(status=200, headers=(("ETag", "<script>alert(1)</script>"),)),
}
OPERATIONS = (
    "GetObject",
    "ListObjectsV2",
    "PutObject",
    "GetBucketPolicy",
    "Checksum",
    "CopyObject",
)


def answered(answer: Answer, rows: int, patience: float = 60) -> dict[str, str]:
    """The verdicts on a server that answers all but ListBuckets with this."""
    some = [row for row in R2.rows if row.operation in OPERATIONS and "/x-amz" not in row.id]

    def respond(request: Request) -> Answer:
        if request.path == "/":
            return Answer(status=200, body=b"<ListAllMyBucketsResult/>")
        return answer

    with embedded() as behind, serving(respond) as url:
        matrix = replace(R2, rows=tuple(some[:rows]))
        return verdicts(replace(behind, url=url), matrix=matrix, patience=patience)


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_verdicts_when_every_answer_is_hostile_are_never_supported(answer: Answer) -> None:
    found = answered(answer, rows=3 if len(answer.body) > 1_000_000 else 99)
    assert found
    assert "supported" not in found.values()


def test_run_when_the_server_only_has_a_pulse_ends() -> None:
    """It answers the simplest request, but cuts every other short."""
    cut = Answer(status=200, headers=(("Content-Length", "999"),), body=b"short")
    assert answered(cut, rows=99, patience=0.2) == {}


def run(pytester: pytest.Pytester, url: str, *arguments: str) -> dict[str, object]:
    matrix = Path(__file__).parents[2] / "specs" / "r2.yaml"
    options = ["--endpoint-url", url, "--results", "r.json", "-p", "no:cacheprovider"]
    result = pytester.runpytest_inprocess(str(matrix), *options, *arguments)
    document: dict[str, object] = json.loads((pytester.path / "r.json").read_text())
    document["status"] = int(result.ret)
    document["said"] = result.stdout.str() + result.stderr.str()
    return document


@pytest.mark.parametrize(("how", "patience"), [("dies", "20"), ("hangs", "2")])
def test_run_when_the_endpoint_dies_ends_with_incomplete_results(
    pytester: pytest.Pytester, with_credentials: None, how: str, patience: str
) -> None:
    """One sentence, results marked incomplete, what was not observed unknown."""
    count, gone, over = [0], threading.Event(), threading.Event()

    def respond(request: Request, ask: Ask) -> Answer:
        count[0] += 1
        if count[0] > 400 or gone.is_set():
            gone.set()
            if how == "hangs":
                over.wait(30)
            raise ConnectionResetError
        return ask(request)

    with between(respond) as endpoint:
        document = run(pytester, endpoint.url, "--jobs", "8", "--timeout", patience)
        over.set()

    assert document["status"] == pytest.ExitCode.INTERRUPTED
    assert document["complete"] is False
    assert "the endpoint stopped answering" in str(document["said"])
    assert "requests in flight: " in str(document["said"])
    rows = document["rows"]
    assert isinstance(rows, list)
    assert len(rows) == len(R2.rows)
    left = [row for row in rows if "the run ended before" in row["reason"]]
    assert left
    assert {row["observed"] for row in left} == {"unknown"}


def test_verdict_when_a_server_error_passes_does_not_change() -> None:
    """It comes three times in a row and never again."""
    row = next(row for row in R2.rows if row.id == "PutObject/x-amz-website-redirect-location")
    left, lock = [3], threading.Lock()

    def respond(request: Request, ask: Ask) -> Answer:
        with lock:
            errs = request.header("x-amz-website-redirect-location") is not None and left[0] > 0
            left[0] -= errs
        return Answer(status=500) if errs else ask(request)

    one = replace(R2, rows=(row,))
    with embedded() as endpoint:
        clean = verdicts(endpoint, matrix=one)
    with between(respond) as endpoint:
        assert verdicts(endpoint, matrix=one) == clean
    assert left == [0]
