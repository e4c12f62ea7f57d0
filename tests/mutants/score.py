"""How many mutants the probes catch: the project's main quality figure.

For each row that an endpoint supports, and each kind of mutation, the row is observed again through
a proxy that breaks just that. Caught means that it is supported no longer. Rows of the clean run
whose requests the mutation would have touched are observed again too: a feature's mutation must
leave their verdicts as they were.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

from conformance.endpoint import Credentials, Endpoint
from conformance.lab import Lab
from conformance.observe import observation_of
from conformance.probing import PROBES
from conformance.proxy import Answer, Request, Upstream, serving
from conformance.redact import Redactor
from conformance.sandbox import Sandbox
from conformance.verdict import Observation, Observed
from conformance.wire import NoAnswer, Wire
from tests.mutants.mutations import KINDS, Mutation, Mutator

UNKNOWN = Observation(observed=Observed.UNKNOWN, reason="no answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A good endpoint, and how to work on it.

    Attributes:
        endpoint: where it is.
        buckets: given ones to stay inside.
    """

    endpoint: Endpoint
    buckets: tuple[str, ...] = ()

    @property
    def keys(self) -> list[Credentials]:
        """All credentials that requests may be signed with."""
        return [k for k in (self.endpoint.credentials, self.endpoint.alt) if k is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one mutant.

    Attributes:
        row: the row that was broken.
        kind: how.
        observed: the row's verdict then.
        reason: why.
        collateral: other rows whose decided verdict changed, with what to.
    """

    row: str
    kind: str
    observed: str
    reason: str
    collateral: tuple[str, ...] = ()

    @property
    def caught(self) -> bool:
        """Whether the probe saw it."""
        return self.observed != Observed.SUPPORTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """A row's verdict without any mutation, and the requests it rests on."""

    observation: Observation
    requests: tuple[Request, ...]


def observe(
    backend: Backend, rows: Iterable[str], mutation: Mutation | None = None
) -> dict[str, Clean]:
    """Observe rows through a proxy, in a sandbox of their own.

    Args:
        backend: the endpoint behind.
        rows: ids, observed one after the other.
        mutation: what the proxy breaks; nothing by default.
    """
    seen: list[Request] = []
    upstream = Upstream(backend.endpoint.url, backend.keys)

    def respond(request: Request) -> Answer:
        seen.append(request)
        if mutation is not None and mutation.touches(request):
            return mutation.respond(request, lambda changed: upstream.ask(changed, request))
        return upstream.ask(request)

    found: dict[str, Clean] = {}
    with serving(respond) as url:
        endpoint = replace(backend.endpoint, url=f"{url}{upstream.prefix}", embedded=False)
        sandbox = Sandbox(
            Wire(endpoint, Redactor()), given=backend.buckets, may_configure=bool(backend.buckets)
        )
        for row in rows:
            seen.clear()
            lab = Lab(sandbox)
            try:
                observation = observation_of(PROBES[row], lab)
            except NoAnswer as trouble:
                observation = replace(UNKNOWN, reason=str(trouble))
            finally:
                lab.close()
            found[row] = Clean(observation=observation, requests=tuple(seen))
        mutation = None  # the clean-up is not to be broken
        if backend.endpoint.embedded:
            sandbox.ledger.close(keep=False)
        else:
            sandbox.clean(4)
    return found


def score(
    backend: Backend, rows: Sequence[str], jobs: int = 4, kinds: Sequence[str] = KINDS,
    *, collateral: bool = True,
) -> tuple[dict[str, Clean], list[Outcome]]:  # fmt: skip
    """Break every row that the backend supports, one at a time.

    Returns:
        The clean run, and one outcome a mutant.
    """
    clean: dict[str, Clean] = {}
    lock = threading.Lock()

    def unbroken(row: str) -> None:
        found = observe(backend, [row])
        with lock:
            clean.update(found)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(unbroken, rows))
        mutator = Mutator(Upstream(backend.endpoint.url).prefix)
        mutations = [
            mutation
            for row in rows
            if clean[row].observation.observed is Observed.SUPPORTED
            for kind in kinds
            if (mutation := mutator.make(row, kind)) is not None
        ]
        outcomes = pool.map(
            lambda mutation: _outcome(backend, mutation, clean, collateral=collateral), mutations
        )
        return {row: clean[row] for row in rows}, list(outcomes)


def _outcome(
    backend: Backend, mutation: Mutation, clean: dict[str, Clean], *, collateral: bool
) -> Outcome:
    found = observe(backend, [mutation.row], mutation)[mutation.row].observation
    changed: list[str] = []
    if collateral and "/" in mutation.row:
        touched = [
            row
            for row, before in clean.items()
            if not related(row, mutation.row)
            and before.observation.observed not in (Observed.UNKNOWN, Observed.UNPROVEN)
            and any(mutation.touches(request) for request in before.requests)
        ]
        for row, after in observe(backend, touched, mutation).items() if touched else ():
            now, before = after.observation.observed, clean[row].observation.observed
            if now not in (before, Observed.UNKNOWN):
                changed.append(f"{row}: {before} → {now}")
    return Outcome(
        row=mutation.row,
        kind=mutation.kind,
        observed=found.observed,
        reason=found.reason,
        collateral=tuple(changed),
    )


# Rows that cannot but change with another, and why. Patterns are of whole ids; `\\1` is the
# operation of the mutated row.
ENTANGLED: Final = (
    # One header of a customer's key is nothing without the other two.
    (r"(.*)/x-amz-.*customer-.*", r"\1/x-amz-.*customer-.*"),
    # A value is the header's.
    (r"(.*)/(x-amz-storage-class|STANDARD.*)", r"\1/(x-amz-storage-class|STANDARD.*)"),
    # A key's id, its context and the bucket's key go with aws:kms only.
    (r"(.*)/x-amz-server-side-encryption", r"\1/x-amz-server-side-encryption-[abc].*"),
    (r"(PutObject)/x-amz-server-side-encryption.*", r".*/x-amz-server-side-encryption-[abc].*"),
    # A mode and a date come together or not at all, and in a bucket made for them.
    (r"(.*)/x-amz-object-lock-.*", r"\1/x-amz-object-lock-.*"),
    (r"PutObject/x-amz-object-lock-.*", r".*/x-amz-bypass-governance-retention"),
    (r"CreateBucket/x-amz-bucket-object-lock-enabled", r".*(-lock-|bypass|ObjectLock).*"),
    # COPY, the default, takes the source's headers and tags, and drops those of the request.
    (r"(CopyObject)/x-amz-(metadata|tagging)-directive", r"\1/(x-amz-tagging.*|[A-Z].*)"),
    (r"(CopyObject)/x-amz-tagging", r"\1/x-amz-tagging-directive"),
    # What makes the operation the one it is.
    (r"(CopyObject|UploadPartCopy)/x-amz-copy-source", r"\1.*"),
    (r"(ListObjectsV2)/list-type", r"\1.*"),
    # A listing sees its own keys by prefix; pages are had by their length, and gone on from a key.
    (r"(List.*)/prefix", r"\1.*"),
    (r"(List.*)/max-.*", r"\1/(continuation-token|.*marker|start-after|delimiter)"),
    (r"(List.*)/key-marker", r"\1/upload-id-marker"),
)


def related(row: str, mutated: str) -> bool:
    """Whether a row cannot but change with another."""
    for pattern, affected in ENTANGLED:
        found = re.fullmatch(pattern, mutated)
        if found and re.fullmatch(found.expand(affected), row):
            return True
    return row == mutated
