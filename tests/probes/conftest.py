"""What the tests of probes share: a good endpoint, and one row observed on any endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conformance import probes
from conformance.probing import PROBES, Workbench
from conformance.run import observation_of
from conformance.run.embedded import embedded
from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint
from conformance.s3.redact import Redactor
from conformance.sandbox.ledger import ENVIRONMENT
from conformance.sandbox.sandbox import Sandbox
from conformance.verdict import FAILURES, Observation, Outcome, Weight

probes.load_all()

Observe = Callable[[Endpoint, str], Observation]


@pytest.fixture(scope="session")
def moto() -> Iterator[Endpoint]:
    """The embedded endpoint."""
    with embedded() as endpoint:
        yield endpoint


@pytest.fixture
def observe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Observe]:
    """Observe one row on an endpoint, as a run does: `observe(endpoint, "PutObject/If-Match")`.

    Rows observed on the same endpoint share their subjects.
    """
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    sandboxes: dict[str, Sandbox] = {}

    def row(endpoint: Endpoint, row_id: str) -> Observation:
        if endpoint.url not in sandboxes:
            sandboxes[endpoint.url] = Sandbox(Client(endpoint, Redactor()))
        bench = Workbench(sandboxes[endpoint.url])
        try:
            return observation_of(PROBES[row_id], bench)
        finally:
            bench.close()

    yield row
    for sandbox in sandboxes.values():
        sandbox.ledger.close(keep=False)


def failed(seen: Observation, *weights: Weight) -> set[str]:
    """The checks that failed: of these weights, or of all."""
    return {it.id for it in seen.failed if it.weight in (weights or Weight)}


def held(seen: Observation) -> set[str]:
    """The checks that were observed and held."""
    return {it.id for it in seen.checks if it.outcome is Outcome.HELD}


def core_held(seen: Observation) -> bool:
    """Whether the core of a row's promise was observed and held, whatever else did not."""
    core = {it.outcome for it in seen.checks if it.weight is Weight.CORE}
    return Outcome.HELD in core and not core & FAILURES
