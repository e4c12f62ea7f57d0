"""Ranges and parts: the bytes that were asked for, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

import conformance.probes.ranges  # noqa: F401 - registers its probes
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    refusing_flags,
    spoiling,
    stripping,
    with_headers,
)

RANGES = ["GetObject/Range", "HeadObject/Range"]
PARTS = ["GetObject/PartNumber", "HeadObject/partNumber"]
# UploadPart, which makes the subject, has a partNumber too.
READS = ("GET", "HEAD")


@pytest.mark.parametrize("row", RANGES)
def test_range_when_moto_serves_it_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "supported"


@pytest.mark.parametrize("row", [*RANGES, *PARTS])
def test_range_when_stripped_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, row.partition("/")[2], methods=READS) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", [*RANGES, *PARTS])
def test_range_when_not_implemented_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, row.partition("/")[2], methods=READS) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def shifted(request: Request, answer: Answer) -> Answer:
    if answer.status != 206 or request.method == "HEAD":
        return answer
    return replace(answer, body=b"?" + answer.body[:-1])


def test_range_when_off_by_one_is_corrupting(moto: Endpoint, observe: Observe) -> None:
    with spoiling(moto, shifted) as endpoint:
        observation = observe(endpoint, "GetObject/Range")
    assert (observation.observed, observation.hazard) == ("partial", "corrupting")


@pytest.mark.parametrize("row", RANGES)
def test_range_when_content_range_is_wrong_is_broken(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        if answer.status != 206:
            return answer
        return with_headers(answer, [("Content-Range", "bytes 0-1/2")])

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "partial"


def test_range_when_status_is_200_is_partial(moto: Endpoint, observe: Observe) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        return replace(answer, status=200) if answer.status == 206 else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "GetObject/Range").observed == "partial"
