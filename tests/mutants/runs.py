"""Whole runs: all rows in one sandbox, many at a time, as pytest makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from conformance.matrix import Matrix, Row
from conformance.probing import PROBES
from conformance.run import Gone, Observer
from conformance.s3.client import Client
from conformance.s3.redact import Redactor
from conformance.sandbox.sandbox import Sandbox
from conformance.serve.http import Answer, Request, serving
from conformance.serve.upstream import Upstream
from conformance.serve.vendor import serving_documented
from conformance.verdict import Divergence, Documented, Observation, Observed, divergence
from tests.mutants.backends import Backend

# What an operation cannot do without is served with it, whatever the table says of it.
NEEDED: Final = ("CopyObject/x-amz-copy-source", "UploadPartCopy/x-amz-copy-source")
Between = Callable[[Request, Callable[[Request], Answer]], Answer]


@contextmanager
def between(backend: Backend, respond: Between) -> Iterator[Backend]:
    """A backend with something between it and us."""
    upstream = Upstream(backend.endpoint.url, ca_bundle=backend.ca_bundle)
    with upstream, serving(lambda request: respond(request, upstream.ask)) as url:
        yield _at(backend, f"{url}{upstream.prefix}")


@contextmanager
def documented(backend: Backend, matrix: Matrix) -> Iterator[Backend]:
    """A backend that does what a matrix documents, and no more."""
    with serving_documented(
        matrix, backend.endpoint.url, keys=backend.keys, ca_bundle=backend.ca_bundle
    ) as url:
        yield _at(backend, url)


def _at(backend: Backend, url: str) -> Backend:
    # What is behind a proxy may be embedded all the same: it needs no clean-up.
    return replace(backend, endpoint=replace(backend.endpoint, url=url))


def run(backend: Backend, rows: Sequence[Row], jobs: int = 8) -> dict[str, Observation]:
    """Observe rows in one sandbox; those that were given up are left out."""
    sandbox = Sandbox(
        Client(backend.endpoint, Redactor()),
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
class Held:
    """A vendor as documented, held to its own table.

    Attributes:
        matrix: the table.
        found: what was seen of the vendor.
        behind: what is seen of the backend without the vendor's limits.
    """

    matrix: Matrix
    found: Mapping[str, Observation]
    behind: Mapping[str, Observation]

    def rows(self, *kinds: Divergence) -> list[Row]:
        """The rows that diverge so."""
        return [
            row
            for row in self.matrix.rows
            if row.id in self.found
            and divergence(row.documented, self.found[row.id].observed) in kinds
        ]

    @property
    def diverging(self) -> list[Row]:
        return self.rows(Divergence.MISSING, Divergence.PARTIAL, Divergence.UNDOCUMENTED)

    @property
    def unexplained(self) -> list[Row]:
        """Rows that diverge, and neither for what the backend lacks nor for the table itself."""
        return [row for row in self.diverging if not (self._lacks(row) or _contradicts(row))]

    @property
    def decided(self) -> float:
        """The share of rows that are decided."""
        return 1 - len(self.rows(Divergence.UNDECIDED)) / max(len(self.found), 1)

    def lines(self) -> Iterator[str]:
        """Every divergence and why, and the figures."""
        for row in self.diverging:
            why = "the backend lacks it" if self._lacks(row) else "the proxy's"
            why = "the table contradicts itself" if _contradicts(row) else why
            seen = self.found[row.id]
            yield f"{why}: {row.id}: {row.documented}, {seen.observed}: {seen.reason}"
        for row in self.rows(Divergence.UNDECIDED):
            yield f"undecided: {row.id}: {self.found[row.id].reason}"
        yield (
            f"{len(self.diverging)} divergences, {len(self.unexplained)} of them the proxy's; "
            f"{self.decided:.1%} of {len(self.found)} rows decided"
        )

    def _lacks(self, row: Row) -> bool:
        wanted = row.documented is not Documented.UNIMPLEMENTED
        return wanted and self.behind[row.id].observed is not Observed.SUPPORTED


def _contradicts(row: Row) -> bool:
    """Whether the table refuses what it takes to ask for an operation that it has."""
    return row.documented is Documented.UNIMPLEMENTED and row.id in NEEDED


def held(backend: Backend, matrix: Matrix, jobs: int = 8) -> Held:
    """Hold a vendor as documented to its own table."""
    behind = run(backend, matrix.rows, jobs)
    with documented(backend, matrix) as vendor:
        found = run(vendor, matrix.rows, jobs)
    return Held(matrix=matrix, found=found, behind=behind)
