"""An endpoint that is away for seconds, and whose name does not resolve then, is waited for."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import probes
from conformance.matrix import load
from conformance.run import Gone, Observer, preflight
from conformance.run.embedded import embedded
from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint
from conformance.s3.redact import Redactor
from conformance.sandbox.sandbox import Sandbox
from conformance.serve.http import Answer, Request
from tests.probes.fakes import proxy

probes.load_all()
MATRIX = load(Path(__file__).parents[2] / "specs" / "r2.yaml")
ROWS = [
    row
    for row in MATRIX.rows
    if row.id in ("GetObject", "GetObject/If-Match", "HeadObject", "PutObject/Content-Language")
]
NAME = "localhost"
AFTER = 12  # requests before the endpoint goes away
Ask = Callable[[Request], Answer]


class Flap:
    """A name that does not resolve for so many look-ups, once the server has cut a connection."""

    def __init__(self, lookups: int) -> None:
        self.left, self._requests, self._away = lookups, 0, False
        self._resolve = socket.getaddrinfo

    def respond(self, request: Request, ask: Ask) -> Answer:
        self._requests += 1
        if self._requests > AFTER and self.left > 0:
            self._away = True
            raise ConnectionResetError
        return ask(request)

    def resolve(self, host: Any, *args: Any, **kwargs: Any) -> Any:
        if host != NAME:
            return self._resolve(host, *args, **kwargs)
        if self._away and self.left > 0:
            self.left -= 1
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return self._resolve("127.0.0.1", *args, **kwargs)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "PULSES", (0.0,) * len(preflight.PULSES))


def words(endpoint: Endpoint) -> tuple[dict[str, str], Client]:
    client = Client(endpoint, Redactor())
    sandbox = Sandbox(client)
    observer = Observer(sandbox, jobs=1)
    observer.learn(ROWS)
    try:
        return {row.id: str(observer.result(row).observation.observed) for row in ROWS}, client
    finally:
        observer.close()
        sandbox.ledger.close(keep=False)


def observe(monkeypatch: pytest.MonkeyPatch, flap: Flap) -> tuple[dict[str, str], Client]:
    monkeypatch.setattr(socket, "getaddrinfo", flap.resolve)
    with embedded() as moto, proxy(moto, flap.respond) as endpoint:
        return words(
            replace(endpoint, url=endpoint.url.replace("127.0.0.1", NAME), addressing="path")
        )


def test_rows_when_the_name_fails_to_resolve_for_a_while_have_the_words_of_a_steady_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with embedded() as moto:
        steady, _ = words(moto)
    flap = Flap(45)

    shaken, client = observe(monkeypatch, flap)

    assert flap.left == 0
    assert shaken == steady
    assert "unknown" not in shaken.values()
    assert "a connection that was cut" in [it.what for it in client.incidents.noted]


def test_rows_when_the_name_never_resolves_again_give_the_run_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(Gone, match="the endpoint stopped answering"):
        observe(monkeypatch, Flap(1_000_000))
