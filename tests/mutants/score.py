"""How many mutants the probes catch: the project's main quality figure.

For each row that an endpoint supports, and each way to break it, the row is observed again through
a proxy that breaks just that. Caught means that the verdict is the right one then, not merely
another. Rows of the clean run whose requests the mutation would have touched are observed again
too: a feature's mutation must leave their verdicts as they were.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from conformance.probing import PROBES, Workbench
from conformance.run import observation_of
from conformance.s3.checksums import content_md5
from conformance.s3.client import Client, NoAnswer
from conformance.s3.redact import Redactor
from conformance.sandbox.sandbox import Sandbox
from conformance.serve.http import Answer, Request, serving
from conformance.serve.upstream import Upstream
from conformance.verdict import Observation, Observed
from conformance.verdict import Outcome as CheckOutcome
from tests.mutants.backends import Backend
from tests.mutants.damaging import Behind
from tests.mutants.entangled import related
from tests.mutants.forging import is_unsigned, signed
from tests.mutants.mutations import DAMAGE, KINDS, Mutation, Mutator

UNDECIDED: Final = (Observed.UNKNOWN, Observed.UNPROVEN)


class Fate(StrEnum):
    """What became of a mutant."""

    CAUGHT = "caught"  # the verdict is the right one, or the check fails that is to show it
    OTHER_WORD = "other word"  # no longer supported, but the verdict is not the right one
    SURVIVED = "survived"  # still supported
    IDLE = "idle"  # the damage had nothing to change in what this backend answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one mutant on one backend.

    Attributes:
        row: the row that was broken.
        kind: how.
        name: which damage; empty for other kinds.
        fate: caught or not.
        observed: the row's verdict.
        reason: why.
        collateral: other rows whose decided verdict changed, with what to.
    """

    row: str
    kind: str
    name: str
    fate: Fate
    observed: str
    reason: str
    collateral: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A row's verdict, and the requests it rests on.

    Attributes:
        observation: the verdict.
        requests: as they came to the proxy.
        changed: how many of them, or of their answers, the mutation changed.
    """

    observation: Observation
    requests: tuple[Request, ...]
    changed: int = 0


class _Broken:
    """Answers as a mutant does, and counts what it changes."""

    def __init__(self, backend: Backend, mutation: Mutation | None) -> None:
        self.requests: list[Request] = []
        self.changed = 0
        self.mutation = mutation
        self.upstream = Upstream(backend.endpoint.url, backend.keys, ca_bundle=backend.ca_bundle)
        self._endpoint = backend.endpoint
        self._keys = backend.keys

    def respond(self, request: Request) -> Answer:
        self.requests.append(request)
        mutation = self.mutation
        if mutation is None or not mutation.touches(request):
            return self.upstream.ask(request)
        asked: list[tuple[Request, Answer]] = []

        def ask(changed: Request) -> Answer:
            given = _digested(changed, request)
            if is_unsigned(given):  # what came may have a signature that does not hold
                answer = self.upstream.ask(signed(given, self._keys))
            else:
                answer = self.upstream.ask(given, request)
            asked.append((changed, answer))
            return answer

        behind = Behind(
            ask=ask,
            memory=mutation.memory,
            region=self._endpoint.region,
            alt=self._endpoint.alt.access_key if self._endpoint.alt else None,
        )
        answer = mutation.respond(request, behind)
        # What was only read before, or was refused, has changed nothing.
        self.changed += not asked or asked[-1] != (request, answer) or _served(asked[:-1])
        return answer


def _digested(changed: Request, request: Request) -> Request:
    """A body that was changed has its own digest."""
    if changed.body == request.body or changed.header("Content-MD5") is None:
        return changed
    digest = content_md5(changed.body).items()
    return replace(changed, headers=(*changed.without("Content-MD5").headers, *digest))


def _served(asked: Sequence[tuple[Request, Answer]]) -> bool:
    return any(
        answer.status < 400 and request.method not in ("GET", "HEAD") for request, answer in asked
    )


def observe(
    backend: Backend, rows: Iterable[str], mutation: Mutation | None = None
) -> dict[str, Seen]:
    """Observe rows through a proxy, in a sandbox of their own.

    Args:
        backend: the endpoint behind.
        rows: ids, observed one after the other.
        mutation: what the proxy breaks; nothing by default.
    """
    broken = _Broken(backend, mutation and replace(mutation, memory={}))
    found: dict[str, Seen] = {}
    with broken.upstream, serving(broken.respond) as url:
        endpoint = replace(backend.endpoint, url=f"{url}{broken.upstream.prefix}", embedded=False)
        sandbox = Sandbox(
            Client(endpoint, Redactor()), given=backend.buckets, may_configure=bool(backend.buckets)
        )
        for row in rows:
            broken.requests, broken.changed = [], 0
            observation = _observation(row, sandbox)
            found[row] = Seen(
                observation=observation,
                requests=tuple(broken.requests),
                changed=broken.changed,
            )
        broken.mutation = None  # the clean-up is not to be broken
        if backend.endpoint.embedded:
            sandbox.ledger.close(keep=False)
        else:
            sandbox.clean(4)
    return found


def _observation(row: str, sandbox: Sandbox) -> Observation:
    bench = Workbench(sandbox)
    try:
        return observation_of(PROBES[row], bench)
    except NoAnswer as trouble:
        return Observation(observed=Observed.UNKNOWN, reason=str(trouble))
    finally:
        bench.close()


def observe_all(backend: Backend, rows: Sequence[str], jobs: int) -> dict[str, Seen]:
    """Observe rows with nothing broken, each in a sandbox of its own."""
    with ThreadPoolExecutor(jobs) as pool:
        found = pool.map(lambda row: observe(backend, [row])[row], rows)
        return dict(zip(rows, found, strict=True))


def mutations(
    backend: Backend, clean: dict[str, Seen], kinds: Sequence[str] = KINDS
) -> list[Mutation]:
    """The mutations of the rows of a clean run, as far as the backend does what they break.

    A mutation that names its check needs one that held; any other a row that is supported.
    """
    mutator = Mutator(Upstream(backend.endpoint.url).prefix)
    return [
        mutation
        for row, seen in clean.items()
        for kind in kinds
        for mutation in mutator.make(row, kind)
        if _breakable(mutation, seen.observation)
    ]


def _breakable(mutation: Mutation, clean: Observation) -> bool:
    if mutation.check:
        held = {check.id for check in clean.checks if check.outcome is CheckOutcome.HELD}
        return mutation.check in held
    return clean.observed is Observed.SUPPORTED


def score(
    backend: Backend, clean: dict[str, Seen], chosen: Sequence[Mutation], jobs: int = 4,
    *, collateral: bool = True,
) -> list[Outcome]:  # fmt: skip
    """Break rows one at a time, and see what the probes make of it.

    Args:
        backend: the endpoint behind.
        clean: what is observed with nothing broken.
        chosen: the mutations.
        jobs: mutants observed at a time.
        collateral: observe other rows too.
    """
    lock = threading.Lock()
    outcomes: list[Outcome] = []

    def one(mutation: Mutation) -> None:
        outcome = _outcome(backend, mutation)
        if collateral and "/" in mutation.row and not mutation.spills:
            outcome = replace(outcome, collateral=_collateral(backend, mutation, clean))
        with lock:
            outcomes.append(outcome)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, chosen))
    order = {mutation.id: number for number, mutation in enumerate(chosen)}
    return sorted(outcomes, key=lambda o: order[_id(o)])


def _id(outcome: Outcome) -> str:
    return f"{outcome.kind} {outcome.row}" + (f": {outcome.name}" if outcome.name else "")


def _outcome(backend: Backend, mutation: Mutation) -> Outcome:
    seen = observe(backend, [mutation.row], mutation)[mutation.row]
    observed = seen.observation.observed
    failed = {check.id for check in seen.observation.failed}
    fate = Fate.OTHER_WORD
    # A row that is refused altogether shows the fault before its check can.
    shown = mutation.check in failed or observed is Observed.REJECTED
    if shown if mutation.check else observed in mutation.words:
        fate = Fate.CAUGHT
    elif observed is Observed.SUPPORTED or mutation.check:
        idle = mutation.kind == DAMAGE and not seen.changed
        fate = Fate.IDLE if idle else Fate.SURVIVED
    return Outcome(
        row=mutation.row,
        kind=mutation.kind,
        name=mutation.name,
        fate=fate,
        observed=observed,
        reason=seen.observation.reason,
    )


def _collateral(backend: Backend, mutation: Mutation, clean: dict[str, Seen]) -> tuple[str, ...]:
    """Rows whose decided verdict another row's mutation changes, with what to."""
    before = {
        row: seen.observation.observed
        for row, seen in clean.items()
        if not related(row, mutation.row)
        and seen.observation.observed not in UNDECIDED
        and any(mutation.touches(request) for request in seen.requests)
    }
    after = observe(backend, before, mutation) if before else {}
    return tuple(
        f"{row}: {before[row]} → {seen.observation.observed}"
        for row, seen in after.items()
        if seen.observation.observed not in (before[row], Observed.UNKNOWN)
    )
