"""Content-MD5: checked, checked by halves, ignored and refused."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance import probes
from conformance.probes.content_md5 import DATA, HEADER, MALFORMED
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, proxy, refusing_flags, stripping

probes.load_all()  # the rows of other topics, too

ROWS = [f"{operation}/{HEADER}" for operation in DATA]
Ask = Callable[[Request], Answer]
BAD = Answer(status=400, body=b"<Error><Code>BadDigest</Code></Error>")
INVALID = Answer(status=400, body=b"<Error><Code>InvalidDigest</Code></Error>")


def _checking(request: Request, ask: Ask) -> Answer:
    told = request.header(HEADER)
    if told is not None and (len(told) != 24 or not told.endswith("==")):
        return INVALID
    own = base64.b64encode(hashlib.md5(request.body, usedforsecurity=False).digest()).decode()
    return BAD if told not in (None, own) else ask(request)


def _parsing(request: Request, ask: Ask) -> Answer:
    return INVALID if request.header(HEADER) == MALFORMED else ask(request.without(HEADER))


@pytest.mark.parametrize("row", ROWS)
def test_content_md5_when_compared_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    with proxy(moto, _checking) as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize("row", ROWS)
def test_content_md5_when_read_and_not_compared_is_partial(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with proxy(moto, _parsing) as endpoint:
        assert observe(endpoint, row).observed == "partial"


def test_content_md5_when_a_short_digest_is_a_mismatch_is_a_quirk(
    moto: Endpoint, observe: Observe
) -> None:
    """As where what is decoded from base64 is compared, whatever its length."""

    def respond(request: Request, ask: Ask) -> Answer:
        answer = _checking(request, ask)
        short = len(request.header(HEADER) or "") == 12 and request.header(HEADER) != MALFORMED
        return BAD if answer is INVALID and short else answer

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, f"PutObject/{HEADER}")
    assert (seen.observed, [check.id for check in seen.failed]) == (
        "supported",
        ["short-digest-code"],
    )


def _checking_too_late(request: Request, ask: Ask) -> Answer:
    answer = _checking(request, ask)
    if answer.status == 400:
        ask(request.without(HEADER))
    return answer


@pytest.mark.parametrize("row", [f"PutObject/{HEADER}", f"UploadPart/{HEADER}"])
def test_content_md5_when_a_refused_request_is_stored_is_corrupting(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with proxy(moto, _checking_too_late) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("partial", Hazard.CORRUPTING)


@pytest.mark.parametrize("row", ["GetBucketTagging", "PutBucketTagging", "PutBucketPolicy"])
def test_other_rows_when_content_md5_is_not_implemented_keep_their_verdict(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """The digest is no part of what they ask for."""
    said = f"<Error><Code>NotImplemented</Code><Message>{HEADER}</Message></Error>".encode()

    def respond(request: Request, ask: Ask) -> Answer:
        refused = HEADER.lower() in request.flags
        return Answer(status=501, body=said) if refused else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == observe(moto, row).observed


def test_content_md5_when_a_checksum_is_required_instead_is_rejected(
    moto: Endpoint, observe: Observe
) -> None:
    """Then the request that is served without the header has a checksum."""

    def respond(request: Request, ask: Ask) -> Answer:
        bare = "tagging" in request.flags and "x-amz-checksum-crc32" not in request.flags
        return BAD if bare and request.method == "PUT" else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, f"PutBucketTagging/{HEADER}").observed == "rejected"


@pytest.mark.parametrize("row", ROWS)
def test_content_md5_when_ignored_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, HEADER) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


def test_content_md5_when_parts_cannot_be_replaced_is_supported(
    moto: Endpoint, observe: Observe
) -> None:
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
def test_content_md5_when_removed_on_the_way_is_unknown(
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
def test_content_md5_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, HEADER) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_content_md5_when_a_refusal_deletes_the_object_is_corrupting(
    moto: Endpoint, observe: Observe
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        answer = _checking(request, ask)
        if answer.status == 400 and not request.query:
            ask(replace(request.without(HEADER), method="DELETE", body=b""))
        return answer

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, f"PutObject/{HEADER}")
    failed = [check.id for check in seen.failed]
    assert (seen.observed, seen.hazard) == ("partial", Hazard.CORRUPTING)
    assert failed == ["object-stays"]


def test_content_md5_when_the_object_is_cut_off_is_corrupting(
    moto: Endpoint, observe: Observe
) -> None:
    """The refusal has emptied the object, which the server still lists with its length."""
    emptied: set[str] = set()

    def respond(request: Request, ask: Ask) -> Answer:
        if request.method == "GET" and request.path in emptied:
            raise ConnectionResetError
        answer = _checking(request, ask)
        if answer.status == 400 and not request.query:
            emptied.add(request.path)
        return answer

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, f"PutObject/{HEADER}")
    assert (seen.observed, seen.hazard) == ("partial", Hazard.CORRUPTING), seen.reason
