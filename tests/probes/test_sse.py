"""Encryption with the server's keys: heeded, said but not checked, ignored and refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.probes.sse import BUCKET_KEY, CONTEXT, NO_SUCH_KEY
from conformance.s3.endpoint import Endpoint
from conformance.subjects.key_service import KEY_ID, SSE
from conformance.subjects.writes import WRITES
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import REFUSAL, Answer, Request, proxy, refusing_flags, stripping

KEY = "11111111-2222-4333-8444-555555555555"
ALGORITHMS = [f"{operation}/{SSE}" for operation in WRITES]
OF_KMS = [f"{operation}/{name}" for operation in WRITES for name in (KEY_ID, CONTEXT, BUCKET_KEY)]
SECRET = [row for row in OF_KMS if not row.endswith(BUCKET_KEY)]
# moto tells nothing of a bucket's key; and of a copy, nothing of keys at all.
TOLD = [row for row in OF_KMS if row.startswith("PutObject/") and not row.endswith(BUCKET_KEY)]
Ask = Callable[[Request], Answer]


def error(status: int, code: str) -> Answer:
    return Answer(status=status, body=f"<Error><Code>{code}</Code></Error>".encode())


def _checking(request: Request, ask: Ask) -> Answer:
    """As AWS checks: the algorithm, the key, and the context's form."""
    if request.header(SSE) not in (None, "AES256", "aws:kms"):
        return error(400, "InvalidArgument")
    if (request.header(KEY_ID) or KEY) != KEY:
        return error(400, "KMS.NotFoundException")
    context = request.header(CONTEXT)
    if context is not None and not _is_context(context):
        return error(400, "InvalidArgument")
    return ask(request)


def _is_context(value: str) -> bool:
    try:
        return isinstance(json.loads(base64.b64decode(value, validate=True)), dict)
    except ValueError:
        return False


@pytest.mark.parametrize("row", ALGORITHMS)
def test_algorithm_when_shown_and_checked_is_supported(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with proxy(moto, _checking) as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize("row", ALGORITHMS)
def test_algorithm_when_any_is_taken_is_partial(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "partial"  # moto takes any


@pytest.mark.parametrize("row", ALGORITHMS)
def test_algorithm_when_ignored_is_a_silent_hazard(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with stripping(moto, SSE) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", ALGORITHMS)
def test_algorithm_when_only_kms_is_supported_is_partial(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """One of the two algorithms is heeded, and who asks for the other is not told."""

    def respond(request: Request, ask: Ask) -> Answer:
        ignored = request.header(SSE) == "AES256"
        return _checking(request.without(SSE) if ignored else request, ask)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("partial", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", ALGORITHMS)
def test_algorithm_when_shown_of_every_object_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """Then that an object is encrypted shows nothing of the header."""

    def respond(request: Request, ask: Ask) -> Answer:
        answer = ask(request.without(SSE))
        return replace(answer, headers=(*answer.headers, (SSE, "AES256")))

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", [*ALGORITHMS, f"UploadPart/{SSE}"])
def test_algorithm_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, SSE) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", ALGORITHMS)
def test_algorithm_when_another_is_shown_is_broken(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        answer = _checking(request, ask)
        told = tuple((n, "aws:other" if n.lower() == SSE else v) for n, v in answer.headers)
        return replace(answer, headers=told)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "broken"


def test_algorithm_of_a_part_when_checked_is_supported(moto: Endpoint, observe: Observe) -> None:
    row = f"UploadPart/{SSE}"
    with proxy(moto, _checking) as endpoint:
        assert observe(endpoint, row).observed == "supported"
    assert observe(moto, row).observed == "ignored"


@pytest.mark.parametrize("row", TOLD)
def test_kms_header_when_checked_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, _checking) as endpoint:
        assert observe(replace(endpoint, kms_key_id=KEY), row).observed == "supported"


@pytest.mark.parametrize("row", SECRET)
def test_kms_header_when_not_read_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    names = (KEY_ID, CONTEXT)
    with stripping(moto, *names) as endpoint:
        seen = observe(replace(endpoint, kms_key_id=KEY), row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", OF_KMS)
def test_kms_header_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    name = row.partition("/")[2]

    def respond(request: Request, ask: Ask) -> Answer:
        return REFUSAL if name.lower() in request.flags else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", SECRET)
def test_kms_header_when_only_kms_is_refused_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """Nothing is encrypted with a key of a service there is not."""

    def respond(request: Request, ask: Ask) -> Answer:
        return REFUSAL if request.header(SSE) == "aws:kms" else ask(request.without(KEY_ID))

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("operation", WRITES[1:])
def test_key_id_when_refused_where_kms_requires_it_is_rejected(
    moto: Endpoint, observe: Observe, operation: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if request.header(SSE) == "aws:kms" and request.header(KEY_ID) is None:
            return error(400, "InvalidArgument")
        other = "uploads" in request.query or request.header("x-amz-copy-source")
        return REFUSAL if other and request.header(KEY_ID) else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(replace(endpoint, kms_key_id=KEY), f"{operation}/{KEY_ID}")
    assert seen.observed == "rejected"


def test_key_id_when_a_missing_key_is_refused_is_supported(
    moto: Endpoint, observe: Observe
) -> None:
    """The service says by its own error that there is no such key."""

    def respond(request: Request, ask: Ask) -> Answer:
        if request.header(KEY_ID) == NO_SUCH_KEY:
            return error(400, "KMS.NotFoundException")
        return ask(request)

    def hiding(request: Request, ask: Ask) -> Answer:
        answer = respond(request, ask)
        kept = tuple((n, v) for n, v in answer.headers if n.lower() != KEY_ID)
        return replace(answer, headers=kept)

    with proxy(moto, hiding) as endpoint:
        assert observe(endpoint, f"PutObject/{KEY_ID}").observed == "supported"


@pytest.mark.parametrize("row", SECRET)
def test_kms_header_when_no_key_is_known_is_unknown(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        wanting = request.header(SSE) == "aws:kms" and request.header(KEY_ID) != KEY
        return error(400, "InvalidArgument") if wanting else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert seen.observed == "unknown"
    assert "--kms-key-id" in seen.reason
