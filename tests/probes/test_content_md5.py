"""Content-MD5: checked, checked by halves, ignored and refused."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import pytest

from conformance.probes.content_md5 import CALLS, HEADER, MALFORMED
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy, refusing_flags, stripping

ROWS = [f"{operation}/{HEADER}" for operation in CALLS]
Ask = Callable[[Request], Answer]
BAD = Answer(status=400, body=b"<Error><Code>BadDigest</Code></Error>")
INVALID = Answer(status=400, body=b"<Error><Code>InvalidDigest</Code></Error>")


def _checking(request: Request, ask: Ask) -> Answer:
    told = request.header(HEADER)
    if told == MALFORMED:
        return INVALID
    own = base64.b64encode(hashlib.md5(request.body, usedforsecurity=False).digest()).decode()
    return BAD if told not in (None, own) else ask(request)


def _parsing(request: Request, ask: Ask) -> Answer:
    return INVALID if request.header(HEADER) == MALFORMED else ask(request.without(HEADER))


@pytest.mark.parametrize("row", ROWS)
def test_checked(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, _checking) as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize("row", ROWS)
def test_read_but_not_compared(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, _parsing) as endpoint:
        assert observe(endpoint, row).observed == "partial"


def _checking_too_late(request: Request, ask: Ask) -> Answer:
    answer = _checking(request, ask)
    if answer.status == 400:
        ask(request.without(HEADER))
    return answer


@pytest.mark.parametrize("row", [f"PutObject/{HEADER}", f"UploadPart/{HEADER}"])
def test_what_is_refused_is_stored_all_the_same(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, _checking_too_late) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("partial", Hazard.CORRUPTING)


@pytest.mark.parametrize("row", ["GetBucketTagging", "PutBucketTagging", "PutBucketPolicy"])
def test_other_rows_do_without(moto: Endpoint, observe: Observe, row: str) -> None:
    """The digest is no part of what they ask for."""
    said = f"<Error><Code>NotImplemented</Code><Message>{HEADER}</Message></Error>".encode()

    def respond(request: Request, ask: Ask) -> Answer:
        refused = HEADER.lower() in request.flags
        return Answer(status=501, body=said) if refused else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "supported"


def test_refused_where_some_digest_there_must_be(moto: Endpoint, observe: Observe) -> None:
    """Then the request that is served without the header has a checksum."""

    def respond(request: Request, ask: Ask) -> Answer:
        bare = "tagging" in request.flags and "x-amz-checksum-crc32" not in request.flags
        return BAD if bare and request.method == "PUT" else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, f"PutBucketTagging/{HEADER}").observed == "rejected"


@pytest.mark.parametrize("row", ROWS)
def test_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, HEADER) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


def test_a_part_that_cannot_be_replaced(moto: Endpoint, observe: Observe) -> None:
    """As where parts are streamed on: each request is about a part of its own."""
    parts: dict[str, bytes] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        part = request.method == "PUT" and "uploadid" in request.flags
        if part and parts.setdefault(request.target, request.body) != request.body:
            return Answer(status=501, body=b"<Error><Code>NotImplemented</Code></Error>")
        return _checking(request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, f"UploadPart/{HEADER}").observed == "supported"


@pytest.mark.parametrize("row", ROWS)
def test_a_header_that_something_on_the_way_drops(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """The signature over it is refused then, and whether the server heeds it stays open."""
    bad = Answer(status=403, body=b"<Error><Code>SignatureDoesNotMatch</Code></Error>")

    def respond(request: Request, ask: Ask) -> Answer:
        return bad if HEADER.lower() in request.flags else ask(request)

    with proxy(moto, respond) as endpoint:
        observation = observe(endpoint, row)
    assert observation.observed == "unknown"
    assert "changed what was signed" in observation.reason


@pytest.mark.parametrize("row", ROWS)
def test_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, HEADER) as endpoint:
        assert observe(endpoint, row).observed == "rejected"
