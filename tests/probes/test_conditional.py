"""Conditions: heeded, ignored, refused, and answered with another status."""

from __future__ import annotations

from dataclasses import replace

import pytest

import conformance.probes.conditional
import conformance.probes.copy_source  # noqa: F401 - registers its probes
from conformance.s3.endpoint import Endpoint
from conformance.subjects.preconditions import FEATURES
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    refusing_flags,
    spoiling,
    stripping,
)

READS = [f"{operation}/{name}" for operation in ("GetObject", "HeadObject") for name in FEATURES]
COPIES = [
    f"{operation}/x-amz-copy-source-{name.lower()}"
    for operation in ("CopyObject", "UploadPartCopy")
    for name in FEATURES
]
WRITES = ["PutObject/If-Match", "PutObject/If-None-Match"]


@pytest.mark.parametrize("row", READS + WRITES)
def test_heeded(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "supported"


@pytest.mark.parametrize("row", READS + WRITES + COPIES)
def test_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", READS + WRITES + COPIES)
def test_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", WRITES)
def test_an_ignored_conditional_write_is_a_silent_hazard(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with stripping(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).hazard == "silent"


def test_another_status_than_http_says(moto: Endpoint, observe: Observe) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        return replace(answer, status=412) if answer.status == 304 else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "GetObject/If-None-Match").observed == "broken"


def test_a_condition_that_refuses_everybody(moto: Endpoint, observe: Observe) -> None:
    """412 for the object's own ETag too: half of the promise."""

    def spoil(request: Request, answer: Answer) -> Answer:
        return Answer(status=412) if request.header("If-Match") else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "GetObject/If-Match").observed == "partial"


def test_412_though_the_object_was_overwritten(moto: Endpoint, observe: Observe) -> None:
    def lie(request: Request, answer: Answer) -> Answer:
        written = request.method == "PUT" and request.header("If-Match")
        return Answer(status=412) if written else answer

    with stripping(moto, "If-Match") as careless, spoiling(careless, lie) as endpoint:
        assert observe(endpoint, "PutObject/If-Match").observed == "partial"
