"""Objects: the probes tell bytes from no bytes, other bytes and too few objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance import probes
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    REFUSAL,
    Answer,
    Request,
    proxy,
    replacing,
    spoiling,
    stripping,
    with_headers,
)

probes.load_all()

OPERATIONS = [
    "PutObject",
    "GetObject",
    "HeadObject",
    "CopyObject",
    "DeleteObject",
    "DeleteObjects",
]
Ask = Callable[[Request], Answer]


@pytest.mark.parametrize("row", OPERATIONS)
def test_row_on_a_good_server_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    seen = observe(moto, row)
    # moto reports deletions in spite of Quiet.
    failed = [check.id for check in seen.failed if check.weight != "detail"]
    assert failed == (["quiet"] if row == "DeleteObjects" else []), seen.reason


def _is(row: str, request: Request) -> bool:
    """Whether a request may be one to this operation, as far as these tests go."""
    copy, many = request.header("x-amz-copy-source"), "delete" in request.flags
    return {
        "PutObject": request.method == "PUT" and request.path.count("/") > 1 and not copy,
        "GetObject": request.method == "GET",
        "HeadObject": request.method == "HEAD",
        "CopyObject": bool(copy),
        "DeleteObject": request.method == "DELETE",
        "DeleteObjects": many,
    }[row]


@pytest.mark.parametrize("row", OPERATIONS)
def test_row_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, lambda r, ask: REFUSAL if _is(row, r) else ask(r)) as endpoint:
        observed = observe(endpoint, row).observed
    assert observed == "rejected"


@pytest.mark.parametrize("row", OPERATIONS)
def test_row_when_answered_with_an_empty_200_does_not_work(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """Served with an empty 200 and no effect."""
    with proxy(moto, lambda r, ask: Answer(status=200) if _is(row, r) else ask(r)) as endpoint:
        assert observe(endpoint, row).observed in ("ignored", "broken")


@pytest.mark.parametrize("row", ["PutObject", "GetObject", "CopyObject"])
def test_row_when_other_bytes_are_read_is_corrupting(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        whole = request.method == "GET" and answer.status == 200
        return replace(answer, body=answer.body[:-1] + b"!") if whole else answer

    with spoiling(moto, spoil) as endpoint:
        observation = observe(endpoint, row)
    assert observation.observed in ("broken", "partial")
    assert observation.hazard == "corrupting"


def test_put_object_when_the_second_write_is_lost_is_partial(
    moto: Endpoint, observe: Observe
) -> None:
    seen: set[str] = set()

    def respond(request: Request, ask: Ask) -> Answer:
        again = _is("PutObject", request) and request.path in seen
        seen.add(request.path)
        return Answer(status=200, headers=(("ETag", '"x"'),)) if again else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "PutObject").observed == "partial"


def test_copy_object_when_it_stores_an_empty_object_is_destructive(
    moto: Endpoint, observe: Observe
) -> None:
    """CopyObject is carried out as PutObject of the request's own, empty body."""
    with stripping(moto, "x-amz-copy-source") as endpoint:
        observation = observe(endpoint, "CopyObject")
    assert (observation.observed, observation.hazard) == ("ignored", "destructive")


@pytest.mark.parametrize("row", ["GetObject", "HeadObject"])
def test_read_when_a_missing_key_is_served_is_partial(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        return Answer(status=200) if answer.status == 404 else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "partial"


@pytest.mark.parametrize(("name", "value"), [("ETag", '"0"'), ("Content-Length", "7")])
def test_head_object_when_a_header_is_wrong_is_partial(
    moto: Endpoint, observe: Observe, name: str, value: str
) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return with_headers(answer, [(name, value)]) if request.method == "HEAD" else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "HeadObject").observed == "partial"


def test_one_deletion_takes_all(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        answer = ask(request)
        if request.method == "DELETE":
            ask(replace(request, target=f"{request.target}-longer"))
        return answer

    with proxy(moto, respond) as endpoint:
        observation = observe(endpoint, "DeleteObject")
    assert (observation.observed, observation.hazard) == ("partial", "destructive")


def test_deletions_that_are_not_told(moto: Endpoint, observe: Observe) -> None:
    with spoiling(moto, lambda _, answer: replacing(answer, b"Deleted>", b"Gone>")) as endpoint:
        assert observe(endpoint, "DeleteObjects").observed == "partial"


def test_only_the_first_is_deleted(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if "delete" not in request.flags:
            return ask(request)
        first = request.body.partition(b"</Object>")[0] + b"</Object></Delete>"
        return ask(replace(request.without("Content-MD5"), body=first))

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "DeleteObjects").observed == "partial"


def test_put_object_when_names_have_255_bytes_fails_the_long_name_only(
    moto: Endpoint, observe: Observe
) -> None:
    """A store of files has room for a key of 1,024 bytes, if slashes divide it."""

    def respond(request: Request, ask: Ask) -> Answer:
        longest = max(map(len, request.path.split("/")))
        return Answer(status=400) if longest > 255 else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, "PutObject")
    assert [check.id for check in seen.failed if check.weight != "detail"] == ["key-one-name"]
