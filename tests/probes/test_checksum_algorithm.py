"""Headers that name a document's checksum: read, half read, ignored and refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.probes.checksum_algorithm import ALGORITHM, SDK_ALGORITHM
from conformance.s3.endpoint import Endpoint
from conformance.serve import http
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy, refusing_flags, stripping

OPERATIONS = ("PutBucketCors", "PutBucketVersioning", "PutObjectTagging", "DeleteObjects")
ROWS = [f"{operation}/{name}" for operation in OPERATIONS for name in (ALGORITHM, SDK_ALGORITHM)]
SDK_ROWS = [row for row in ROWS if row.endswith(SDK_ALGORITHM)]
KNOWN = ("CRC32", "CRC32C", "SHA1", "SHA256")
INVALID = Answer(status=400, body=b"<Error><Code>InvalidRequest</Code></Error>")
Ask = Callable[[Request], Answer]


def _named(request: Request) -> str | None:
    return request.header(SDK_ALGORITHM) or request.header(ALGORITHM)


def _reading(request: Request, ask: Ask) -> Answer:
    """As AWS reads it: a known name, and the checksum of that name beside it."""
    name = _named(request)
    if name is not None and request.header(f"x-amz-checksum-{name.lower()}") is None:
        return INVALID
    return INVALID if name not in (None, *KNOWN) else ask(request)


def _spelling(request: Request, ask: Ask) -> Answer:
    """Knows the names, and looks at nothing else."""
    return INVALID if _named(request) not in (None, *KNOWN) else ask(request)


def _without_checksums(request: Request, ask: Ask) -> Answer:
    """Takes no checksum of a document, but knows the names."""
    return INVALID if "x-amz-checksum-crc32" in request.flags else _spelling(request, ask)


@pytest.mark.parametrize("row", ROWS)
def test_algorithm_when_read_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, _reading) as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize("row", ROWS)
def test_algorithm_when_only_the_name_is_read_is_partial(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with proxy(moto, _spelling) as endpoint:
        assert observe(endpoint, row).observed == "partial"


@pytest.mark.parametrize("row", SDK_ROWS)
def test_algorithm_when_checksums_are_refused_is_partial(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with proxy(moto, _without_checksums) as endpoint:
        assert observe(endpoint, row).observed == "partial"


def test_algorithm_when_refused_for_want_of_a_checksum_is_supported(
    moto: Endpoint, observe: Observe
) -> None:
    """The server wants Content-MD5 or a checksum, and says of a name alone what is missing."""

    def wanting(request: Request, ask: Ask) -> Answer:
        named = request.method == "PUT" and "cors" in request.flags
        summed = "x-amz-checksum-crc32" in request.flags
        if named and not summed and _named(request):
            return http.error(400, "InvalidRequest", "No x-amz-checksum header was found.")
        if named and not summed and "content-md5" not in request.flags:
            return http.error(400, "InvalidRequest", "Missing required header: Content-MD5")
        return _reading(request, ask)

    with proxy(moto, wanting) as endpoint:
        seen = observe(endpoint, f"PutBucketCors/{SDK_ALGORITHM}")
    assert seen.observed == "supported", seen.reason


@pytest.mark.parametrize("row", ROWS)
def test_algorithm_when_ignored_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", ROWS)
def test_algorithm_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", ROWS)
def test_algorithm_when_ignored_and_checksums_are_refused_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """The refusal of the checksum is not the header's."""
    with refusing_flags(moto, "x-amz-checksum-crc32") as endpoint:
        assert observe(endpoint, row).observed == "ignored"
