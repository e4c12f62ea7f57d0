"""What fails for another reason than the row's own is not laid at its door."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from conformance.s3.endpoint import Endpoint
from conformance.serve.http import error
from tests.probes.conftest import Observe, failed
from tests.probes.fakes import Answer, Request, proxy, spoiling

Ask = Callable[[Request], Answer]
SMALLEST = 5 << 20
NUMBER = re.compile(rb"<PartNumber>(\d+)</PartNumber>")


def _folders_are_empty(request: Request, answer: Answer) -> Answer:
    """A store over a file system, which keeps no bytes for a key that ends with a slash."""
    empty = request.method == "GET" and request.path.endswith("/") and answer.status == 200
    return Answer(status=200, headers=(("ETag", '"e"'),)) if empty else answer


def test_deletion_where_a_key_with_a_slash_never_reads_back_is_no_hazard(
    moto: Endpoint, observe: Observe
) -> None:
    with spoiling(moto, _folders_are_empty) as endpoint:
        seen = observe(endpoint, "DeleteObject")

    assert (seen.observed, seen.hazard) == ("supported", None)
    assert not failed(seen)


def test_range_when_served_with_the_status_of_a_whole_object_is_broken(
    moto: Endpoint, observe: Observe
) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        if answer.status != 206:
            return answer
        return Answer(status=200, headers=answer.headers, body=answer.body)

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "HTTP/range-is-206").observed == "broken"


def test_part_order_when_a_small_part_alone_is_refused_is_ignored(
    moto: Endpoint, observe: Observe
) -> None:
    sizes: dict[tuple[str, int], int] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        upload = request.parameters.get("uploadId", "")
        if request.method == "PUT" and upload:
            sizes[upload, int(request.parameters["partNumber"])] = len(request.body)
        if request.method == "POST" and upload:
            *before, _ = sorted(int(number) for number in NUMBER.findall(request.body))
            if any(sizes[upload, number] < SMALLEST for number in before):
                return error(400, "EntityTooSmall")
        return ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "Error/InvalidPartOrder").observed == "ignored"


def test_part_left_out_when_only_whole_uploads_are_completed_is_rejected(
    moto: Endpoint, observe: Observe
) -> None:
    parts: dict[str, set[str]] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        upload = request.parameters.get("uploadId", "")
        if request.method == "PUT" and upload:
            parts.setdefault(upload, set()).add(request.parameters["partNumber"])
        if request.method == "POST" and upload:
            listed = {number.decode() for number in NUMBER.findall(request.body)}
            if listed != parts[upload]:
                return error(400, "InvalidPart")
        return ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, "MultipartRules/part-left-out")

    assert (seen.observed, seen.decided_by) == ("rejected", "request")


@pytest.mark.parametrize(
    "row",
    [
        "Versioning/delete-objects",
        "Versioning/object-from-before",
        "Versioning/other-writes",
        "Versioning/suspended-delete",
        "Versioning/two-versions",
    ],
)
def test_loss_of_a_version_where_none_are_kept_is_no_hazard(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """The server takes `?versioning` for CreateBucket, and knows no `versionId`."""

    def respond(request: Request, ask: Ask) -> Answer:
        if "versioning" in request.parameters:
            return Answer(status=200)
        return ask(request.without("versionId"))

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)

    assert (seen.observed, seen.hazard) == ("unknown", None)
    assert "x-amz-version-id" in seen.reason
