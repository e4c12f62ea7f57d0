"""A run that is told to end removes what it made and writes its results."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from conformance.plugin.signals import Signals, Terminated
from conformance.run.embedded import embedded
from conformance.s3.endpoint import Endpoint
from conformance.sandbox import ledger
from conformance.serve.http import Answer, Request
from tests.probes.fakes import proxy

MATRIX = """\
s3-conformance: 1
vendor: V
source: https://vendor.example/s3
retrieved: 2026-01-01
operations:
  object:
    PutObject: {status: implemented}
    GetObject: {status: implemented}
"""


@pytest.fixture
def moto() -> Iterator[Endpoint]:
    with embedded() as endpoint:
        requests.post(f"{endpoint.url}/moto-api/reset", timeout=10)
        yield endpoint


@pytest.mark.parametrize("how", [[], ["-n", "1"]], ids=["one process", "a worker"])
def test_run_when_sigterm_comes_removes_what_it_made_and_writes_results(
    moto: Endpoint, tmp_path: Path, with_credentials: None, how: list[str]
) -> None:
    (tmp_path / "m.yaml").write_text(MATRIX)
    started: list[subprocess.Popen[bytes]] = []
    ready = threading.Event()
    told: list[int] = []
    deleted: list[str] = []

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        if request.method == "DELETE":
            deleted.append(request.path)
        elif request.method == "PUT" and request.path.count("/") > 1 and not told:
            assert ready.wait(60)
            told.append(started[0].pid)
            os.kill(started[0].pid, signal.SIGTERM)
        return ask(request)

    options = ["-q", "-p", "no:cacheprovider", "--results", "r.json", *how]
    with proxy(moto, respond) as endpoint:
        command = [sys.executable, "-m", "pytest", "m.yaml", "--endpoint-url", endpoint.url]
        started.append(subprocess.Popen([*command, *options], cwd=tmp_path))
        ready.set()
        with started[0] as process:
            assert process.wait(60) == pytest.ExitCode.INTERRUPTED
    left = requests.get(moto.url, timeout=10).text
    assert "<Name>" not in left
    assert deleted
    assert [*ledger.left_behind()] == []
    run = json.loads((tmp_path / "r.json").read_text())["run"]
    assert run["interrupted"] == "SIGTERM was received"


def test_signals_when_sigterm_comes_raise_once_and_restore() -> None:
    signals = Signals(quiet=True)
    signals.install()
    try:
        with pytest.raises(Terminated):
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)  # which changes nothing any more
    finally:
        signals.restore()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_held_back_when_ctrl_c_is_pressed_twice_ends() -> None:
    signals = Signals(quiet=True)
    pressed: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def press_twice() -> None:
        with signals.held_back():
            for turn in range(2):
                os.kill(os.getpid(), signal.SIGINT)
                pressed.append(turn)

    with pytest.raises(KeyboardInterrupt):
        press_twice()
    assert pressed == [0]
    assert signal.getsignal(signal.SIGINT) is before
