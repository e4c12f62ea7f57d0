"""uploads, uploadId and partNumber: read, not read, and refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance.probes.upload_parameters import ID, NUMBER, OPERATIONS, PARTS
from conformance.s3.endpoint import Endpoint
from conformance.s3.recognise import operations_of, target_of
from tests.mutants.assembling import UPLOAD_ID, is_creation, upload_of
from tests.probes.conftest import Observe, core_held, failed
from tests.probes.fakes import REFUSAL, Answer, Request, proxy

IDS = [f"{operation}/{ID}" for operation in OPERATIONS]
NUMBERS = [f"{operation}/{NUMBER}" for operation in PARTS]
UPLOADS = "CreateMultipartUpload/uploads"
Ask = Callable[[Request], Answer]


def _is(request: Request, row: str) -> bool:
    target = target_of(request.path)
    found = operations_of(request.method, target, request.parameters, request.names)
    return row.partition("/")[0] in found


@pytest.mark.parametrize("row", [*IDS, *NUMBERS, UPLOADS])
def test_parameter_when_read_has_its_core_held(moto: Endpoint, observe: Observe, row: str) -> None:
    """Moto breaks on ids and numbers that do not exist, so that some rows are partial."""
    seen = observe(moto, row)
    assert core_held(seen), seen.reason
    assert failed(seen) <= {"unknown-upload", "empty-id", "part-10001", "not-a-number",
                            "empty-number"}  # fmt: skip


@pytest.mark.parametrize("row", [*IDS, *NUMBERS])
def test_parameter_when_dropped_is_not_supported(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """Who drops it carries out another operation, or finds none."""

    def respond(request: Request, ask: Ask) -> Answer:
        return ask(request.without(row.partition("/")[2]) if _is(request, row) else request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    complete = row.startswith("Complete")  # POST of a key is no operation
    assert seen.observed in (("ignored", "rejected", "broken") if complete else ("ignored",))


@pytest.mark.parametrize("row", [IDS[0], IDS[2], NUMBERS[0], UPLOADS])
def test_parameter_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return REFUSAL if _is(request, row) else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", ["CompleteMultipartUpload/uploadId", "ListParts/uploadId"])
def test_upload_id_when_the_latest_of_the_key_is_taken_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    latest: dict[str, str] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        if is_creation(request):
            answer = ask(request)
            found = UPLOAD_ID.search(answer.body)
            latest[request.path] = found[1].decode() if found else ""
            return answer
        if _is(request, row):
            target = request.target.replace(upload_of(request), latest[request.path])
            return ask(replace(request, target=target))
        return ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", NUMBERS)
def test_part_number_when_every_part_is_the_first_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return ask(
            replace(request, target=re.sub(r"partNumber=\w*", "partNumber=1", request.target))
        )

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"
