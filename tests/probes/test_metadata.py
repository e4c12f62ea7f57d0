"""Metadata headers: stored, dropped, refused and changed, one row at a time."""

from __future__ import annotations

import pytest

import conformance.probes.metadata_directive  # noqa: F401 - registers its probe
from conformance.probes.metadata import DIRECTIVE, VALUES
from conformance.s3.endpoint import Endpoint
from conformance.subjects.writes import WRITES
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    proxy,
    refusing_flags,
    spoiling,
    stripping,
    with_headers,
)

ROWS = [f"{operation}/{name}" for operation in WRITES for name in VALUES]
COPY = f"CopyObject/{DIRECTIVE}"


@pytest.mark.parametrize("row", [*ROWS, COPY])
def test_header_on_a_good_server_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    seen = observe(moto, row)
    # moto reads a form's fields and stores an object of no bytes.
    form = "form-type" in {check.id for check in seen.failed}
    assert seen.observed == ("partial" if form else "supported")
    assert not form or row == "PutObject/Content-Type"


@pytest.mark.parametrize("row", [*ROWS, COPY])
def test_header_when_dropped_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", [*ROWS, COPY])
def test_header_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", ROWS)
def test_header_when_another_value_is_read_is_broken(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    value = VALUES[row.partition("/")[2]]

    def spoil(_: Request, answer: Answer) -> Answer:
        return with_headers(answer, [(n, "x") for n, v in answer.headers if v == value])

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "broken"


def test_header_of_a_copy_when_the_directive_is_refused_is_unknown(
    moto: Endpoint, observe: Observe
) -> None:
    with refusing_flags(moto, DIRECTIVE) as endpoint:
        assert observe(endpoint, "CopyObject/Cache-Control").observed == "unknown"


def test_directive_when_replace_keeps_old_metadata_is_partial(
    moto: Endpoint, observe: Observe
) -> None:
    def respond(request: Request, ask: object) -> Answer:
        assert callable(ask)
        kept = ("x-amz-meta-of-source", "yes")
        replaces = request.header(DIRECTIVE) == "REPLACE"
        with_both = Request(
            method=request.method,
            target=request.target,
            headers=(*request.headers, kept) if replaces else request.headers,
            body=request.body,
        )
        answer = ask(with_both)
        assert isinstance(answer, Answer)
        return answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, COPY).observed == "partial"


def test_expires_when_formatted_differently_is_supported(moto: Endpoint, observe: Observe) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        other = "Saturday, 01-Dec-40 16:00:00 GMT"
        return with_headers(answer, [(n, other) for n, _ in answer.headers if n == "Expires"])

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "PutObject/Expires").observed == "supported"


def test_header_when_the_object_is_gone_is_not_ignored(moto: Endpoint, observe: Observe) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        flagged = request.method in ("HEAD", "GET")
        return Answer(status=404) if flagged and answer.status == 200 else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "PutObject/Cache-Control").observed in ("broken", "unknown")
