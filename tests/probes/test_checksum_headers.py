"""Checksums of one body and of one completion: compared, kept, ignored and refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from conformance.probes.checksum_headers import ALGORITHMS, BODIES, COMPLETE, MODE, TRAILER
from conformance.s3.checksums import DIGESTS, checksum_header
from conformance.s3.endpoint import Endpoint
from tests.probes.conftest import Observe, core_held, failed
from tests.probes.fakes import Answer, Request, proxy, refusing_flags, with_headers
from tests.probes.test_checksums import Checking
from tests.strict import strict

CREATE = "CreateMultipartUpload/x-amz-checksum-algorithm"
SOME = (checksum_header("CRC64NVME"), checksum_header("SHA256"), TRAILER)
COMPLETIONS = [f"{COMPLETE}/{checksum_header(name)}" for name in ("CRC32", "SHA256")]
MODES = [f"{operation}/{MODE}" for operation in ("GetObject", "HeadObject")]
CRC32 = checksum_header("CRC32")
INVALID = Answer(status=400, body=b"<Error><Code>InvalidRequest</Code></Error>")
Ask = Callable[[Request], Answer]


@pytest.fixture(scope="module")
def verifying(moto: Endpoint) -> Iterator[Endpoint]:
    with strict(moto) as endpoint:
        yield endpoint


@pytest.mark.parametrize("header", [*ALGORITHMS, TRAILER])
def test_checksum_of_an_object_when_compared_is_supported(
    verifying: Endpoint, observe: Observe, header: str
) -> None:
    assert observe(verifying, f"PutObject/{header}").observed == "supported"


@pytest.mark.parametrize("header", SOME)
def test_checksum_of_a_part_when_compared_has_its_core_held(
    verifying: Endpoint, observe: Observe, header: str
) -> None:
    seen = observe(verifying, f"UploadPart/{header}")
    assert core_held(seen)
    assert failed(seen) == {"returned"}  # moto lists no checksums of parts


@pytest.mark.parametrize("row", [f"{name}/{header}" for name in BODIES for header in SOME])
def test_checksum_when_not_compared_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "ignored"


@pytest.mark.parametrize("row", [f"{name}/{SOME[0]}" for name in BODIES] + [f"PutObject/{TRAILER}"])
def test_checksum_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", COMPLETIONS)
def test_checksum_of_a_completion_when_not_compared_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    assert observe(moto, row).observed == "ignored"


@pytest.mark.parametrize("row", COMPLETIONS)
def test_checksum_of_a_completion_when_refused_is_rejected(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with refusing_flags(moto, row.partition("/")[2], methods=("POST",)) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", [*COMPLETIONS, CREATE])
def test_checksum_of_an_upload_when_compared_has_its_core_held(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    checking = Checking()

    def respond(request: Request, ask: Ask) -> Answer:
        known = request.header("x-amz-checksum-algorithm") in (None, *DIGESTS)
        return checking(request, ask) if known else INVALID

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert core_held(seen), seen.reason


@pytest.mark.parametrize("row", MODES)
def test_mode_when_nothing_is_returned_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    assert observe(moto, row).observed == "ignored"


@pytest.mark.parametrize("row", MODES)
@pytest.mark.parametrize(("always", "observed"), [(False, "supported"), (True, "ignored")])
def test_mode_is_supported_where_only_it_returns_the_checksum(
    moto: Endpoint, observe: Observe, row: str, always: bool, observed: str
) -> None:
    kept: dict[str, str] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        answer = ask(request)
        told = request.header(CRC32)
        if request.method == "PUT" and told:
            kept[request.path] = told
        elif request.path in kept and (always or request.header(MODE) == "ENABLED"):
            summed = [(CRC32, kept[request.path]), ("x-amz-checksum-type", "FULL_OBJECT")]
            return with_headers(answer, summed)
        return answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == observed


@pytest.mark.parametrize("row", MODES)
def test_mode_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, MODE) as endpoint:
        assert observe(endpoint, row).observed == "rejected"
