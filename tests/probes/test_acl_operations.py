"""ACLs of objects as documents: put, told, nodded at, refused and misrouted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

import conformance.probes.acl_operations  # noqa: F401 - registers its probes
from conformance.s3.endpoint import Endpoint
from conformance.verdict import Hazard
from tests.probes.conftest import Observe, failed, held
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
    stripping,
    with_headers,
)

PUT, GET, HEAD = "PutObjectAcl", "GetObjectAcl", "HeadBucketAcl"
INVALID = Answer(status=400, body=b"<Error><Code>MalformedACLError</Code></Error>")
Ask = Callable[[Request], Answer]


def on_object(request: Request, method: str) -> bool:
    return request.method == method and request.path.count("/") > 1 and request.query == ["acl"]


def kept(acls: dict[str, bytes], request: Request, ask: Ask) -> Answer:
    """Keeps the document that was put, which moto does not read."""
    if on_object(request, "PUT") and request.body:
        acls[request.path] = request.body
        return Answer(status=200)
    if on_object(request, "GET") and request.path in acls:
        return Answer(status=200, body=acls[request.path])
    return ask(request)


@pytest.mark.parametrize("row", [PUT, GET])
def test_acl_when_kept_is_returned(moto: Endpoint, observe: Observe, row: str) -> None:
    acls: dict[str, bytes] = {}
    with proxy(moto, lambda request, ask: kept(acls, request, ask)) as endpoint:
        seen = observe(endpoint, row)
    assert {"document", "put-grant"} & held(seen), seen.reason
    assert seen.observed in ("supported", "partial")


def test_put_when_documents_are_not_read_is_partial(moto: Endpoint, observe: Observe) -> None:
    """Moto itself: only headers are heeded, and what they granted is told, of any version."""
    assert observe(moto, PUT).observed == "partial"
    seen = observe(moto, GET)
    assert {check.id for check in seen.failed if check.weight != "detail"} == {"by-version"}


def test_put_when_nodded_at_is_ignored(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        return Answer(status=200) if on_object(request, "PUT") else ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, PUT)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.SILENT), seen.reason


def test_put_when_only_the_first_counts_is_partial(moto: Endpoint, observe: Observe) -> None:
    acls: dict[str, bytes] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        if on_object(request, "PUT") and request.path in acls:
            return Answer(status=200)
        return kept(acls, request, ask)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, PUT).observed == "partial"


@pytest.mark.parametrize(("row", "hazard"), [(PUT, Hazard.DESTRUCTIVE), (GET, Hazard.SILENT)])
def test_row_when_subresource_is_not_known_is_ignored(
    moto: Endpoint, observe: Observe, row: str, hazard: Hazard
) -> None:
    with stripping(moto, "acl") as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", hazard), seen.reason


@pytest.mark.parametrize("nonsense", [INVALID, Answer(status=200)], ids=["refused", "served"])
def test_put_when_acl_cannot_be_read_is_unproven_or_ignored(
    moto: Endpoint, observe: Observe, nonsense: Answer
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if on_object(request, "GET"):
            return REFUSAL
        if on_object(request, "PUT"):
            return nonsense if b"Nonsense" in request.body else Answer(status=200)
        return ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, PUT)
    assert seen.observed == ("ignored" if nonsense.status == 200 else "unproven")


def test_get_when_no_acl_can_be_put_is_supported(moto: Endpoint, observe: Observe) -> None:
    """Moto names one owner in ListBuckets and another in ACLs, which is amended here."""

    def spoil(request: Request, answer: Answer) -> Answer:
        if on_object(request, "PUT"):
            return REFUSAL
        return replace(answer, body=re.sub(rb"<ID>\w+</ID>", b"<ID>owner</ID>", answer.body))

    with spoiling(moto, spoil) as endpoint:
        assert observe(endpoint, GET).observed == "supported"


def test_owner_when_another_is_returned_fails(moto: Endpoint, observe: Observe) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        if on_object(request, "PUT"):
            return REFUSAL
        return replacing(answer, b"<ID>", b"<ID>x") if on_object(request, "GET") else answer

    with spoiling(moto, spoil) as endpoint:
        assert "owner" in failed(observe(endpoint, GET))


@pytest.mark.parametrize("row", [PUT, GET, HEAD])
def test_row_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, "acl") as endpoint:
        assert observe(endpoint, row).observed == "rejected"


def test_put_when_bucket_takes_no_acls_is_unknown(moto: Endpoint, observe: Observe) -> None:
    refusal = Answer(status=400, body=b"<Error><Code>AccessControlListNotSupported</Code></Error>")

    def respond(request: Request, ask: Ask) -> Answer:
        return refusal if on_object(request, "PUT") else ask(request)

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, PUT).observed == "unknown"


def test_head_when_length_is_that_of_the_acl_is_supported(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if request.method != "HEAD" or request.query != ["acl"]:
            return ask(request)
        acl = ask(Request(method="GET", target=request.target, headers=request.headers, body=b""))
        return with_headers(Answer(status=200), [("Content-Length", str(len(acl.body)))])

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, HEAD).observed == "supported"


def test_head_when_it_is_head_bucket_is_ignored(moto: Endpoint, observe: Observe) -> None:
    with stripping(moto, "acl", methods=["HEAD"]) as endpoint:
        assert observe(endpoint, HEAD).observed == "ignored"


@pytest.mark.parametrize("row", [PUT, GET, HEAD])
def test_row_when_server_refuses_or_nods_is_never_supported(observe: Observe, row: str) -> None:
    for server in (refusing, empty):
        with server() as endpoint:
            assert observe(endpoint, row).observed != "supported"


def test_put_when_owner_is_not_known_is_unknown(moto: Endpoint, observe: Observe) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if on_object(request, "PUT"):
            return INVALID
        answer = ask(request)
        return replace(answer, body=re.sub(rb"<ID>\w+</ID>", b"", answer.body))

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, PUT).observed == "unknown"


@pytest.mark.parametrize(("length", "word"), [("0", "ignored"), ("514", "unproven")])
def test_head_when_acl_cannot_be_read_is_unproven_or_ignored(
    moto: Endpoint, observe: Observe, length: str, word: str
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if request.query != ["acl"]:
            return ask(request)
        return (
            REFUSAL
            if request.method == "GET"
            else Answer(status=200, headers=(("Content-Length", length),))
        )

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, HEAD).observed == word


def test_put_when_grants_pile_up_is_partial(moto: Endpoint, observe: Observe) -> None:
    """What was granted before is granted still."""
    acls: dict[str, bytes] = {}

    def respond(request: Request, ask: Ask) -> Answer:
        before = acls.get(request.path, b"")
        answer = kept(acls, request, ask)
        if on_object(request, "PUT") and before:
            grants = b"".join(re.findall(rb"<Grant>.*?</Grant>", before))
            end = b"</AccessControlList>"
            acls[request.path] = request.body.replace(end, grants + end)
        return answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, PUT).observed == "partial"


def test_put_when_headers_overwrite_the_object_is_destructive(
    moto: Endpoint, observe: Observe
) -> None:
    def respond(request: Request, ask: Ask) -> Answer:
        if on_object(request, "PUT"):
            return Answer(status=200) if request.body else ask(request.without("acl"))
        return ask(request)

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, PUT)
    assert (seen.observed, seen.hazard) == ("ignored", Hazard.DESTRUCTIVE), seen.reason


@pytest.mark.parametrize("puts", [True, False], ids=["put", "never put"])
def test_get_when_answered_for_a_missing_key_is_partial(
    moto: Endpoint, observe: Observe, puts: bool
) -> None:
    acls: dict[str, bytes] = {}
    last: list[Answer] = []

    def respond(request: Request, ask: Ask) -> Answer:
        if on_object(request, "PUT") and not puts:
            return REFUSAL
        answer = kept(acls, request, ask)
        answer = replace(answer, body=re.sub(rb"<ID>\w+</ID>", b"<ID>owner</ID>", answer.body))
        if on_object(request, "GET"):
            answer = last[-1] if answer.status == 404 else answer
            last.append(answer)
        return answer

    with proxy(moto, respond) as endpoint:
        assert observe(endpoint, GET).observed == "partial"
