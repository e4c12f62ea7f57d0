"""Buckets: the probes tell what is there from what is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import conformance.probes.buckets  # noqa: F401 - registers its probes
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe, failed
from tests.probes.fakes import REFUSAL, Answer, Request, proxy, replacing, spoiling, stripping

OPERATIONS = ["ListBuckets", "HeadBucket", "CreateBucket", "DeleteBucket", "GetBucketLocation"]
Ask = Callable[[Request], Answer]


@pytest.mark.parametrize("row", OPERATIONS)
def test_row_when_carried_out_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "supported"


def _is(row: str, request: Request) -> bool:
    bucket = request.path.strip("/").count("/") == 0
    return {
        "ListBuckets": request.path == "/",
        "HeadBucket": bucket and request.method == "HEAD",
        "CreateBucket": bucket and request.method == "PUT",
        "DeleteBucket": bucket and request.method == "DELETE",
        "GetBucketLocation": "location" in request.flags,
    }[row]


@pytest.mark.parametrize("row", OPERATIONS)
def test_row_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, lambda r, ask: REFUSAL if _is(row, r) else ask(r)) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", OPERATIONS)
def test_row_when_the_server_does_nothing_is_not_supported(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """Served with an empty 200 and no effect."""
    with proxy(moto, lambda r, ask: Answer(status=200) if _is(row, r) else ask(r)) as endpoint:
        assert observe(endpoint, row).observed not in ("supported", "partial", "rejected")


def test_list_buckets_when_the_bucket_is_missing_is_broken(
    moto: Endpoint, observe: Observe
) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return replacing(answer, b"<Name>", b"<Name>x") if request.path == "/" else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "ListBuckets").observed == "broken"


def test_location_when_the_subresource_is_dropped_is_ignored(
    moto: Endpoint, observe: Observe
) -> None:
    with stripping(moto, "location") as endpoint:
        assert observe(endpoint, "GetBucketLocation").observed == "ignored"


def test_location_when_the_root_is_another_is_broken(moto: Endpoint, observe: Observe) -> None:
    with spoiling(moto, lambda _, a: replacing(a, b"LocationConstraint", b"Region")) as endpoint:
        assert observe(endpoint, "GetBucketLocation").observed == "broken"


def test_head_bucket_when_every_bucket_is_there_is_ignored(
    moto: Endpoint, observe: Observe
) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return replace(answer, status=200) if _is("HeadBucket", request) else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "HeadBucket").observed == "ignored"


def test_delete_bucket_when_it_has_an_object_is_destructive(
    moto: Endpoint, observe: Observe
) -> None:
    full: dict[str, str] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        _, bucket, *key = request.path.split("/", 2)
        if request.method == "PUT" and key:
            full[bucket] = request.path
        if _is("DeleteBucket", request) and bucket in full:
            ask(replace(request, target=full[bucket]))
        return ask(request)

    with proxy(moto, respond) as endpoint:
        observation = observe(endpoint, "DeleteBucket")
    assert (observation.observed, observation.hazard) == ("partial", "destructive")


def test_create_bucket_when_a_long_name_is_refused_by_another_code_is_supported(
    moto: Endpoint, observe: Observe
) -> None:
    """That it is refused is promised; which of two codes says so is a detail.

    Half a body moto answers with 500; it creates buckets without the tags that are given, and
    takes capital letters in their names.
    """

    def spoil(request: Request, answer: Answer) -> Answer:
        return replacing(answer, b"InvalidBucketName", b"InvalidRequest")

    with spoiling(moto, spoil) as endpoint:
        seen = observe(endpoint, "CreateBucket")
    assert seen.observed == "supported"
    assert failed(seen) == {"invalid-name", "malformed-body", "other-names", "tags"}
