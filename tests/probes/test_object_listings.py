"""The probes of object listings tell a server that honours a parameter from all others."""

from __future__ import annotations

import pytest

import conformance.probes.object_listing_encoding
import conformance.probes.object_listing_pages
import conformance.probes.object_listing_selection
import conformance.probes.object_listings  # noqa: F401 - registers the probes
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Observation, Observed, Weight
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
    empty,
    refusing,
    refusing_flags,
    replacing,
    spoiling,
    stripping,
)

FLAGS = (
    "ListObjects/delimiter",
    "ListObjects/encoding-type",
    "ListObjects/marker",
    "ListObjects/max-keys",
    "ListObjects/prefix",
    "ListObjectsV2/list-type",
    "ListObjectsV2/continuation-token",
    "ListObjectsV2/delimiter",
    "ListObjectsV2/encoding-type",
    "ListObjectsV2/fetch-owner",
    "ListObjectsV2/max-keys",
    "ListObjectsV2/prefix",
    "ListObjectsV2/start-after",
)
ROWS = ("ListObjects", "ListObjectsV2", "ListObjectVersions", *FLAGS)

# What moto lacks of the promises; whatever else it does is right.
LACKING = {
    "ListObjects/delimiter": {"pages"},
    "ListObjects/encoding-type": {"prefix", "common-prefixes", "delimiter"},
    "ListObjectsV2/encoding-type": {"delimiter"},
    "ListObjects/marker": {"with-delimiter", "echo", "after-a-common-prefix"},
    "ListObjects/max-keys": {"with-delimiter"},
    "ListObjectsV2/continuation-token": {"echo"},
    "ListObjectsV2/fetch-owner": {"asked-not-to"},
}


def _lacks(observation: Observation) -> set[str]:
    return {check.id for check in observation.failed if check.weight is not Weight.DETAIL}


@pytest.mark.parametrize("row", ROWS)
def test_row_when_the_server_is_good_is_supported(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    seen = observe(moto, row)
    lacking = LACKING.get(row, set())
    assert (_lacks(seen), seen.observed) == (lacking, "partial" if lacking else "supported")


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("fake", [refusing, empty])
def test_row_when_the_server_does_nothing_is_not_supported(
    observe: Observe, fake: type, row: str
) -> None:
    with fake() as endpoint:
        assert observe(endpoint, row).observed not in (Observed.SUPPORTED, Observed.PARTIAL)


@pytest.mark.parametrize("row", FLAGS)
def test_parameter_when_dropped_is_ignored(observe: Observe, moto: Endpoint, row: str) -> None:
    with stripping(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed is Observed.IGNORED


@pytest.mark.parametrize("row", FLAGS)
def test_parameter_when_refused_is_rejected(observe: Observe, moto: Endpoint, row: str) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed is Observed.REJECTED


@pytest.mark.parametrize("row", ["ListObjects/encoding-type", "ListObjectsV2/encoding-type"])
def test_encoding_type_when_keys_are_always_encoded_is_not_supported(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        return replacing(answer, "a ä+.txt".encode(), b"a%20%C3%A4%2B.txt")

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed is not Observed.SUPPORTED


def test_versions_when_the_subresource_is_dropped_is_ignored(
    observe: Observe, moto: Endpoint
) -> None:
    with stripping(moto, "versions") as endpoint:
        assert observe(endpoint, "ListObjectVersions").observed is Observed.IGNORED
