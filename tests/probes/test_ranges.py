"""Ranges, parts and copy sources: the bytes that were asked for, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

import conformance.probes.copy_source
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
SOURCES = ["CopyObject/x-amz-copy-source", "UploadPartCopy/x-amz-copy-source"]
PART_RANGE = "UploadPartCopy/x-amz-copy-source-range"
PARTS = ["GetObject/PartNumber", "HeadObject/partNumber"]
# UploadPart, which makes the subject, has a partNumber too.
METHODS = {
    row: ("PUT",) if "Copy" in row else ("GET", "HEAD")
    for row in [*RANGES, *PARTS, *SOURCES, PART_RANGE]
}


@pytest.mark.parametrize("row", [*RANGES, *SOURCES, PART_RANGE])
def test_heeded(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "supported"


@pytest.mark.parametrize("row", [*RANGES, *PARTS, *SOURCES, PART_RANGE])
def test_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, row.partition("/")[2], methods=METHODS[row]) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", [*RANGES, *PARTS, *SOURCES, PART_RANGE])
def test_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, row.partition("/")[2], methods=METHODS[row]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_a_copy_that_became_an_empty_object_is_destructive(
    moto: Endpoint, observe: Observe
) -> None:
    with stripping(moto, "x-amz-copy-source") as endpoint:
        assert observe(endpoint, "CopyObject/x-amz-copy-source").hazard == "destructive"


def shifted(request: Request, answer: Answer) -> Answer:
    if answer.status != 206 or request.method == "HEAD":
        return answer
    return replace(answer, body=b"?" + answer.body[:-1])


def test_bytes_off_by_one_are_corruption(moto: Endpoint, observe: Observe) -> None:
    with spoiling(moto, shifted) as endpoint:
        observation = observe(endpoint, "GetObject/Range")
    assert (observation.observed, observation.hazard) == ("partial", "corrupting")


@pytest.mark.parametrize("row", RANGES)
def test_a_content_range_that_is_wrong(moto: Endpoint, observe: Observe, row: str) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        if answer.status != 206:
            return answer
        return with_headers(answer, [("Content-Range", "bytes 0-1/2")])

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "partial"


def test_200_with_the_right_bytes(moto: Endpoint, observe: Observe) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        return replace(answer, status=200) if answer.status == 206 else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "GetObject/Range").observed == "partial"


def test_a_copy_of_another_range(moto: Endpoint, observe: Observe) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return replace(answer, body=answer.body[::-1]) if len(answer.body) == 32 else answer

    with spoiling(moto, spoil) as endpoint:
        observation = observe(endpoint, PART_RANGE)
    assert (observation.observed, observation.hazard) == ("broken", "corrupting")
