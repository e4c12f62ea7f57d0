"""The probes of multipart uploads look at the object that results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import conformance.probes.multipart_operations  # noqa: F401 - registers the probes
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard, Observed
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    REFUSAL,
    Answer,
    Request,
    proxy,
    replacing,
    spoiling,
    stripping,
)

SUPPORTED = (
    "CreateMultipartUpload",
    "UploadPartCopy",
    "CompleteMultipartUpload",
    "AbortMultipartUpload",
)
# moto answers 500 to a part of an upload that it does not know.
ROWS = (*SUPPORTED, "UploadPart")

Matches = Callable[[Request], bool]
IS: dict[str, Matches] = {
    "CreateMultipartUpload": lambda r: r.method == "POST" and "uploads" in r.flags,
    "UploadPart": lambda r: (
        r.method == "PUT" and "uploadid" in r.flags and "x-amz-copy-source" not in r.flags
    ),
    "UploadPartCopy": lambda r: {"x-amz-copy-source", "uploadid"} <= r.flags,
    "CompleteMultipartUpload": lambda r: r.method == "POST" and "uploadid" in r.flags,
    "AbortMultipartUpload": lambda r: r.method == "DELETE" and "uploadid" in r.flags,
}
DONE = Answer(status=204)


def _reads(request: Request) -> bool:
    return request.method == "GET"


@pytest.mark.parametrize("row", SUPPORTED)
def test_a_good_server_supports_every_step(observe: Observe, moto: Endpoint, row: str) -> None:
    assert observe(moto, row).observed is Observed.SUPPORTED


def test_a_part_of_no_upload_must_be_refused(observe: Observe, moto: Endpoint) -> None:
    assert observe(moto, "UploadPart").observed is Observed.PARTIAL

    def refuse(request: Request, answer: Answer) -> Answer:
        return replace(REFUSAL, status=404) if answer.status == 500 else answer

    with spoiling(moto, refuse) as endpoint:
        assert observe(endpoint, "UploadPart").observed is Observed.SUPPORTED


@pytest.mark.parametrize("row", ROWS)
def test_a_step_that_is_refused_is_rejected(observe: Observe, moto: Endpoint, row: str) -> None:
    with proxy(
        moto, lambda request, ask: REFUSAL if IS[row](request) else ask(request)
    ) as endpoint:
        assert observe(endpoint, row).observed is Observed.REJECTED


@pytest.mark.parametrize("row", SUPPORTED[:3])
def test_wrong_bytes_are_corruption(observe: Observe, moto: Endpoint, row: str) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return replace(answer, body=answer.body[:-1] + b"?") if _reads(request) else answer

    with spoiling(moto, spoil) as endpoint:
        observation = observe(endpoint, row)
    assert observation.observed in (Observed.BROKEN, Observed.PARTIAL)
    assert observation.hazard is Hazard.CORRUPTING


@pytest.mark.parametrize(
    ("row", "root"),
    [
        ("CreateMultipartUpload", b"InitiateMultipartUploadResult"),
        ("UploadPartCopy", b"CopyPartResult"),
        ("CompleteMultipartUpload", b"CompleteMultipartUploadResult"),
    ],
)
def test_another_root_element_is_seen(
    observe: Observe, moto: Endpoint, row: str, root: bytes
) -> None:
    with spoiling(moto, lambda _, answer: replacing(answer, root, b"Result")) as endpoint:
        assert observe(endpoint, row).observed is Observed.PARTIAL


def test_an_upload_without_an_id_is_broken(observe: Observe, moto: Endpoint) -> None:
    with spoiling(moto, lambda _, answer: replacing(answer, b"UploadId", b"Id")) as endpoint:
        assert observe(endpoint, "CreateMultipartUpload").observed is Observed.BROKEN


def test_a_copied_part_without_its_source_is_not_supported(
    observe: Observe, moto: Endpoint
) -> None:
    with stripping(moto, "x-amz-copy-source") as endpoint:
        observation = observe(endpoint, "UploadPartCopy")
    assert observation.observed is Observed.BROKEN
    assert observation.hazard is Hazard.CORRUPTING


def test_a_part_that_is_stored_as_the_object_is_no_part(observe: Observe, moto: Endpoint) -> None:
    def misread(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        part = IS["UploadPart"](request)
        return ask(request.without("partNumber", "uploadId") if part else request)

    with proxy(moto, misread) as endpoint:
        assert observe(endpoint, "UploadPart").observed is Observed.IGNORED


def test_an_old_part_that_stays_is_corruption(observe: Observe, moto: Endpoint) -> None:
    seen: set[str] = set()

    def keep(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        if not IS["UploadPart"](request) or request.target not in seen:
            seen.add(request.target)
            return ask(request)
        return Answer(status=200, headers=(("ETag", '"0123456789abcdef0123456789abcdef"'),))

    with proxy(moto, keep) as endpoint:
        assert observe(endpoint, "UploadPart").observed is not Observed.SUPPORTED


def test_an_abort_that_does_nothing_is_ignored(observe: Observe, moto: Endpoint) -> None:
    with proxy(
        moto,
        lambda request, ask: DONE if IS["AbortMultipartUpload"](request) else ask(request),
    ) as endpoint:
        assert observe(endpoint, "AbortMultipartUpload").observed is Observed.IGNORED


def test_an_abort_that_deletes_the_object_is_destructive(observe: Observe, moto: Endpoint) -> None:
    def misread(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        abort = IS["AbortMultipartUpload"](request)
        return ask(request.without("uploadId") if abort else request)

    with proxy(moto, misread) as endpoint:
        observation = observe(endpoint, "AbortMultipartUpload")
    assert observation.observed is Observed.IGNORED
    assert observation.hazard is Hazard.DESTRUCTIVE


def test_parts_must_be_the_ones_uploaded(observe: Observe, moto: Endpoint) -> None:
    """A server that takes any ETag assembles what the client did not send."""

    def credulous(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        answer = ask(request)
        wrong = IS["CompleteMultipartUpload"](request) and answer.status == 400
        return Answer(status=200, body=b"<CompleteMultipartUploadResult/>") if wrong else answer

    with proxy(moto, credulous) as endpoint:
        assert observe(endpoint, "CompleteMultipartUpload").observed is Observed.PARTIAL


def test_a_small_source_is_refused(moto: Endpoint, observe: Observe) -> None:
    """Of some stores no part may be smaller than those before the last."""
    refusal = Answer(status=400, body=b"<Error><Code>InvalidRequest</Code></Error>")
    sizes: dict[str, int] = {}

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        source = request.header("x-amz-copy-source")
        if source and sizes.get(f"/{source}"):
            return refusal
        if request.method == "PUT" and not request.query:
            sizes[request.path] = len(request.body)
        return ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "UploadPartCopy").observed == "partial"
