"""Bucket configurations: kept, refused, ignored, faked by stubs, and misrouted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from conformance import probes
from conformance.s3.endpoint import Endpoint
from conformance.s3.operations import operation_named
from conformance.subjects.bucket_configurations import CONFIGURED_BY
from conformance.verdict import Hazard
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
def test_kept(moto: Endpoint, observe: Observe, row: str) -> None:
    assert observe(moto, row).observed == "supported"


@pytest.mark.parametrize("row", [*GETS, *PUTS, *DELETES])
def test_refused(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, topic(row)) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", [row for row in (*GETS, *PUTS) if row != "PutBucketPolicy"])
def test_the_subresource_is_not_known(moto: Endpoint, observe: Observe, row: str) -> None:
    """GET lists the bucket then, and PUT creates it once more (of a policy moto makes a 500)."""
    with stripping(moto, topic(row)) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", silent(row)), seen.reason


@pytest.mark.parametrize("row", DELETES)
def test_the_bucket_is_deleted_instead(moto: Endpoint, observe: Observe, row: str) -> None:
    with stripping(moto, topic(row), methods=["DELETE"]) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.DESTRUCTIVE), seen.reason


@pytest.mark.parametrize("row", PUTS)
def test_a_put_that_is_nodded_at(moto: Endpoint, observe: Observe, row: str) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        put = request.method == "PUT" and topic(row) in request.flags
        return Answer(status=200) if put else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", silent(row)), seen.reason


def test_half_of_what_is_put_is_how_it_always_is(moto: Endpoint, observe: Observe) -> None:
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
def test_a_delete_that_is_nodded_at(moto: Endpoint, observe: Observe, row: str) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        delete = request.method == "DELETE" and topic(row) in request.flags
        return Answer(status=204) if delete else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", silent(row)), seen.reason


@pytest.mark.parametrize("after", [Answer(status=204), Answer(status=200, body=b"<X/>")])
def test_gone_however_that_is_told(moto: Endpoint, observe: Observe, after: Answer) -> None:
    """What was told before is not told after, though not as AWS says it."""
    deleted: set[str] = set()

    def respond(request: Request, ask: Ask) -> Answer:
        if request.method == "DELETE" and "website" in request.flags:
            deleted.add(request.path)
        gone = request.method == "GET" and request.path in deleted
        return after if gone else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "DeleteBucketWebsite").observed == "supported"


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
def test_a_stub_for_what_can_be_put(moto: Endpoint, observe: Observe, row: str) -> None:
    """The right answer for a fresh bucket, and the same one whatever was put."""

    def spoil(request: Request, answer: Answer) -> Answer:
        return STUBS[row] if request.method == "GET" and topic(row) in request.flags else answer

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


@pytest.mark.parametrize("row", STUBS)
def test_a_stub_for_what_cannot_be_put(moto: Endpoint, observe: Observe, row: str) -> None:
    """Nothing can ever be configured, so a right answer shows only that there is one."""

    def respond(request: Request, ask: Ask) -> Answer:
        if topic(row) not in request.flags:
            return ask(request)
        return STUBS[row] if request.method == "GET" else REFUSAL

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "unproven"


def test_what_aws_says_of_every_bucket_is_all_there_is_to_tell(
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


def test_a_stub_that_answers_for_buckets_there_are_not(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if "encryption" not in request.flags:
            return ask(request)
        return Answer(status=200, body=ENCRYPTED) if request.method == "GET" else REFUSAL

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "GetBucketEncryption").observed == "partial"


def test_the_document_has_another_name(moto: Endpoint, observe: Observe) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return replacing(answer, b"CORSConfiguration", b"Cors")

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "GetBucketCors").observed == "partial"


def test_the_first_value_stays_for_ever(moto: Endpoint, observe: Observe) -> None:
    done: set[str] = set()

    def respond(request: Request, ask: Ask) -> Answer:
        if request.method == "PUT" and "tagging" in request.flags:
            if request.path in done:
                return Answer(status=204)
            done.add(request.path)
        return ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "PutBucketTagging").observed == "partial"


# Policies that let everybody in.


def test_policy_status(moto: Endpoint, observe: Observe) -> None:
    assert observe(moto, "GetBucketPolicyStatus").observed == "supported"
    with refusing_flags(moto, "policyStatus") as endpoint:
        assert observe(endpoint, "GetBucketPolicyStatus").observed == "rejected"
    with stripping(moto, "policyStatus") as endpoint:
        assert observe(endpoint, "GetBucketPolicyStatus").observed == "ignored"


def test_a_listing_is_no_policy_status(moto: Endpoint, observe: Observe) -> None:
    """Also where no policy can be put."""

    def respond(request: Request, ask: Ask) -> Answer:
        if "policy" in request.flags and request.method == "PUT":
            return Answer(status=500)
        return ask(request.without("policystatus"))

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, "GetBucketPolicyStatus").observed == "ignored"


@pytest.mark.parametrize("row", ["PutBucketAcl", "PutBucketReplication", "PutBucketLogging"])
@pytest.mark.parametrize("code", ["BucketAlreadyExists", "BucketAlreadyOwnedByYou"])
def test_carried_out_as_create_bucket(
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


def test_every_policy_is_said_to_be_private(moto: Endpoint, observe: Observe) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        body = answer.body.replace(b">true<", b">false<").replace(b">True<", b">False<")
        return replace(answer, body=body)

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, "GetBucketPolicyStatus").observed == "broken"


# Configurations by id: moto has inventories.

INVENTORY = "ListBucketInventoryConfigurations"


def test_a_list_of_what_was_put(moto: Endpoint, observe: Observe) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        wrong, right = (
            b"ListBucketInventoryConfigurationsResponse",
            b"ListInventoryConfigurationsResult",
        )
        return replacing(answer, wrong, right)

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, INVENTORY).observed == "supported"
    assert observe(moto, INVENTORY).observed == "partial"  # the root element is moto's own
    with refusing_flags(moto, "inventory") as endpoint:
        assert observe(endpoint, INVENTORY).observed == "rejected"
    with stripping(moto, "inventory") as endpoint:
        assert observe(endpoint, INVENTORY).observed == "ignored"
    with refusing_flags(moto, "inventory", methods=["PUT"]) as endpoint:
        assert observe(endpoint, INVENTORY).observed == "unproven"


def test_an_id_tells_configurations_apart(moto: Endpoint, observe: Observe) -> None:
    row = "GetBucketInventoryConfiguration/id"
    assert observe(moto, row).observed == "supported"

    first: dict[str, str] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        """Whatever the id, the first configuration of the bucket."""
        if "inventory" in request.flags and request.method in ("GET", "PUT"):
            target = first.setdefault(request.path, request.target)
            if request.method == "GET":
                return ask(replace(request, target=target))
        return ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "partial"
    with refusing_flags(moto, "inventory", methods=["PUT"]) as endpoint:
        assert observe(endpoint, row).observed == "unproven"


def test_an_id_is_the_configurations_own(moto: Endpoint, observe: Observe) -> None:
    row = "PutBucketInventoryConfiguration/id"
    assert observe(moto, row).observed == "ignored"  # it goes by the document's

    def respond(request: Request, ask: Ask) -> Answer:
        asked = next((pair for pair in request.query if pair.startswith("id=")), "id=")
        named = f"<Id>{asked.removeprefix('id=')}</Id>".encode()
        if request.method == "PUT" and "inventory" in request.flags and named not in request.body:
            return Answer(status=400, body=b"<Error><Code>InvalidArgument</Code></Error>")
        return ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "supported"


def test_pages_of_configurations(moto: Endpoint, observe: Observe) -> None:
    row = f"{INVENTORY}/continuation-token"
    assert observe(moto, row).observed == "ignored"  # all are one page
    with proxy(moto, _paged(lambda token: int(token.removeprefix("p")))) as endpoint:
        assert observe(endpoint, row).observed == "supported"
    with proxy(moto, _paged(lambda _: 0)) as endpoint:
        assert observe(endpoint, row).observed == "ignored"
    with refusing_flags(moto, "continuation-token") as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def _paged(start_of: Callable[[str], int]) -> Callable[[Request, Ask], Answer]:
    """Lists in pages of 40; what a token says of where to go on is `start_of`'s."""

    def respond(request: Request, ask: Ask) -> Answer:
        if request.method != "GET" or "inventory" not in request.flags or "id" in request.flags:
            return ask(request)
        token = next((q.partition("=")[2] for q in request.query if "token" in q), "p0")
        try:
            start = start_of(token)
        except ValueError:
            return Answer(status=400, body=b"<Error><Code>InvalidArgument</Code></Error>")
        answer = ask(request.without("continuation-token"))
        one = b"</InventoryConfiguration>"
        head, _, rest = answer.body.partition(b"<InventoryConfiguration>")
        found = [b"<InventoryConfiguration>" + each + one for each in rest.split(one)[:-1]]
        found = [
            each.replace(b"<InventoryConfiguration>" * 2, b"<InventoryConfiguration>")
            for each in found
        ]
        more = start + 40 < len(found)
        body = head.replace(b"false", b"") + b"".join(found[start : start + 40])
        body += b"<IsTruncated>true</IsTruncated>" if more else b""
        body += (
            f"<NextContinuationToken>p{start + 40}</NextContinuationToken>".encode()
            if more
            else b""
        )
        return replace(answer, body=body + b"</ListBucketInventoryConfigurationsResponse>")

    return respond
