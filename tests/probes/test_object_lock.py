"""Object lock: kept, forgotten, refused, told wrongly, and told but not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.probes.object_lock_headers import BYPASS
from conformance.probing import PROBES, Workbench
from conformance.run import observation_of
from conformance.s3.client import Client
from conformance.s3.endpoint import Endpoint
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.sandbox.ledger import ENVIRONMENT
from conformance.sandbox.sandbox import Sandbox
from conformance.subjects.locked_versions import ENABLED, HOLD, MODE, UNTIL
from conformance.subjects.writes import WRITES
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    REFUSAL,
    Answer,
    Request,
    proxy,
    refusing_flags,
    spoiling,
    stripping,
    with_headers,
)

DELETIONS = [f"{operation}/{BYPASS}" for operation in ("DeleteObject", "DeleteObjects")]
PUTS = [f"PutObject/{feature}" for feature in (MODE, UNTIL, HOLD)]
ROWS = [
    f"CreateBucket/{ENABLED}",
    *(f"{operation}/{feature}" for operation in WRITES for feature in (MODE, UNTIL, HOLD)),
    *DELETIONS,
]
INVALID = Answer(status=400, body=b"<Error><Code>InvalidArgument</Code></Error>")


@contextmanager
def strict(upstream: Endpoint) -> Iterator[Endpoint]:
    """A proxy that refuses a mode there is not, and a date without one."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        mode, until = request.header(MODE), request.header(UNTIL)
        wrong = mode not in (None, "GOVERNANCE") or (mode is None) != (until is None)
        return INVALID if wrong else ask(request)

    with proxy(upstream, respond) as endpoint:
        yield endpoint


@pytest.mark.parametrize("row", [f"CreateBucket/{ENABLED}", *PUTS, *DELETIONS])
def test_kept(moto: Endpoint, observe: Observe, row: str) -> None:
    with strict(moto) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("supported", None), seen.reason


@pytest.mark.parametrize("row", PUTS[:2])
def test_what_must_be_refused_is_not(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "partial"


@pytest.mark.parametrize("row", [f"CreateBucket/{ENABLED}", *PUTS, *DELETIONS])
def test_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, MODE, UNTIL, row.partition("/")[2]) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", DELETIONS)
def test_the_lock_is_not_lifted(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, BYPASS) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", ROWS)
def test_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", [*PUTS, *DELETIONS])
def test_no_object_lock_at_all(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, ENABLED, MODE, HOLD, BYPASS) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", DELETIONS)
def test_nothing_to_bypass(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, ENABLED, MODE, HOLD) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT)


@pytest.mark.parametrize("row", DELETIONS)
def test_everybody_bypasses(moto: Endpoint, observe: Observe, row: str) -> None:
    """And the header is refused in buckets without object lock, as AWS does."""
    lockable: set[str] = set()

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        bucket = request.path.split("/")[1]
        if request.header(ENABLED):
            lockable.add(bucket)
        if request.header(BYPASS) and bucket not in lockable:
            return Answer(status=400, body=b"<Error><Code>InvalidArgument</Code></Error>")
        deletes = request.method == "DELETE" or "delete" in request.flags
        freed = replace(request, headers=(*request.without(BYPASS).headers, (BYPASS, "true")))
        return ask(freed if deletes else request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", PUTS)
def test_told_wrongly(moto: Endpoint, observe: Observe, row: str) -> None:
    feature = row.partition("/")[2]

    def spoil(request: Request, answer: Answer) -> Answer:
        head = request.method == "HEAD" and answer.status == 200
        return with_headers(answer, [(feature, "2001-01-01T00:00:00Z")]) if head else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "partial"


@pytest.mark.parametrize("row", PUTS)
def test_told_and_not_kept(moto: Endpoint, observe: Observe, row: str) -> None:
    with spoiling(moto, _deleted) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) != ("supported", None), seen.reason


def _deleted(request: Request, answer: Answer) -> Answer:
    return Answer(status=204) if request.method == "DELETE" else answer


@pytest.mark.parametrize("row", PUTS)
def test_no_version_can_be_deleted(moto: Endpoint, observe: Observe, row: str) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return REFUSAL if request.method == "DELETE" else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "broken"


@pytest.mark.parametrize("code", ["InvalidRequest", "NotImplemented"])
def test_a_given_bucket_is_perhaps_without_object_lock(
    moto: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    client = Client(moto, Redactor())
    client.send(Call(operation="CreateBucket", bucket="given-without-lock"))
    refusal = Answer(
        status=400 if code == "InvalidRequest" else 501,
        body=f"<Error><Code>{code}</Code></Error>".encode(),
    )

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        return refusal if {MODE, BYPASS} & request.flags else ask(request)

    with proxy(moto, respond) as endpoint:
        sandbox = Sandbox(Client(endpoint, Redactor()), given=("given-without-lock",))
        seen = {
            row: observation_of(PROBES[row], Workbench(sandbox)).observed
            for row in ROWS
            if MODE in row
        }
        freed = observation_of(PROBES[DELETIONS[0]], Workbench(sandbox)).observed
        sandbox.ledger.close(keep=False)
    assert set(seen.values()) == {"unknown" if code == "InvalidRequest" else "rejected"}
    assert freed == next(iter(seen.values()))
