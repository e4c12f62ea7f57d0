"""Conditions of reads and writes: supported, ignored, refused, and answered with another status."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

import conformance.probes.conditional_reads
import conformance.probes.conditional_writes  # noqa: F401 - registers its probes
from conformance.s3.endpoint import Endpoint
from conformance.subjects.preconditions import FEATURES, earlier, http_date, similar
from conformance.verdict import Hazard, Outcome
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    refusing_flags,
    spoiling,
    stripping,
    with_headers,
)
from tests.probes.preconditions import judging

READS: Final = [f"{op}/{name}" for op in ("GetObject", "HeadObject") for name in FEATURES]
WRITES: Final = [f"PutObject/{name}" for name in FEATURES]
# moto answers 412 where there is no object, and does not look at an ETag in If-None-Match.
OF_MOTO: Final = {"missing-object-404", "own-etag"}
BY_ETAG: Final = [row for row in READS if row.endswith("-Match")]
Without = Callable[..., AbstractContextManager[Endpoint]]
BY_DATE: Final = [row for row in READS if row.endswith("-Since")]


@pytest.mark.parametrize("row", READS + WRITES)
def test_condition_when_judged_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    with judging(moto) as endpoint:
        seen = observe(endpoint, row)
    assert seen.observed == "supported", seen.reason
    assert {check.id for check in seen.failed} <= OF_MOTO


@pytest.mark.parametrize("row", READS + WRITES)
def test_condition_when_stripped_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", READS + WRITES)
def test_condition_when_not_implemented_is_rejected(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", WRITES)
def test_conditional_write_when_ignored_is_a_silent_hazard(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with stripping(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).hazard == "silent"


@pytest.mark.parametrize("row", ["GetObject/If-None-Match", "GetObject/If-Modified-Since"])
def test_fresh_read_when_412_is_broken(moto: Endpoint, observe: Observe, row: str) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        return replace(answer, status=412) if answer.status == 304 else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "broken"


def test_read_when_every_condition_is_refused_is_partial(moto: Endpoint, observe: Observe) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return Answer(status=412) if request.header("If-Match") else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "GetObject/If-Match").observed == "partial"


def test_write_when_refused_and_carried_out_is_destructive(
    moto: Endpoint, observe: Observe
) -> None:
    def lie(request: Request, answer: Answer) -> Answer:
        written = request.method == "PUT" and request.header("If-Match")
        return Answer(status=412) if written else answer

    with stripping(moto, "If-Match") as careless, spoiling(careless, lie) as endpoint:
        seen = observe(endpoint, "PutObject/If-Match")
    assert (seen.observed, seen.hazard) == ("partial", Hazard.DESTRUCTIVE), seen.reason


@pytest.mark.parametrize("modified", ["", "2026-11-26T00:00:00.000Z"])
@pytest.mark.parametrize("row", BY_ETAG)
def test_condition_on_an_etag_when_there_is_no_date_is_decided(
    moto: Endpoint, observe: Observe, row: str, modified: str
) -> None:
    def undated(request: Request, answer: Answer) -> Answer:
        head = request.method == "HEAD" and answer.status == 200
        return with_headers(answer, [("Last-Modified", modified)]) if head else answer

    with judging(moto) as good, spoiling(good, undated) as endpoint:
        seen = observe(endpoint, row)
    assert seen.observed == "supported", seen.reason
    assert any(check.outcome is Outcome.NOT_OBSERVED for check in seen.checks)


@pytest.mark.parametrize("row", BY_DATE)
def test_condition_on_a_date_when_there_is_no_date_is_unknown(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def undated(request: Request, answer: Answer) -> Answer:
        return with_headers(answer, [("Last-Modified", "")]) if request.method == "HEAD" else answer

    with judging(moto) as good, spoiling(good, undated) as endpoint:
        assert observe(endpoint, row).observed == "unknown"


@pytest.mark.parametrize("row", READS)
@pytest.mark.parametrize("without", [stripping, refusing_flags])
def test_condition_when_the_other_kind_is_unsupported_is_supported(
    moto: Endpoint, observe: Observe, row: str, without: Without
) -> None:
    """What a server does not know cannot be stronger or weaker; it is the fault of another row."""
    others = BY_DATE if row in BY_ETAG else BY_ETAG
    with judging(moto) as good, without(good, *{it.partition("/")[2] for it in others}) as endpoint:
        seen = observe(endpoint, row)
    assert seen.observed == "supported", seen.reason


@pytest.mark.parametrize("day", range(1, 32))
def test_earlier_date_when_compared_as_text_is_later(day: int) -> None:
    date = datetime(2026, 10, 1, 12, tzinfo=UTC) + timedelta(days=day)
    before = earlier(date)
    assert before < date
    assert http_date(before) > http_date(date)


@pytest.mark.parametrize(
    ("etag", "other"), [('"abc0"', '"abc1"'), ('"abc-2"', '"abc-0"'), ("abc", "ab0")]
)
def test_similar_etag_when_made_differs_in_its_last_character(etag: str, other: str) -> None:
    assert similar(etag) == other
