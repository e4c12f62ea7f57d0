"""A server that closes the connection over one kind of request fails over that, and no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance import probes
from conformance.matrix import load
from conformance.probing.cuts import LASTING, LASTING_BESIDES, Cuts, Place
from conformance.run import Observer, Sighting, preflight
from conformance.run.embedded import embedded
from conformance.s3.client import Client
from conformance.s3.redact import Redactor
from conformance.sandbox.sandbox import Sandbox
from conformance.serve.http import Answer, Request
from tests.probes.fakes import proxy

probes.load_all()
ROWS = {row.id: row for row in load(Path(__file__).parents[2] / "specs" / "r2.yaml").rows}
SAID = "no answer, for the connection is closed each time"


def seen(rows: list[str], closes: Callable[[Request], bool]) -> dict[str, Sighting]:
    """The rows on moto, where the connection is closed over some requests."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        if closes(request):
            raise ConnectionResetError
        return ask(request)

    with embedded() as moto, proxy(moto, respond) as endpoint:
        sandbox = Sandbox(Client(endpoint, Redactor()))
        observer = Observer(sandbox, jobs=1)
        observer.learn([*ROWS.values()])
        try:
            return {row: observer.result(ROWS[row]) for row in rows}
        finally:
            observer.close()
            sandbox.ledger.close(keep=False)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "PULSES", (0.0,) * len(preflight.PULSES))


def test_rows_when_one_request_of_each_is_cut_each_time_fail_by_its_check_alone() -> None:
    rows = ["HeadObject", "ListObjectsV2/max-keys", "ListObjects/max-keys"]
    found = seen(rows, lambda request: "max-keys=0" in request.target)
    assert found["HeadObject"].observation.observed == "supported"
    for row in rows[1:]:
        observation = found[row].observation
        wrong = {check.id: check.observed for check in observation.checks if check.observed == SAID}
        assert observation.observed == "partial"
        assert [*wrong] == ["zero"]
    cut = found[rows[1]].exchanges
    assert next(it["error"] for it in cut if it["response"] is None)


def test_rows_when_the_operation_is_cut_each_time_are_broken() -> None:
    found = seen(["CopyObject"], lambda request: request.header("x-amz-copy-source") is not None)
    assert found["CopyObject"].observation.observed == "broken"


def test_lasts_when_a_request_is_cut_again_and_again_holds() -> None:
    cuts = Cuts()
    first, second = Place("", 3, "GetObject"), Place("", 5, "GetObject")
    assert not any(cuts.lasts(first) for _ in range(LASTING))
    assert cuts.lasts(first)
    assert not any(cuts.lasts(second) for _ in range(LASTING_BESIDES))
    assert cuts.lasts(second)
    assert len(cuts) == 2


def test_lasts_when_requests_are_cut_here_and_there_does_not_hold() -> None:
    cuts = Cuts()
    places = [Place(scope, number, "GetObject") for scope in ("", "a") for number in range(9)]
    assert not any(cuts.lasts(place) for _ in range(LASTING - 1) for place in places)
    assert len(cuts) == 0
