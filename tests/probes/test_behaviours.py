"""Behaviours on a server that has them: moto behind a front that verifies what it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.matrix import TOPICS, load
from conformance.probing import PROBES
from conformance.s3 import transport
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.serve.http import RequestHandler, error
from conformance.verdict import Hazard
from tests.like_r2 import like_r2 as as_r2
from tests.probes.conftest import Observe, failed
from tests.probes.fakes import REFUSAL, Answer, Request, proxy
from tests.strict import strict

R2_TOPICS = ("conditional_uploads", "r2_extensions")
SPECS = Path(__file__).parents[2] / "specs"
ROWS = [row.id for row in load(SPECS / "s3-behaviour.yaml").rows]
# What R2's pages promise and S3 does not.
R2_ROWS = [
    row.id
    for row in load(SPECS / "r2-pages.yaml").rows
    if row.id not in ROWS
    and (row.id.partition("/")[0] in TOPICS or PROBES[row.id].topic in R2_TOPICS)
]
# What moto does not do, and the front does not mend.
LACKING = {
    "Error/NoSuchUpload": "broken",
    "Error/MalformedXML": "broken",
    "Error/InvalidBucketName": "ignored",
    "Error/InvalidLocationConstraint": "ignored",
    "Error/InvalidPartOrder": "ignored",
    "Error/MethodNotAllowed": "partial",
    "Error/BucketAlreadyExists": "unknown",
    "Limit/metadata-8-kb": "partial",
    "CORS/preflight": "broken",
    "Policy/allow-and-deny": "partial",  # whom a statement names, moto does not look at
    "MultipartRules/aborted": "partial",
    "Address/virtual-hosted-style": "unknown",  # the front has an address and no name
    "Lifecycle/abort-date": "ignored",
    "Lifecycle/default-rule": "ignored",
    "Lifecycle/filter-tags": "ignored",
    "Lifecycle/expiration-header": "ignored",
    "Limit/lifecycle-1000-rules": "partial",
    "PostForm/success-action-redirect": "partial",
    "PostForm/success-action-status": "partial",
    "CORS/header-case": "broken",
    "CORS/simple-request": "partial",
    "HTTP/bad-continuation-token": "broken",
    "Key/last-spelling-listed": "ignored",
    "Key/carriage-return": "partial",  # it stands in documents as it is
    "Versioning/delete-marker": "partial",
    "Versioning/list-over-keys": "partial",  # encoding-type is for listings of objects alone
    "Versioning/delete-objects": "partial",  # what was deleted was a marker, and moto says nothing
    "Versioning/marker-by-version-id": "broken",
    "Versioning/never-enabled": "partial",  # moto deletes the object by any version id
    "Versioning/suspended": "partial",
    "Versioning/suspended-delete": "partial",
}
# Details that moto has not: values that S3 refuses, and where a listing begins.
TAKEN = {
    "Lifecycle/abort-incomplete-upload": {"invalid"},
    "Lifecycle/expiration-date": {"invalid"},
    "Lifecycle/expiration-days": {"invalid"},
    "Lifecycle/transition-to-standard-ia": {"invalid"},
    "Versioning/copy-version": {"part-told"},
    "Versioning/list-over-keys": {"key-marker", "interleaved", "marker-alone"},
    "Error/NoSuchVersion": {"names-it"},
    "HTTP/expect-100-continue": {"not-asked-for"},
    "Presigned/headers-in-the-query": {"wrong-checksum"},
}


@pytest.fixture(scope="module")
def verifying(moto: Endpoint) -> Iterator[Endpoint]:
    with strict(moto) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def like_r2(verifying: Endpoint) -> Iterator[Endpoint]:
    with as_r2(verifying) as endpoint:
        yield endpoint


@pytest.mark.parametrize("row", R2_ROWS)
def test_what_r2_adds_on_a_server_like_it_is_supported(
    like_r2: Endpoint, observe: Observe, row: str
) -> None:
    assert observe(like_r2, row).observed == LACKING.get(row, "supported")


@pytest.mark.parametrize(
    "row",
    [
        "CompleteMultipartUpload/If-Unmodified-Since",
        "CopyObject/cf-copy-destination-if-match",
        "HTTP/unknown-list-parameter",
        "ListBuckets/start-after",
        "MultipartRules/equal-parts",
    ],
)
def test_what_r2_adds_on_a_server_of_s3_alone_is_ignored(
    verifying: Endpoint, observe: Observe, row: str
) -> None:
    assert observe(verifying, row).observed == "ignored"


@pytest.mark.parametrize("row", ROWS)
def test_behaviour_on_a_server_that_has_it_is_supported(
    verifying: Endpoint, observe: Observe, row: str
) -> None:
    seen = observe(verifying, row)
    assert seen.observed == LACKING.get(row, "supported")
    assert row in LACKING or failed(seen) <= TAKEN.get(row, set())


@pytest.mark.parametrize(
    "row",
    [
        "Body/sha256",
        "Body/UNSIGNED-PAYLOAD",
        "Presigned/expired",
        "Presigned/signed-header",
        "Error/SignatureDoesNotMatch",
    ],
)
def test_behaviour_on_a_server_that_verifies_nothing_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    seen = observe(moto, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT)


def _framed(request: Request) -> bool:
    return (request.header("x-amz-content-sha256") or "").startswith("STREAMING-")


def _in_the_url(request: Request) -> bool:
    return "X-Amz-Signature" in request.parameters


@pytest.mark.parametrize(
    ("row", "about"),
    [
        ("Body/STREAMING-AWS4-HMAC-SHA256-PAYLOAD", _framed),
        ("Body/STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", _framed),
        ("Body/STREAMING-UNSIGNED-PAYLOAD-TRAILER", _framed),
        ("Presigned/GetObject", _in_the_url),
        ("Presigned/PutObject", _in_the_url),
        ("Presigned/expired", _in_the_url),
        ("Key/double-slash", lambda request: "//" in request.path),
        ("ChecksumDefaults/CRC32", lambda request: "x-amz-checksum-crc32" in request.names),
        ("Error/InvalidStorageClass", lambda request: "x-amz-storage-class" in request.names),
    ],
)
def test_behaviour_when_refused_while_the_usual_request_is_served_is_rejected(
    verifying: Endpoint, observe: Observe, row: str, about: Callable[[Request], bool]
) -> None:
    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        return REFUSAL if about(request) else ask(request)

    with proxy(verifying, respond) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_error_with_another_code_is_partial(verifying: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        answer = ask(request)
        return error(404, "NotFound") if answer.status == 404 else answer

    with proxy(verifying, respond) as endpoint:
        seen = observe(endpoint, "Error/NoSuchKey")
    assert seen.observed == "partial"
    assert {"code", "request-id"} <= failed(seen)


def test_bucket_of_another_account_when_it_may_create_none_is_unknown(
    verifying: Endpoint, observe: Observe
) -> None:
    """A refusal of the account says nothing of the bucket."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        stranger = "Credential=other/" in (request.header("Authorization") or "")
        return error(403, "AccessDenied") if stranger else ask(request)

    with proxy(verifying, respond) as endpoint:
        with_alt = replace(endpoint, alt=Credentials(access_key="other", secret_key="secret"))
        assert observe(with_alt, "Error/BucketAlreadyExists").observed == "unknown"


def test_bucket_in_the_host_name_when_localhost_is_no_name_of_the_server_is_unknown(
    verifying: Endpoint, observe: Observe
) -> None:
    """A name below one that is not the server's own is no bucket to it."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        below = (request.header("Host") or "").startswith("s3-conformance-")
        return error(404, "NoSuchBucket") if below else ask(request)

    row = "Address/virtual-hosted-style"
    with proxy(verifying, respond) as endpoint:
        named = replace(endpoint, url=endpoint.url.replace("127.0.0.1", "localhost"))
        assert observe(named, row).observed == "unknown"
    named = replace(verifying, url=verifying.url.replace("127.0.0.1", "localhost"))
    assert observe(named, row).observed == "supported"


def test_expect_row_on_a_server_that_never_asks_for_a_body_is_partial(
    moto: Endpoint, observe: Observe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "HELD", 0.05)
    monkeypatch.setattr(RequestHandler, "handle_expect_100", lambda _: True)
    with strict(moto) as endpoint:
        seen = observe(endpoint, "HTTP/expect-100-continue")
    assert (seen.observed, failed(seen)) == ("partial", {"asked-for", "not-asked-for"})


def test_old_signature_row_on_a_server_that_takes_any_is_a_silent_hazard(
    moto: Endpoint, observe: Observe
) -> None:
    seen = observe(moto, "Presigned/signature-version-2")
    assert (seen.observed, seen.hazard) == ("partial", Hazard.SILENT)
    assert failed(seen) == {"other-signature", "expired"}


def test_parts_listed_with_references_on_a_server_that_reads_quot_alone_is_partial(
    verifying: Endpoint, observe: Observe
) -> None:
    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        return error(400, "InvalidPart") if b"&#" in request.body else ask(request)

    with proxy(verifying, respond) as endpoint:
        seen = observe(endpoint, "MultipartRules/etags-with-references")
    assert (seen.observed, failed(seen)) == ("partial", {"decimal", "hexadecimal"})
