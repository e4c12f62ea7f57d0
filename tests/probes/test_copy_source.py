"""Copies: of the right bytes, on conditions that are heeded, ignored, refused and got wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.probes.copy_source import RANGE, ROOTS, SOURCE
from conformance.s3.endpoint import Endpoint
from conformance.subjects.preconditions import FEATURES
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy, refusing_flags, spoiling, stripping

Ask = Callable[[Request], Answer]
SOURCES = [f"{operation}/{SOURCE}" for operation in ROOTS]
CONDITIONS = {f"{SOURCE}-{name.lower()}": name for name in FEATURES}
CONDITIONAL = [f"{operation}/{name}" for operation in ROOTS for name in CONDITIONS]
RANGED = f"UploadPartCopy/{RANGE}"
UNMET = Answer(status=412, body=b"<Error><Code>PreconditionFailed</Code></Error>")


def _conditional(request: Request, ask: Ask) -> Answer:
    """A copy is made only where HEAD of the source is served on the same conditions."""
    asked = {name: request.header(name) for name in CONDITIONS}
    source = request.header(SOURCE)
    if source is None or not any(asked.values()):
        return ask(request)
    read = request.without(SOURCE, *CONDITIONS)
    conditions = tuple((CONDITIONS[name], value) for name, value in asked.items() if value)
    head = replace(
        read, method="HEAD", target=f"/{source.lstrip('/')}", headers=(*read.headers, *conditions)
    )
    return ask(request.without(*CONDITIONS)) if ask(head).status == 200 else UNMET


@pytest.mark.parametrize("row", CONDITIONAL)
def test_a_condition_that_is_heeded(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, _conditional) as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize("row", CONDITIONAL)
def test_a_condition_that_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, *CONDITIONS) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", CONDITIONAL)
def test_a_condition_that_is_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", CONDITIONAL)
def test_a_condition_that_is_never_met(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, lambda r, ask: UNMET if CONDITIONS.keys() & r.flags else ask(r)) as endpoint:
        assert observe(endpoint, row).observed == "partial"


@pytest.mark.parametrize("row", CONDITIONAL)
def test_an_unmet_condition_is_answered_as_a_read_is(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """304, which no copy may be answered with."""

    def respond(request: Request, ask: Ask) -> Answer:
        answer = _conditional(request, ask)
        return replace(answer, status=304) if answer.status == 412 else answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "broken"


@pytest.mark.parametrize("row", SOURCES)
def test_a_source_that_is_copied(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "supported"


@pytest.mark.parametrize("row", SOURCES)
def test_a_source_that_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    """The request is a PUT without a body then, and makes an empty object."""
    with stripping(moto, SOURCE) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.DESTRUCTIVE), seen.reason


@pytest.mark.parametrize("row", SOURCES)
def test_a_source_that_is_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, SOURCE) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", SOURCES)
def test_other_bytes_than_the_sources(moto: Endpoint, observe: Observe, row: str) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        read = request.method == "GET" and not request.query and answer.status == 200
        return replace(answer, body=answer.body[::-1]) if read else answer

    with spoiling(moto, spoil) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("partial", Hazard.CORRUPTING), seen.reason


def test_a_range_of_the_source(moto: Endpoint, observe: Observe) -> None:
    assert observe(moto, RANGED).observed == "supported"
    with stripping(moto, RANGE) as endpoint:
        assert observe(endpoint, RANGED).observed == "ignored"
    with refusing_flags(moto, RANGE) as endpoint:
        assert observe(endpoint, RANGED).observed == "rejected"


def test_a_range_off_by_one(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        value = request.header(RANGE)
        if value is None:
            return ask(request)
        first, last = map(int, value.removeprefix("bytes=").split("-"))
        moved = f"bytes={first - 1}-{last - 1}"
        headers = tuple((n, moved if v == value else v) for n, v in request.headers)
        return ask(replace(request, headers=headers))

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, RANGED)
    assert (seen.observed, seen.hazard) == ("broken", Hazard.CORRUPTING), seen.reason
