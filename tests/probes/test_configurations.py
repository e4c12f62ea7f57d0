"""Bucket configurations: kept, refused, ignored, faked by stubs, and misrouted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance import probes
from conformance.s3.endpoint import Endpoint
from conformance.s3.operations import operation_named
from conformance.subjects.bucket_configurations import CONFIGURED_BY
from conformance.verdict import Hazard, Outcome, Weight
from tests.probes.conftest import Observe
from tests.probes.fakes import (
    REFUSAL,
    Answer,
    Request,
    proxy,
    refusing_flags,
    replacing,
    spoiling,
    stripping,
)

probes.load_all()
Ask = Callable[[Request], Answer]

# What moto keeps as S3 does.
KEPT = (
    *("BucketCors", "BucketEncryption", "BucketOwnershipControls", "BucketPolicy"),
    *("BucketTagging", "BucketWebsite", "PublicAccessBlock"),
)
GETS = [*(f"Get{name}" for name in KEPT), "GetBucketAcl", "GetObjectLockConfiguration"]
PUTS = [*(f"Put{name}" for name in KEPT), "PutBucketVersioning", "PutObjectLockConfiguration"]
DELETES = [f"Delete{name}" for name in KEPT]
SECURITY = ("Acl", "Encryption", "Lock", "Ownership", "Policy", "PublicAccess")


def topic(row: str) -> str:
    """The subresource, as `Request.flags` has it."""
    return CONFIGURED_BY[operation_named(row)][1].topic.lower()


def silent(row: str) -> Hazard | None:
    return Hazard.SILENT if any(word in row for word in SECURITY) else None


@pytest.mark.parametrize("row", [*GETS, *PUTS, *DELETES])
def test_configuration_when_stored_core_checks_hold(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """Moto serves many a body that must be refused, which makes Put… partial, and no empty tag."""
    seen = observe(moto, row)
    core = [check for check in seen.checks if check.weight is Weight.CORE]
    assert all(check.outcome is Outcome.HELD for check in core), seen.reason
    assert seen.observed == "supported" or row.startswith("Put") or row == "GetBucketTagging"


@pytest.mark.parametrize("row", [*GETS, *PUTS, *DELETES])
def test_configuration_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, topic(row)) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", [row for row in (*GETS, *PUTS) if row != "PutBucketPolicy"])
def test_configuration_when_subresource_is_unknown_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """GET lists the bucket then, and PUT creates it once more (of a policy moto makes a 500)."""
    with stripping(moto, topic(row)) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", silent(row)), seen.reason


@pytest.mark.parametrize("row", DELETES)
def test_delete_when_bucket_is_deleted_instead_is_destructive(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with stripping(moto, topic(row), methods=["DELETE"]) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.DESTRUCTIVE), seen.reason


@pytest.mark.parametrize("row", PUTS)
def test_put_when_nothing_is_stored_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        put = request.method == "PUT" and topic(row) in request.flags
        return Answer(status=200) if put else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", silent(row)), seen.reason


def test_put_when_half_of_it_never_changes_is_ignored(moto: Endpoint, observe: Observe) -> None:
    """All public access is blocked, whatever is put: half of that was asked for."""
    flags = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    every = "".join(f"<{flag}>true</{flag}>" for flag in flags)
    body = f"<PublicAccessBlockConfiguration>{every}</PublicAccessBlockConfiguration>"

    def respond(request: Request, ask: Ask) -> Answer:
        about = "publicaccessblock" in request.flags
        return Answer(status=200, body=body.encode()) if about else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, "PutPublicAccessBlock")
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", DELETES)
def test_delete_when_nothing_is_deleted_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        delete = request.method == "DELETE" and topic(row) in request.flags
        return Answer(status=204) if delete else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", silent(row)), seen.reason


@pytest.mark.parametrize("after", [Answer(status=204), Answer(status=200, body=b"<X/>")])
def test_delete_when_get_answers_otherwise_than_404_is_partial(
    moto: Endpoint, observe: Observe, after: Answer
) -> None:
    """What was returned before is not returned after, though not as AWS answers it."""
    deleted: set[str] = set()

    def respond(request: Request, ask: Ask) -> Answer:
        if request.method == "DELETE" and "website" in request.flags:
            deleted.add(request.path)
        gone = request.method == "GET" and request.path in deleted
        return after if gone else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, "DeleteBucketWebsite")
    gone = next(check for check in seen.checks if check.id == "gone")
    assert (seen.observed, gone.outcome) == ("partial", Outcome.HELD)


STUBS = {
    "GetBucketCors": Answer(
        status=404, body=b"<Error><Code>NoSuchCORSConfiguration</Code></Error>"
    ),
    "GetBucketTagging": Answer(status=404, body=b"<Error><Code>NoSuchTagSet</Code></Error>"),
    "GetObjectLockConfiguration": Answer(
        status=404, body=b"<Error><Code>ObjectLockConfigurationNotFoundError</Code></Error>"
    ),
}


@pytest.mark.parametrize("row", STUBS)
def test_get_when_stub_and_put_served_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """The right answer for a fresh bucket, and the same one whatever was put."""

    def spoil(request: Request, answer: Answer) -> Answer:
        return STUBS[row] if request.method == "GET" and topic(row) in request.flags else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", STUBS)
def test_get_when_stub_and_put_refused_is_unproven(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """Nothing can ever be configured, so a right answer shows only that there is one."""

    def respond(request: Request, ask: Ask) -> Answer:
        if topic(row) not in request.flags:
            return ask(request)
        return STUBS[row] if request.method == "GET" else REFUSAL

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "unproven"


def test_get_when_put_refused_and_default_right_is_supported(
    moto: Endpoint, observe: Observe
) -> None:
    """Put is refused, Get tells the default, and a bucket that is not there is told apart."""
    with refusing_flags(moto, "versioning", methods=["PUT"]) as endpoint:
        assert observe(endpoint, "GetBucketRequestPayment").observed != "supported"

    def respond(request: Request, ask: Ask) -> Answer:
        if "encryption" not in request.flags:
            return ask(request)
        if request.method != "GET":
            return REFUSAL
        there = ask(request.without("encryption"))
        return there if there.status == 404 else Answer(status=200, body=ENCRYPTED)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "GetBucketEncryption").observed == "supported"


ENCRYPTED = (
    b"<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
    b"<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>"
    b"</ServerSideEncryptionConfiguration>"
)


def test_get_when_missing_bucket_is_served_is_partial(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if "encryption" not in request.flags:
            return ask(request)
        return Answer(status=200, body=ENCRYPTED) if request.method == "GET" else REFUSAL

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "GetBucketEncryption").observed == "partial"


def test_get_when_root_element_is_another_is_partial(moto: Endpoint, observe: Observe) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return replacing(answer, b"CORSConfiguration", b"Cors")

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "GetBucketCors").observed == "partial"


def test_put_when_first_value_stays_is_partial(moto: Endpoint, observe: Observe) -> None:
    done: set[str] = set()

    def respond(request: Request, ask: Ask) -> Answer:
        if request.method == "PUT" and "tagging" in request.flags:
            if request.path in done:
                return Answer(status=204)
            done.add(request.path)
        return ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "PutBucketTagging").observed == "partial"


@pytest.mark.parametrize("row", ["PutBucketAcl", "PutBucketReplication", "PutBucketLogging"])
@pytest.mark.parametrize("code", ["BucketAlreadyExists", "BucketAlreadyOwnedByYou"])
def test_put_when_carried_out_as_create_bucket_is_rejected(
    moto: Endpoint, observe: Observe, row: str, code: str
) -> None:
    """CreateBucket's own refusals tell nothing of what the bucket lacks."""
    conflict = Answer(status=409, body=f"<Error><Code>{code}</Code></Error>".encode())
    topics = {topic(row), "versioning", "acl"}

    def respond(request: Request, ask: Ask) -> Answer:
        if not topics & request.flags:
            return ask(request)
        return conflict if request.method == "PUT" else ask(request.without(*topics))

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


# Members, values and bodies.


def _failed(observe: Observe, endpoint: Endpoint, row: str) -> set[str]:
    return {check.id for check in observe(endpoint, row).failed}


@pytest.mark.parametrize(
    ("row", "lost"),
    [
        ("GetBucketCors", rb"<ExposeHeader>.*?</ExposeHeader>"),
        ("GetBucketCors", rb"<AllowedMethod>PUT</AllowedMethod>"),
        ("GetBucketLifecycleConfiguration", rb"<AbortIncomplete.*?</AbortIncomplete\w+>"),
        ("GetBucketTagging", rb"<Tag><Key>cost.*?</Tag>"),
        ("GetBucketWebsite", rb"<RoutingRules>.*</RoutingRules>"),
    ],
)
def test_get_when_a_member_is_lost_is_partial(
    moto: Endpoint, observe: Observe, row: str, lost: bytes
) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        flat = re.sub(rb">\s+<", b"><", answer.body)
        return replace(answer, body=re.sub(lost, b"", flat, flags=re.DOTALL))

    with spoiling(moto, spoil) as endpoint:
        lacking = _failed(observe, endpoint, row) - _failed(observe, moto, row)
    assert "every-member" in lacking


def test_get_when_no_configuration_is_an_empty_one_is_partial(
    moto: Endpoint, observe: Observe
) -> None:
    empty = Answer(status=200, body=b"<CORSConfiguration/>")

    def spoil(request: Request, answer: Answer) -> Answer:
        missing = request.method == "GET" and b"NoSuchCORS" in answer.body
        return empty if missing else answer

    with spoiling(moto, spoil) as endpoint:
        assert _failed(observe, endpoint, "GetBucketCors") == {"never-configured"}
        assert _failed(observe, endpoint, "DeleteBucketCors") == {"unconfigured"}


def test_get_when_the_second_value_is_the_first_is_partial(
    moto: Endpoint, observe: Observe
) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        return replacing(answer, b">ObjectWriter<", b">BucketOwnerPreferred<")

    with spoiling(moto, spoil) as endpoint:
        assert "second-value" in _failed(observe, endpoint, "GetBucketOwnershipControls")


def test_put_when_refused_body_removes_the_configuration_is_partial(
    moto: Endpoint, observe: Observe
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        put = request.method == "PUT" and "tagging" in request.flags
        if not put or request.body.endswith(b">"):
            return ask(request)
        ask(replace(request, method="DELETE", body=b""))
        return Answer(status=400, body=b"<Error><Code>MalformedXML</Code></Error>")

    with proxy(moto, respond) as endpoint:
        lacking = _failed(observe, endpoint, "PutBucketTagging")
    assert lacking - _failed(observe, moto, "PutBucketTagging") == {"kept-after-refusal"}
