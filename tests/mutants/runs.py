"""Whole runs: all rows in one sandbox, many at a time, as pytest makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from conformance.documented import serving_documented
from conformance.observe import Gone, Observer
from conformance.probing import PROBES
from conformance.proxy import Answer, Request, Upstream, serving
from conformance.redact import Redactor
from conformance.sandbox import Sandbox
from conformance.spec import Matrix, Row
from conformance.verdict import Divergence, Observation, divergence
from conformance.wire import Wire
from tests.mutants.backends import Backend

Between = Callable[[Request, Callable[[Request], Answer]], Answer]


@contextmanager
def between(backend: Backend, respond: Between) -> Iterator[Backend]:
    """A backend with something between it and us."""
    upstream = Upstream(backend.endpoint.url)
    with serving(lambda request: respond(request, upstream.ask)) as url:
        yield _at(backend, f"{url}{upstream.prefix}")


@contextmanager
def documented(backend: Backend, matrix: Matrix) -> Iterator[Backend]:
    """A backend that does what a matrix documents, and no more."""
    with serving_documented(matrix, backend.endpoint.url, keys=backend.keys) as url:
        yield _at(backend, url)


def _at(backend: Backend, url: str) -> Backend:
    # What is behind a proxy may be embedded all the same: it needs no clean-up.
    return replace(backend, endpoint=replace(backend.endpoint, url=url))


def run(backend: Backend, rows: Sequence[Row], jobs: int = 8) -> dict[str, Observation]:
    """Observe rows in one sandbox; those that were given up are left out."""
    sandbox = Sandbox(
        Wire(backend.endpoint, Redactor()),
        given=backend.buckets,
        may_configure=bool(backend.buckets),
    )
    observer = Observer(sandbox, jobs)
    observer.learn(rows)
    known = [row for row in rows if row.id in PROBES]
    observer.start(known)
    found: dict[str, Observation] = {}
    try:
        for row in known:
            found[row.id] = observer.result(row).observation
    except Gone:
        pass
    finally:
        observer.close()
        if backend.endpoint.embedded:
            sandbox.ledger.close(keep=False)
        else:
            sandbox.clean()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A run held against what is documented.

    Attributes:
        row: the claim.
        observation: what was seen.
        divergence: how the two differ.
    """

    row: Row
    observation: Observation
    divergence: Divergence

    def __str__(self) -> str:
        seen = self.observation
        return (
            f"{self.divergence}: {self.row.id}: {self.row.documented}, {seen.observed}: "
            f"{seen.reason}"
        )


def compared(matrix: Matrix, found: dict[str, Observation]) -> list[Compared]:
    """Every row that was observed, held against the matrix."""
    return [
        Compared(
            row=row,
            observation=found[row.id],
            divergence=divergence(row.documented, found[row.id].observed),
        )
        for row in matrix.rows
        if row.id in found
    ]
