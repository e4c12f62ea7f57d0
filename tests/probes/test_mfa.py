"""The device's header: read, ignored, refused, and refused whatever it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from conformance.probes.mfa import MALFORMED, MFA, OPERATIONS, WELL_FORMED
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, empty, proxy, refusing, refusing_flags

ROWS = [f"{operation}/{MFA}" for operation in OPERATIONS]
INVALID = Answer(status=400, body=b"<Error><Code>InvalidArgument</Code></Error>")
DENIED = Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")


@contextmanager
def reading(upstream: Endpoint, malformed: Answer, other: Answer | None) -> Iterator[Endpoint]:
    """A proxy that refuses the malformed value, and any other unless that is None."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        value = request.header(MFA)
        answer = malformed if value == MALFORMED else other
        return ask(request) if value is None or answer is None else answer

    with proxy(upstream, respond) as endpoint:
        yield endpoint


@pytest.mark.parametrize("other", [None, DENIED])
@pytest.mark.parametrize("row", ROWS)
def test_mfa_when_read_is_supported(
    moto: Endpoint, observe: Observe, row: str, other: Answer | None
) -> None:
    with reading(moto, INVALID, other) as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize("row", ROWS)
def test_mfa_when_served_where_it_is_off_is_unproven(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """A server may read the header only where MFA delete is on."""
    seen = observe(moto, row)
    assert (seen.observed, seen.hazard) == ("unproven", None)


@contextmanager
def switching(upstream: Endpoint, enforced: str | None) -> Iterator[Endpoint]:
    """A proxy that knows MFA delete, and takes any device's code to turn it on.

    Args:
        upstream: the server behind.
        enforced: what is refused where it is on: `missing`, `any` code but ours, or nothing.
    """
    on: set[str] = set()

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        bucket, code = request.path.split("/")[1], request.header(MFA)
        changes = request.method == "DELETE" or "delete" in request.flags
        changes |= request.method == "PUT" and "versioning" in request.flags
        right = code == WELL_FORMED or (code is not None and enforced == "missing")
        if bucket in on and changes and enforced and not right:
            return DENIED
        if b"<MfaDelete>" in request.body:
            (on.add if b"<MfaDelete>Enabled" in request.body else on.discard)(bucket)
        if request.method == "GET" and "versioning" in request.flags and bucket in on:
            body = (
                b"<VersioningConfiguration><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>"
            )
            return Answer(status=200, body=body)
        return ask(request)

    with proxy(upstream, respond) as endpoint:
        yield endpoint


@pytest.mark.parametrize("row", ROWS)
def test_mfa_when_enforced_where_it_is_on_is_supported(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with switching(moto, "any") as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize("row", ROWS)
def test_mfa_when_ignored_where_it_is_on_is_silent(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with switching(moto, None) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT)


@pytest.mark.parametrize("row", ROWS)
def test_mfa_when_any_code_is_right_is_partial(moto: Endpoint, observe: Observe, row: str) -> None:
    with switching(moto, "missing") as endpoint:
        failed = {check.id for check in observe(endpoint, row).failed}
    assert failed == {"malformed"}


@pytest.mark.parametrize("row", ROWS)
def test_mfa_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, MFA) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", ROWS)
def test_mfa_when_refused_whatever_it_says_is_unproven(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with reading(moto, INVALID, INVALID) as endpoint:
        assert observe(endpoint, row).observed == "unproven"


@pytest.mark.parametrize("row", ROWS)
def test_mfa_when_nothing_is_served_is_never_supported(observe: Observe, row: str) -> None:
    for server in (refusing, empty):
        with server() as endpoint:
            assert observe(endpoint, row).observed != "supported"
