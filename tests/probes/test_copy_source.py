"""Copies: of the right bytes, on conditions that are judged, ignored, refused and got wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

import conformance.probes.conditional_copies
import conformance.probes.copy_source  # noqa: F401 - registers its probes
from conformance.s3.endpoint import Endpoint
from conformance.subjects.copies import COPIES, RANGE, SOURCE
from conformance.verdict import Hazard
from tests.probes.conftest import Observe, failed
from tests.probes.fakes import Answer, Request, proxy, refusing_flags, spoiling, stripping
from tests.probes.preconditions import CONDITIONS, REFUSAL, judged

Ask = Callable[[Request], Answer]
SOURCES = [f"{operation}/{SOURCE}" for operation in COPIES]
CONDITIONAL = [f"{operation}/{name}" for operation in COPIES for name in CONDITIONS]
RANGED = f"UploadPartCopy/{RANGE}"


@pytest.mark.parametrize("row", CONDITIONAL)
def test_condition_when_judged_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, judged) as endpoint:
        seen = observe(endpoint, row)
    assert seen.observed == "supported", seen.reason
    assert not seen.failed


@pytest.mark.parametrize("row", CONDITIONAL)
def test_condition_when_stripped_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, *CONDITIONS) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", CONDITIONAL)
def test_condition_when_not_implemented_is_rejected(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", CONDITIONAL)
def test_condition_when_never_true_is_partial(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, lambda r, ask: REFUSAL if CONDITIONS.keys() & r.flags else ask(r)) as endpoint:
        assert observe(endpoint, row).observed == "partial"


@pytest.mark.parametrize("row", CONDITIONAL)
def test_condition_when_unmet_and_304_is_partial(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """The copy is refused, but 304, as of a read, is no response to it."""

    def respond(request: Request, ask: Ask) -> Answer:
        answer = judged(request, ask)
        return replace(answer, status=304) if answer.status == 412 else answer

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert seen.observed == "partial"
    assert "status" in failed(seen)


@pytest.mark.parametrize("row", CONDITIONAL)
def test_condition_when_refused_inside_a_200_is_broken(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        answer = judged(request, ask)
        return replace(answer, status=200) if answer.status == 412 else answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "broken"


@pytest.mark.parametrize("row", SOURCES)
def test_source_when_copied_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "supported"


@pytest.mark.parametrize("row", SOURCES)
def test_source_when_ignored_is_destructive(moto: Endpoint, observe: Observe, row: str) -> None:
    """The request is a PUT without a body then, and makes an empty object."""
    with stripping(moto, SOURCE) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.DESTRUCTIVE), seen.reason


@pytest.mark.parametrize("row", SOURCES)
def test_source_when_not_implemented_is_rejected(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with refusing_flags(moto, SOURCE) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", SOURCES)
def test_source_when_other_bytes_are_stored_is_corrupting(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        read = request.method == "GET" and not request.query and answer.status == 200
        return replace(answer, body=answer.body[::-1]) if read else answer

    with spoiling(moto, spoil) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("partial", Hazard.CORRUPTING), seen.reason


def exact(request: Request, ask: Ask) -> Answer:
    """A server that takes no range but bytes=first-last, inside the source."""
    value = request.header(RANGE)
    if value is None:
        return ask(request)
    found = re.fullmatch(r"bytes=(\d+)-(\d+)", value)
    head = replace(
        request.without(SOURCE, RANGE, "uploadId", "partNumber"),
        method="HEAD",
        target=f"/{request.header(SOURCE)}",
    )
    size = next(int(v) for n, v in ask(head).headers if n.lower() == "content-length")
    if found is None or not int(found[1]) <= int(found[2]) < size:
        return Answer(status=400, body=b"<Error><Code>InvalidArgument</Code></Error>")
    return ask(request)


def test_source_range_when_exact_is_supported(moto: Endpoint, observe: Observe) -> None:
    with proxy(moto, exact) as endpoint:
        seen = observe(endpoint, RANGED)
    assert seen.observed == "supported", seen.reason
    assert not seen.failed


def test_source_range_when_malformed_and_served_is_partial(
    moto: Endpoint, observe: Observe
) -> None:
    assert observe(moto, RANGED).observed == "partial"


def test_source_range_when_stripped_is_ignored(moto: Endpoint, observe: Observe) -> None:
    with stripping(moto, RANGE) as endpoint:
        assert observe(endpoint, RANGED).observed == "ignored"


def test_source_range_when_not_implemented_is_rejected(moto: Endpoint, observe: Observe) -> None:
    with refusing_flags(moto, RANGE) as endpoint:
        assert observe(endpoint, RANGED).observed == "rejected"


def test_source_range_when_off_by_one_is_corrupting(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        value = request.header(RANGE)
        if value is None:
            return ask(request)
        moved = re.sub(r"[1-9]\d*", lambda number: str(int(number[0]) - 1), value)
        headers = tuple((n, moved if v == value else v) for n, v in request.headers)
        return ask(replace(request, headers=headers))

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, RANGED)
    assert (seen.observed, seen.hazard) == ("broken", Hazard.CORRUPTING), seen.reason
