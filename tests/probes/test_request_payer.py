"""Requester Pays: enforced, not enforced, not to be had, and the header ignored or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from conformance.probes.request_payer import OPERATIONS, PAYER
from conformance.s3.endpoint import Credentials, Endpoint
from tests.probes.conftest import Observe, core_held
from tests.probes.fakes import Answer, Request, empty, proxy, refusing, refusing_flags, stripping

OTHER = Credentials(access_key="other-access", secret_key="other-secret")
DENIED = Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")
ROWS = [f"{operation}/{PAYER}" for operation in OPERATIONS]
SOME = [f"{operation}/{PAYER}" for operation in ("GetObject", "PutObject", "DeleteObjects")]


@contextmanager
def tolls(
    upstream: Endpoint, *, enforced: bool = True, strangers: bool = True, alt: bool = True
) -> Iterator[Endpoint]:
    """A proxy with buckets whose requester pays, in front of a server that lets everybody in.

    Args:
        upstream: the server behind.
        enforced: a stranger who does not pay is refused.
        strangers: others are let in at all.
        alt: the user has a second account.
    """
    payers: dict[str, bytes] = {}

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        bucket = request.path.split("/")[1]
        if "requestPayment" in request.query and request.method == "PUT":
            payers[bucket] = request.body
            return Answer(status=200)
        if "requestPayment" in request.query:
            return Answer(status=200, body=payers.get(bucket, b""))
        owner = "embedded" in (request.header("Authorization") or "")
        pays = request.header(PAYER) == "requester" or not enforced
        if not owner and (not strangers or (b"Requester" in payers.get(bucket, b"") and not pays)):
            return DENIED
        return ask(request.without(PAYER))

    with proxy(upstream, respond) as endpoint:
        yield replace(endpoint, alt=OTHER if alt else None)


@pytest.mark.parametrize("row", ROWS)
def test_core_when_enforced_holds(moto: Endpoint, observe: Observe, row: str) -> None:
    with tolls(moto) as endpoint:
        seen = observe(endpoint, row)
    assert core_held(seen), seen.reason


@pytest.mark.parametrize("alt", [True, False])
@pytest.mark.parametrize("row", SOME)
def test_row_when_not_enforced_is_ignored(
    moto: Endpoint, observe: Observe, row: str, alt: bool
) -> None:
    with tolls(moto, enforced=False, alt=alt) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", None)


@pytest.mark.parametrize("row", SOME)
def test_row_when_requester_pays_cannot_be_set_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    seen = observe(moto, row)
    assert seen.observed == "ignored"
    assert "nobody ever pays" in seen.reason


@pytest.mark.parametrize("row", SOME)
def test_row_when_enforced_and_header_dropped_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with tolls(moto) as endpoint, stripping(endpoint, PAYER) as ignoring:
        assert observe(replace(ignoring, alt=OTHER), row).observed == "ignored"


@pytest.mark.parametrize("row", SOME)
def test_row_when_header_is_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    for server in (moto, None):
        with tolls(moto) as endpoint, refusing_flags(server or endpoint, PAYER) as rejecting:
            assert observe(replace(rejecting, alt=OTHER), row).observed == "rejected"


@pytest.mark.parametrize("row", SOME)
def test_row_when_there_is_one_account_is_unknown(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with tolls(moto, alt=False) as endpoint:
        seen = observe(endpoint, row)
    assert seen.observed == "unknown"
    assert "another account" in seen.reason


@pytest.mark.parametrize("row", SOME)
def test_row_when_others_are_not_let_in_is_unknown(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with tolls(moto, strangers=False) as endpoint:
        assert observe(endpoint, row).observed == "unknown"


@pytest.mark.parametrize("row", SOME)
def test_row_when_server_refuses_or_nods_is_never_supported(observe: Observe, row: str) -> None:
    for server in (refusing, empty):
        with server() as endpoint:
            assert observe(replace(endpoint, alt=OTHER), row).observed != "supported"
