"""ACL headers: granted, ignored, refused, checked and forgotten, and granted to somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from conformance.probes.acl_headers import BUCKETS, GRANTS, NONSENSE, WRITE
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.subjects.acl_buckets import CANNED
from conformance.subjects.writes import WRITES
from conformance.verdict import Hazard
from tests.probes.conftest import Observe, core_held, failed, held
from tests.probes.fakes import (
    REFUSAL,
    Answer,
    Request,
    empty,
    proxy,
    refusing,
    refusing_flags,
    replacing,
    spoiling,
)

CANNED_ROWS = [f"{operation}/{CANNED}" for operation in (*BUCKETS, *WRITES)]
PUT_GRANTS = [f"PutBucketAcl/{feature}" for feature in ("x-amz-grant-read", *WRITE)]
CREATE_GRANTS = [f"CreateBucket/{feature}" for feature in WRITE]
# One way of writing for each header is enough, and one header for each way of writing.
OBJECT_GRANTS = [
    *(f"PutObject/{feature}" for feature in GRANTS),
    *(f"{operation}/x-amz-grant-read" for operation in WRITES[1:]),
]
HEADERS = (CANNED, *GRANTS, *WRITE)
ROWS = [*CANNED_ROWS, *PUT_GRANTS, *CREATE_GRANTS, *OBJECT_GRANTS]
# moto shows that everybody may read an ACL, and lets nobody.
HEEDED = [row for row in (*CANNED_ROWS, *PUT_GRANTS, *OBJECT_GRANTS) if "read-acp" not in row]
PUT, READ, READ_ACP = (
    f"PutObject/{header}" for header in (CANNED, "x-amz-grant-read", "x-amz-grant-read-acp")
)
INVALID = Answer(status=400, body=b"<Error><Code>InvalidArgument</Code></Error>")
DENIED = Answer(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")

Ask = Callable[[Request], Answer]


@contextmanager
def checking(upstream: Endpoint, respond: Callable[[Request, Ask], Answer]) -> Iterator[Endpoint]:
    """A proxy that refuses a value that means nothing, and leaves the rest to `respond`."""

    def check(request: Request, ask: Ask) -> Answer:
        nonsense = any(request.header(name) == NONSENSE for name in HEADERS)
        return INVALID if nonsense else respond(request, ask)

    with proxy(upstream, check) as endpoint:
        yield endpoint


@pytest.mark.parametrize("row", HEEDED)
def test_grant_when_applied_holds(moto: Endpoint, observe: Observe, row: str) -> None:
    with checking(moto, lambda request, ask: ask(request)) as endpoint:
        seen = observe(endpoint, row)
    assert core_held(seen), seen.reason


@pytest.mark.parametrize("row", HEEDED)
def test_row_when_header_is_dropped_is_ignored(moto: Endpoint, observe: Observe, row: str) -> None:
    header = row.partition("/")[2]

    # Without any ACL PutBucketAcl is refused, which a server that ignores headers would not do.
    def respond(request: Request, ask: Ask) -> Answer:
        bare = "acl" in request.query and request.method == "PUT" and request.header(header)
        return Answer(status=200) if bare else ask(request.without(header))

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


@pytest.mark.parametrize("row", ROWS)
def test_row_when_header_is_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, row.partition("/")[2]) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", ROWS)
def test_row_when_server_refuses_or_nods_is_never_supported(observe: Observe, row: str) -> None:
    for server in (refusing, empty):
        with server() as endpoint:
            assert observe(endpoint, row).observed != "supported"


@pytest.mark.parametrize("row", ["PutObject/x-amz-grant-full-control", PUT_GRANTS[0]])
def test_row_when_granted_to_another_grantee_is_broken(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    def spoil(_: Request, answer: Answer) -> Answer:
        return replacing(answer, b"http://acs.amazonaws.com/groups", b"http://example.com/groups")

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, row).observed == "broken"


def test_unknown_name_when_served_fails(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return ask(request.without(CANNED) if request.header(CANNED) == NONSENSE else request)

    with proxy(moto, respond) as endpoint:
        assert "unknown-name" in failed(observe(endpoint, PUT))


@pytest.mark.parametrize("row", [PUT, f"CreateBucket/{CANNED}"])
def test_every_acl_shows_the_grant(moto: Endpoint, observe: Observe, row: str) -> None:
    """A stub that gives the same answer whatever was asked for."""

    def respond(request: Request, ask: Ask) -> Answer:
        stub = b"<Grant><Grantee><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>"
        stub += b"</Grantee><Permission>READ</Permission></Grant>"
        if request.query == ["acl"]:
            return Answer(
                status=200, body=b"<AccessControlPolicy>" + stub + b"</AccessControlPolicy>"
            )
        return ask(request.without(CANNED))

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


def _no_acls(request: Request, ask: Ask, *dropped: str, unsigned: Answer = DENIED) -> Answer:
    """As some stores do: ACLs cannot be read, and everything is private."""
    if "acl" in request.query:
        return REFUSAL
    anonymous = request.header("Authorization") is None
    return unsigned if anonymous else ask(request.without(*dropped))


@pytest.mark.parametrize("unsigned", [DENIED, INVALID])
def test_row_when_names_are_only_checked_is_ignored(
    moto: Endpoint, observe: Observe, unsigned: Answer
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return _no_acls(request, ask, CANNED, unsigned=unsigned)

    with checking(moto, respond) as endpoint:
        seen = observe(endpoint, PUT)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT)


@pytest.mark.parametrize("row", [READ_ACP, f"CopyObject/{READ_ACP.partition('/')[2]}"])
def test_row_when_grant_cannot_be_seen_is_unproven(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with checking(moto, lambda request, ask: _no_acls(request, ask, *GRANTS)) as endpoint:
        assert observe(endpoint, row).observed == "unproven"
    with proxy(moto, lambda request, ask: _no_acls(request, ask, *GRANTS)) as endpoint:
        assert observe(endpoint, row).observed == "ignored"


def test_core_when_acls_cannot_be_read_but_applied_holds(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return REFUSAL if "acl" in request.query else ask(request)

    with checking(moto, respond) as endpoint:
        assert core_held(observe(endpoint, PUT))


@pytest.mark.parametrize("code", [b"AccessControlListNotSupported", b"AccessDenied"])
def test_row_when_acls_are_not_let_in_is_unknown(
    moto: Endpoint, observe: Observe, code: bytes
) -> None:
    status = 403 if code == b"AccessDenied" else 400
    answer = Answer(status=status, body=b"<Error><Code>" + code + b"</Code></Error>")

    def respond(request: Request, ask: Ask) -> Answer:
        return answer if set(HEADERS) & request.flags else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, PUT).observed == "unknown"


def test_shown_when_granted_to_another_account_holds(moto: Endpoint, observe: Observe) -> None:
    other = Credentials(access_key="other-access", secret_key="other-secret")

    def respond(request: Request, ask: Ask) -> Answer:
        answer = ask(request)
        mine = b"other-access" not in (request.header("Authorization") or "").encode()
        return answer if mine else replacing(answer, b"<ID>", b"<ID>other")

    with proxy(moto, respond) as endpoint:
        seen = observe(replace(endpoint, alt=other), READ)
    assert "shown" not in failed(seen)
    assert "READ for other" in next(it.observed for it in seen.checks if it.id == "shown")


OTHER = Credentials(access_key="other-access", secret_key="other-secret")
# Granted to everybody, and to another account.
PUBLIC = [PUT, READ, *PUT_GRANTS[:1], f"CreateBucket/{CANNED}"]
OTHERS = [
    *(f"PutObject/{header}" for header in GRANTS),
    *(f"PutBucketAcl/{header}" for header in (*GRANTS, *WRITE)),
]


def _strangers(request: Request, ask: Ask, granted: set[str] | None) -> Answer:
    """Nobody but the owner is served, unless there is a grant; none is heeded without a set."""
    signature = request.header("Authorization") or ""
    mine = signature != "" and "other-access" not in signature
    bucket = "/".join(request.path.split("/")[:2])
    if mine and granted is not None and set(HEADERS) & request.flags:
        granted.add(request.path)
    known = granted is not None and bool({request.path, bucket} & granted)
    if request.path != "/" and not (mine or known):
        return DENIED
    answer = ask(request)
    return answer if mine else replacing(answer, b"<ID>", b"<ID>other")


@pytest.mark.parametrize("row", PUBLIC)
def test_admitted_when_granted_to_everybody_follows_the_grant(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    granted: set[str] = set()
    with checking(moto, lambda r, ask: _strangers(r, ask, granted)) as endpoint:
        seen = observe(endpoint, row)
    assert core_held(seen), seen.reason
    assert "admitted" in held(seen)

    with checking(moto, lambda r, ask: _strangers(r, ask, None)) as endpoint:
        seen = observe(endpoint, row)
    assert seen.observed == "partial"
    assert "admitted" in failed(seen)


@pytest.mark.parametrize("row", OTHERS)
def test_admitted_when_granted_to_another_account_follows_the_grant(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    granted: set[str] = set()
    with checking(moto, lambda r, ask: _strangers(r, ask, granted)) as endpoint:
        seen = observe(replace(endpoint, alt=OTHER), row)
    assert core_held(seen), seen.reason
    assert "admitted" in held(seen)

    with checking(moto, lambda r, ask: _strangers(r, ask, None)) as endpoint:
        seen = observe(replace(endpoint, alt=OTHER), row)
    assert seen.observed == "partial"
    assert "admitted" in failed(seen)


def test_core_when_a_bucket_must_be_created_to_take_acls_holds(
    moto: Endpoint, observe: Observe
) -> None:
    refusal = Answer(
        status=400, body=b"<Error><Code>InvalidBucketAclWithObjectOwnership</Code></Error>"
    )

    def respond(request: Request, ask: Ask) -> Answer:
        acl = request.header(CANNED) and request.header("x-amz-object-ownership") is None
        return refusal if acl else ask(request)

    with checking(moto, respond) as endpoint:
        assert core_held(observe(endpoint, f"CreateBucket/{CANNED}"))


def test_canned_name_when_only_the_log_group_is_taken_and_all_may_write_is_observed(
    moto: Endpoint, observe: Observe
) -> None:
    """What that group may do cannot be told from what nobody was granted."""

    def respond(request: Request, ask: Ask) -> Answer:
        if request.header(CANNED) == "public-read":
            return DENIED
        written = request.method == "PUT" and not request.header("authorization")
        return Answer(status=200) if written else ask(request)

    with checking(moto, respond) as endpoint:
        seen = observe(endpoint, f"CreateBucket/{CANNED}")
    assert "private-refused" in failed(seen)
