"""The owner check: enforced, ignored, refused, and refused whatever it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from conformance.probes.bucket_owner import MALFORMED, OWNER, SOURCE_OWNER
from conformance.run.embedded import ACCOUNT_ID
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe
from tests.probes.fakes import Answer, Request, empty, proxy, refusing, refusing_flags

READS = ("HeadBucket", "GetBucketCors", "ListObjectsV2", "HeadObject", "GetObject", "ListParts")
WRITES = (
    *("CreateBucket", "DeleteBucket", "PutBucketTagging", "DeleteBucketCors"),
    *("PutObject", "CopyObject", "DeleteObject", "DeleteObjects", "CreateMultipartUpload"),
    *("UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload"),
)
ROWS = (
    *(f"{operation}/{OWNER}" for operation in (*READS, *WRITES)),
    *(f"{operation}/{SOURCE_OWNER}" for operation in ("CopyObject", "UploadPartCopy")),
)
READ, DELETE, PUT = (f"{name}Object/{OWNER}" for name in ("Get", "Delete", "Put"))

DENIED = Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")
INVALID = Answer(status=400, body=b"<Error><Code>InvalidBucketOwnerAWSAccountID</Code></Error>")

Check = Callable[[str], Answer | None]


@pytest.mark.parametrize(("status", "observed"), [(500, "rejected"), (501, "unknown")])
def test_owner_check_when_operation_breaks_is_decided_by_the_header(
    moto: Endpoint, observe: Observe, status: int, observed: str
) -> None:
    """A refusal that only the header gets belongs to it, though the control is not served."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        if "tagging" not in request.flags:
            return ask(request)
        return Answer(status=501 if OWNER in request.flags else status)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, f"PutBucketTagging/{OWNER}").observed == observed


@contextmanager
def checking(
    upstream: Endpoint, check: Check, *, account_id: str | None = None, acts: bool = False
) -> Iterator[Endpoint]:
    """A proxy that answers what `check` says of an owner's id; None lets the request through.

    Args:
        upstream: the server behind.
        check: the id to an answer.
        account_id: what the user knows of the account.
        acts: the request is carried out even if it is refused.
    """

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        for header in (OWNER, SOURCE_OWNER):
            value = request.header(header)
            if value is not None and (refusal := check(value)):
                if acts:
                    ask(request)
                return refusal
        return ask(request)

    with proxy(upstream, respond) as endpoint:
        yield replace(endpoint, account_id=account_id)


def only_owner(value: str) -> Answer | None:
    return None if value == ACCOUNT_ID else DENIED


@pytest.mark.parametrize("row", ROWS)
def test_owner_check_when_only_the_owner_is_served_is_supported(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with checking(moto, only_owner, account_id=ACCOUNT_ID) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("supported", None), seen.reason


@pytest.mark.parametrize("row", ROWS)
def test_owner_check_when_ignored_is_silent(moto: Endpoint, observe: Observe, row: str) -> None:
    seen = observe(moto, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", [READ, DELETE, f"CopyObject/{SOURCE_OWNER}"])
def test_owner_check_when_header_is_refused_is_rejected(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with refusing_flags(moto, OWNER, SOURCE_OWNER) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_owner_check_when_every_id_is_refused_is_rejected(moto: Endpoint, observe: Observe) -> None:
    with checking(moto, lambda _: DENIED, account_id=ACCOUNT_ID) as endpoint:
        assert observe(endpoint, READ).observed == "rejected"


def test_owner_check_when_every_id_is_refused_and_none_is_known_is_unproven(
    moto: Endpoint, observe: Observe
) -> None:
    with checking(moto, lambda _: DENIED) as endpoint:
        seen = observe(endpoint, READ)
    assert seen.observed == "unproven"
    assert "--account-id" in seen.reason


@pytest.mark.parametrize("row", [READ, DELETE])
def test_owner_check_when_malformed_id_is_told_apart_is_supported(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with checking(moto, lambda value: INVALID if value == MALFORMED else DENIED) as endpoint:
        assert observe(endpoint, row).observed == "supported"


def test_owner_check_when_list_buckets_names_the_id_is_supported(
    moto: Endpoint, observe: Observe
) -> None:
    strangers: list[str] = []

    def check(value: str) -> Answer | None:
        strangers.append(value)
        return DENIED if len(value) <= len(ACCOUNT_ID) else None

    with checking(moto, check) as endpoint:
        assert observe(endpoint, READ).observed == "supported"
    assert len({*strangers}) == 3  # another account's, the account's own, and a malformed one


CHANGES = (
    *("PutObject", "DeleteObject", "DeleteObjects", "CreateBucket", "DeleteBucket"),
    *("PutBucketTagging", "DeleteBucketTagging", "PutBucketVersioning", "CreateMultipartUpload"),
    *("UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload"),
    *("PutObjectTagging", "DeleteObjectTagging"),
)


@pytest.mark.parametrize("row", [f"{operation}/{OWNER}" for operation in CHANGES])
def test_owner_check_when_refused_and_carried_out_is_destructive(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with checking(moto, only_owner, account_id=ACCOUNT_ID, acts=True) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("partial", Hazard.DESTRUCTIVE)


def test_owner_check_when_malformed_id_is_taken_for_another_is_a_quirk(
    moto: Endpoint, observe: Observe
) -> None:
    with checking(moto, only_owner, account_id=ACCOUNT_ID) as endpoint:
        seen = observe(endpoint, READ)
    assert (seen.observed, [it.id for it in seen.failed]) == ("supported", ["malformed-id"])


@pytest.mark.parametrize("row", ROWS)
def test_owner_check_when_nothing_is_served_is_never_supported(observe: Observe, row: str) -> None:
    for server in (refusing, empty):
        with server() as endpoint:
            assert observe(endpoint, row).observed != "supported"
