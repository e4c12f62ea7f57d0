"""Versions that are named: heeded, ignored, refused, and where no bucket keeps any."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe, failed
from tests.probes.fakes import REFUSAL, Answer, Request, proxy, refusing_flags, stripping

ID = "versionId"
READS = [f"GetObject/{ID}", f"HeadObject/{ID}"]
DELETE = f"DeleteObject/{ID}"
ACLS = [f"GetObjectAcl/{ID}", f"PutObjectAcl/{ID}"]


@pytest.mark.parametrize("row", [*READS, DELETE, ACLS[0]])
def test_version_when_heeded_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    seen = observe(moto, row)
    assert (seen.observed, failed(seen)) == ("supported", set())


@pytest.mark.parametrize("row", [*READS, *ACLS])
def test_version_when_dropped_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, ID) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


def test_deletion_of_a_version_when_the_latest_is_deleted_is_ignored_and_destructive(
    moto: Endpoint, observe: Observe
) -> None:
    with stripping(moto, ID, methods=["DELETE"]) as endpoint:
        seen = observe(endpoint, DELETE)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.DESTRUCTIVE)


@pytest.mark.parametrize("row", [*READS, DELETE, *ACLS])
def test_version_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, ID) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_grants_of_a_version_when_put_on_the_latest_are_ignored(
    moto: Endpoint, observe: Observe
) -> None:
    """The id of GetObjectAcl is read by moto, and that of PutObjectAcl is not."""
    seen = observe(moto, ACLS[1])
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT)


@pytest.mark.parametrize(
    ("row", "ignores", "observed"),
    [
        (READS[0], True, "ignored"),
        (READS[0], False, "unknown"),
        (READS[1], True, "ignored"),
        (DELETE, True, "ignored"),
        (DELETE, False, "unknown"),
    ],
)
def test_version_when_no_bucket_keeps_any_counts_only_if_it_is_served(
    moto: Endpoint, observe: Observe, row: str, ignores: bool, observed: str
) -> None:
    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        if "versioning" in request.parameters:
            return REFUSAL
        if request.method == "DELETE" and ID in request.parameters and not ignores:
            return Answer(status=204)
        return ask(request.without(ID) if ignores else request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == observed


def test_version_when_refused_where_no_bucket_keeps_any_is_rejected(
    moto: Endpoint, observe: Observe
) -> None:
    with refusing_flags(moto, ID, "versioning") as endpoint:
        assert observe(endpoint, READS[0]).observed == "rejected"
