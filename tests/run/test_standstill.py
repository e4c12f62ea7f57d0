"""A run in which no request is sent any more ends, whatever holds its rows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent import futures

import pytest

from conformance import probes
from conformance.matrix import Row
from conformance.probing import PROBES
from conformance.run import Gone, Observer, Sighting, not_observed
from conformance.run import observer as module
from conformance.s3.client import Client
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.redact import Redactor
from conformance.sandbox.sandbox import Sandbox
from conformance.verdict import Documented

probes.load_all()
ROW = Row(
    id="ListBuckets", level="bucket", operation="ListBuckets", group=None, feature=None,
    documented=Documented.IMPLEMENTED, note=None, docs=None, value_of=None, line=1,
)  # fmt: skip


@pytest.fixture
def observer() -> Iterator[Observer]:
    keys = Credentials(access_key="fake-access", secret_key="fake-secret")
    endpoint = Endpoint(url="http://127.0.0.1:1", region="us-east-1", credentials=keys)
    sandbox = Sandbox(Client(endpoint, Redactor()))
    yield Observer(sandbox)
    sandbox.ledger.close(keep=False)


def observing(
    observer: Observer, monkeypatch: pytest.MonkeyPatch, how: Callable[[], object]
) -> None:
    def observe(*_: object) -> Sighting:
        how()
        return not_observed("released")

    assert ROW.id in PROBES
    monkeypatch.setattr(observer, "_observe", observe)


def test_result_when_no_request_is_sent_any_more_raises_gone(
    observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    observing(observer, monkeypatch, lambda: release.wait(60))
    monkeypatch.setattr(observer, "_still_after", 0.05)
    try:
        with pytest.raises(Gone, match=r"no request was sent for 0\.05 s; requests in flight"):
            observer.result(ROW)
        observer.close()  # does not wait for what is stuck
    finally:
        release.set()


def test_result_when_requests_go_on_waits(
    observer: Observer, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, waits = threading.Event(), []

    def wait(*_: object, **__: object) -> None:
        """Nothing is decided when the time is over, and another request was sent meanwhile."""
        waits.append(1)
        observer._sandbox.client.requests_sent += 1
        if len(waits) == 3:
            release.set()
            real_wait(*_)

    real_wait: Callable[..., object] = futures.wait
    monkeypatch.setattr(module, "wait", wait)
    observing(observer, monkeypatch, lambda: release.wait(60))
    assert observer.result(ROW).observation.reason == "released"
    assert len(waits) >= 3
    observer.close()
