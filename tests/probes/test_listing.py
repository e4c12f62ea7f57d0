"""The probes of object listings tell a server that honours a parameter from all others."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import conformance.probes.object_listings  # noqa: F401 - registers the probes
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Observed
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    Answer,
    Request,
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

# A damage to the listing, the row it hits, and what that row is then.
DAMAGES = (
    (rb"<Size>\d+", b"<Size>7", "ListObjects", Observed.PARTIAL),
    (rb"<ETag>.*?</ETag>", b"", "ListObjectsV2", Observed.PARTIAL),
    (rb"<LastModified>.*?</LastModified>", b"", "ListObjects", Observed.PARTIAL),
    (
        rb"(<Contents>.*?</Contents>)(<Contents>.*?</Contents>)",
        rb"\2\1",
        "ListObjects",
        Observed.PARTIAL,
    ),
    (rb"<Contents>.*?</Contents>", b"", "ListObjectsV2", Observed.BROKEN),
    (rb"ListBucketResult", b"Listing", "ListObjects", Observed.PARTIAL),
    (rb"<KeyCount>\d+", b"<KeyCount>9", "ListObjectsV2/list-type", Observed.BROKEN),
    (rb"<CommonPrefixes>.*</CommonPrefixes>", b"", "ListObjects/delimiter", Observed.PARTIAL),
    (rb"<IsTruncated>true", b"<IsTruncated>false", "ListObjects/max-keys", Observed.PARTIAL),
    (rb"<EncodingType>url</EncodingType>", b"", "ListObjects/encoding-type", Observed.PARTIAL),
    (rb"%20", b" ", "ListObjectsV2/encoding-type", Observed.SUPPORTED),
    (rb"%2B", b"+", "ListObjectsV2/encoding-type", Observed.BROKEN),
    (rb"<Owner>.*?</Owner>", b"", "ListObjectsV2/fetch-owner", Observed.IGNORED),
    (rb"<IsLatest>true", b"<IsLatest>false", "ListObjectVersions", Observed.PARTIAL),
)


@pytest.mark.parametrize("row", ROWS)
def test_a_good_server_supports_every_row(observe: Observe, moto: Endpoint, row: str) -> None:
    assert observe(moto, row).observed is Observed.SUPPORTED


@pytest.mark.parametrize("row", FLAGS)
def test_a_parameter_that_is_dropped_is_ignored(observe: Observe, moto: Endpoint, row: str) -> None:
    with stripping(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed is Observed.IGNORED


@pytest.mark.parametrize("row", FLAGS)
def test_a_parameter_that_is_refused_is_rejected(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed is Observed.REJECTED


@pytest.mark.parametrize(("old", "new", "row", "observed"), DAMAGES)
def test_a_damaged_listing_is_seen(
    observe: Observe, moto: Endpoint, old: bytes, new: bytes, row: str, observed: Observed
) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        return replace(answer, body=re.sub(old, new, answer.body, count=0, flags=re.DOTALL))

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed is observed


@pytest.mark.parametrize("row", ["ListObjects/encoding-type", "ListObjectsV2/encoding-type"])
def test_keys_that_are_always_encoded_do_not_heed_the_parameter(
    observe: Observe, moto: Endpoint, row: str
) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        return replacing(answer, "a ä+.txt".encode(), b"a%20%C3%A4%2B.txt")

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed is not Observed.SUPPORTED


def test_the_subresource_that_is_ignored_lists_no_versions(
    observe: Observe, moto: Endpoint
) -> None:
    with stripping(moto, "versions") as endpoint:
        assert observe(endpoint, "ListObjectVersions").observed is Observed.IGNORED
