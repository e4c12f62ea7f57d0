"""The probes of multipart uploads look at the object that results."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

import conformance.probes.multipart_abortion
import conformance.probes.multipart_completion
import conformance.probes.multipart_operations  # noqa: F401 - register the probes
from conformance.s3.endpoint import Endpoint
from conformance.serve import http
from conformance.subjects.multipart import PART
from conformance.verdict import Hazard, Observed, Weight
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    REFUSAL,
    Answer,
    Request,
    empty,
    proxy,
    refusing,
    replacing,
    spoiling,
    stripping,
)

STEPS = (
    "CreateMultipartUpload",
    "UploadPartCopy",
    "CompleteMultipartUpload",
    "AbortMultipartUpload",
    "UploadPart",
)
# What moto gets wrong of them: unknown upload ids are 500, and an id is enough under any key.
MOTO = {
    "CreateMultipartUpload": set[str](),
    "UploadPart": {"unknown-upload", "another-key", "another-bucket"},
    "UploadPartCopy": {"unknown-upload", "another-key", "part-10001"},
    "CompleteMultipartUpload": {"part-order", "unknown-upload", "another-key"},
    "AbortMultipartUpload": {"no-more-parts", "other-upload-stays"},
}

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


@pytest.mark.parametrize("row", STEPS)
def test_step_when_moto_serves_it_fails_the_known_checks_only(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    seen = observe(moto, row)
    decisive = {check.id for check in seen.failed if check.weight is not Weight.DETAIL}
    assert decisive == MOTO[row], seen.reason
    assert seen.observed is (Observed.PARTIAL if decisive else Observed.SUPPORTED)


@pytest.mark.parametrize("row", STEPS)
@pytest.mark.parametrize("fake", [refusing, empty])
def test_step_when_nothing_is_done_is_not_supported(observe: Observe, fake: type, row: str) -> None:
    with fake() as endpoint:
        assert observe(endpoint, row).observed not in (Observed.SUPPORTED, Observed.PARTIAL)


@pytest.mark.parametrize("row", STEPS)
def test_step_when_refused_is_rejected(observe: Observe, moto: Endpoint, row: str) -> None:
    with proxy(
        moto, lambda request, ask: REFUSAL if IS[row](request) else ask(request)
    ) as endpoint:
        assert observe(endpoint, row).observed is Observed.REJECTED


@pytest.mark.parametrize("row", STEPS[:3])
def test_step_when_bytes_are_wrong_is_corrupting(
    observe: Observe, moto: Endpoint, row: str
) -> None:
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
def test_step_when_the_root_element_is_another_is_partial(
    observe: Observe, moto: Endpoint, row: str, root: bytes
) -> None:
    with spoiling(moto, lambda _, answer: replacing(answer, root, b"Result")) as endpoint:
        assert observe(endpoint, row).observed is Observed.PARTIAL


def test_create_when_there_is_no_upload_id_is_broken(observe: Observe, moto: Endpoint) -> None:
    with spoiling(moto, lambda _, answer: replacing(answer, b"UploadId", b"Id")) as endpoint:
        assert observe(endpoint, "CreateMultipartUpload").observed is Observed.BROKEN


def test_part_copy_when_the_source_is_ignored_is_broken(observe: Observe, moto: Endpoint) -> None:
    with stripping(moto, "x-amz-copy-source") as endpoint:
        observation = observe(endpoint, "UploadPartCopy")
    assert observation.observed is Observed.BROKEN
    assert observation.hazard is Hazard.CORRUPTING


def test_part_when_stored_as_the_object_is_ignored(observe: Observe, moto: Endpoint) -> None:
    def misread(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        part = IS["UploadPart"](request)
        return ask(request.without("partNumber", "uploadId") if part else request)

    with proxy(moto, misread) as endpoint:
        assert observe(endpoint, "UploadPart").observed is Observed.IGNORED


def test_part_when_it_cannot_be_replaced_is_not_supported(observe: Observe, moto: Endpoint) -> None:
    seen: set[str] = set()

    def keep(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        if not IS["UploadPart"](request) or request.target not in seen:
            seen.add(request.target)
            return ask(request)
        return Answer(status=200, headers=(("ETag", '"0123456789abcdef0123456789abcdef"'),))

    with proxy(moto, keep) as endpoint:
        assert observe(endpoint, "UploadPart").observed is not Observed.SUPPORTED


def test_abort_when_nothing_is_done_is_ignored(observe: Observe, moto: Endpoint) -> None:
    with proxy(
        moto,
        lambda request, ask: DONE if IS["AbortMultipartUpload"](request) else ask(request),
    ) as endpoint:
        assert observe(endpoint, "AbortMultipartUpload").observed is Observed.IGNORED


def test_abort_when_it_deletes_the_object_is_destructive(observe: Observe, moto: Endpoint) -> None:
    def misread(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        abort = IS["AbortMultipartUpload"](request)
        return ask(request.without("uploadId") if abort else request)

    with proxy(moto, misread) as endpoint:
        observation = observe(endpoint, "AbortMultipartUpload")
    assert observation.observed is Observed.IGNORED
    assert observation.hazard is Hazard.DESTRUCTIVE


def test_part_copy_when_a_small_source_is_refused_is_partial(
    moto: Endpoint, observe: Observe
) -> None:
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


SORTED = re.compile(rb"<PartNumber>2<.*<PartNumber>1<", re.DOTALL)


def _order_asked(request: Request) -> bool:
    return IS["CompleteMultipartUpload"](request) and bool(SORTED.search(request.body))


@pytest.mark.parametrize(
    ("code", "failed"),
    [
        ("InvalidPartOrder", set[str]()),
        ("InvalidPart", {"part-order-code"}),
        ("EntityTooSmall", {"part-order-code"}),
    ],
)
def test_completion_when_the_order_is_refused_keeps_the_promise_whatever_the_code(
    observe: Observe, moto: Endpoint, code: str, failed: set[str]
) -> None:
    refusal = http.error(400, code, "No.")

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        return refusal if _order_asked(request) else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, "CompleteMultipartUpload")
    assert {check.id for check in seen.failed if "order" in check.id} == failed


@pytest.mark.parametrize("code", ["EntityTooSmall", "InvalidPart"])
def test_completion_when_another_reason_is_given_is_asked_again_without_it(
    observe: Observe, moto: Endpoint, code: str
) -> None:
    """A server that sorts the parts finds a small one first; another takes no subset of them."""
    parts: dict[str, set[int]] = {}

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        if IS["UploadPart"](request):
            parts.setdefault(request.path, set()).add(len(request.body))
        if _order_asked(request) and min(parts[request.path]) < PART:
            return http.error(400, code, "No.")
        return ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, "CompleteMultipartUpload")
    assert "part-order" in {check.id for check in seen.failed}


def test_completion_when_an_upload_that_is_over_is_forbidden_fails_the_known_checks_only(
    observe: Observe, moto: Endpoint
) -> None:
    """s3s answers 403, not 404, to what follows a completion that it wrongly served."""

    def spoil(request: Request, answer: Answer) -> Answer:
        over = IS["CompleteMultipartUpload"](request) and answer.status >= 404
        return http.error(403, "AccessDenied", "") if over else answer

    with spoiling(moto, spoil) as endpoint:
        seen = observe(endpoint, "CompleteMultipartUpload")
    decisive = {check.id for check in seen.failed if check.weight is not Weight.DETAIL}
    assert decisive == MOTO["CompleteMultipartUpload"], seen.reason
