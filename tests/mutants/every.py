"""All features broken at once: a server that ignores, or refuses, whatever is not an operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from conformance.matrix import TOPICS
from conformance.serve.http import Answer, Request
from conformance.serve.upstream import Upstream
from conformance.verdict import Observed
from tests.mutants.backends import Backend
from tests.mutants.damaging import Behind
from tests.mutants.mutations import REFUSE, Mutation, Mutator
from tests.mutants.score import observe

# What makes an operation the one it is: without these there is no feature to ask for.
NEEDED: Final = ("/x-amz-copy-source", "/list-type", "Configuration/id")
# No feature of an operation.
OTHERS: Final = ("Region", *TOPICS)


def features(rows: Iterable[str]) -> list[str]:
    """The rows that an operation can do without."""
    return [
        row
        for row in rows
        if "/" in row and not row.endswith(NEEDED) and row.partition("/")[0] not in OTHERS
    ]


def together(mutations: Sequence[Mutation]) -> Mutation:
    """All mutations as one, each on its own requests."""

    def respond(request: Request, behind: Behind) -> Answer:
        ask = behind.ask
        for mutation in mutations:
            if mutation.touches(request):
                ask = _through(mutation, replace(behind, ask=ask))
        return ask(request)

    def touches(request: Request) -> bool:
        return any(mutation.touches(request) for mutation in mutations)

    return Mutation(row="*", kind=mutations[0].kind, touches=touches, respond=respond, words=())


def _through(mutation: Mutation, behind: Behind) -> Callable[[Request], Answer]:
    return lambda request: mutation.respond(request, behind)


def supported(
    backend: Backend, rows: Iterable[str], kind: str, jobs: int = 4
) -> tuple[list[str], int]:
    """The features that are still said to be supported though all are broken, and of how many.

    A row that no request can be about, such as a header of the answer to a bare PutObject, can be
    ignored and not refused, so it is not among those refused.
    """
    mutator = Mutator(Upstream(backend.endpoint.url).prefix)
    broken = {row: list(mutator.make(row, kind)) for row in features(rows)}
    chosen = [row for row, mutations in broken.items() if mutations or kind != REFUSE]
    every = together([one for mutations in broken.values() for one in mutations])

    def still(row: str) -> bool:
        return observe(backend, [row], every)[row].observation.observed is Observed.SUPPORTED

    with ThreadPoolExecutor(jobs) as pool:
        found = [row for row, yes in zip(chosen, pool.map(still, chosen), strict=True) if yes]
    return found, len(chosen)
