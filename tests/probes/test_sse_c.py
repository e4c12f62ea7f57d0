"""SSE-C: on a server that has it, one that ignores it, and one that has half of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import conformance.probes.sse_c  # noqa: F401 - registers its probes
from conformance.probing import PROBES
from conformance.s3.endpoint import Endpoint
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.subjects.customer_keys import needs_tls
from tests.probes.conftest import Observe
from tests.probes.fakes import REFUSAL, Answer, Request, proxy, refusing_flags, stripping
from tests.probes.sealing import PREFIX, REFUSED, SOURCE, Bad, digest, sealing, triple

ROWS = [row for row in PROBES if row.partition("/")[2].startswith((PREFIX, SOURCE))]
TRIPLES = [
    f"{prefix}{name}" for prefix in (PREFIX, SOURCE) for name in ("algorithm", "key", "key-MD5")
]


def test_rows_of_customer_keys_are_27() -> None:
    assert len(ROWS) == 27


@pytest.mark.parametrize("row", ROWS)
def test_customer_key_when_checked_is_supported(moto: Endpoint, observe: Observe, row: str) -> None:
    with sealing(moto) as endpoint:
        assert observe(endpoint, row).observed == "supported"


@pytest.mark.parametrize("row", ROWS)
def test_customer_key_when_ignored_is_a_silent_hazard(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    with stripping(moto, *TRIPLES) as endpoint:
        observation = observe(endpoint, row)
    assert (observation.observed, observation.hazard) == ("ignored", "silent")


@pytest.mark.parametrize("row", ROWS)
def test_customer_key_when_refused_is_rejected(moto: Endpoint, observe: Observe, row: str) -> None:
    with refusing_flags(moto, *TRIPLES) as endpoint:
        assert observe(endpoint, row).observed == "rejected"


@pytest.mark.parametrize("row", [row for row in ROWS if not row.endswith("key")])
def test_customer_key_when_one_header_is_not_compared_is_partial(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """A server that makes the algorithm, or the digest, up from what else there is."""
    feature = row.partition("/")[2]
    prefix = SOURCE if feature.startswith(SOURCE) else PREFIX

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        key = request.header(f"{prefix}key")
        if key is None:
            return ask(request)
        right = "AES256" if feature.endswith("algorithm") else digest(key)
        headers = (*request.without(feature).headers, (feature, right))
        return ask(replace(request, headers=headers))

    with sealing(moto) as sealed, proxy(sealed, respond) as endpoint:
        assert observe(endpoint, row).observed == "partial"


@pytest.mark.parametrize("row", [row for row in ROWS if row.startswith("PutObject/")])
def test_customer_key_when_checked_and_nothing_is_encrypted_is_ignored(
    moto: Endpoint, observe: Observe, row: str
) -> None:
    """The triple must be right, and what is stored with it is served without it."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        try:
            triple(request, PREFIX)
        except Bad:
            return REFUSED
        return ask(request.without(*TRIPLES))

    with proxy(moto, respond) as endpoint:
        seen = observe(endpoint, row)
    assert (seen.observed, seen.hazard) == ("ignored", "silent"), seen.reason


def test_customer_key_when_reading_with_it_is_refused_is_unknown(
    moto: Endpoint, observe: Observe
) -> None:
    """Then nobody can see that an object was stored with one."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        met = request.method == "GET" and request.flags & {name.lower() for name in TRIPLES}
        return REFUSAL if met else ask(request)

    with sealing(moto) as sealed, proxy(sealed, respond) as endpoint:
        assert observe(endpoint, f"PutObject/{PREFIX}algorithm").observed == "unknown"


def test_customer_key_when_put_object_refuses_it_is_supported_by_other_writes(
    moto: Endpoint, observe: Observe
) -> None:
    """Then what is read was stored in another."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        met = bool(request.flags & {name.lower() for name in TRIPLES})
        plain = request.method == "PUT" and request.header("x-amz-copy-source") is None
        return REFUSAL if met and plain and not request.query else ask(request)

    with sealing(moto) as sealed, proxy(sealed, respond) as endpoint:
        for row in (f"GetObject/{PREFIX}key", f"CopyObject/{SOURCE}key"):
            assert observe(endpoint, row).observed == "supported"


def test_customer_key_when_completion_requires_it_is_supported(
    moto: Endpoint, observe: Observe
) -> None:
    begun: set[str] = set()

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        keyed = request.header(f"{PREFIX}key") is not None
        if request.method == "POST" and request.query == ["uploads"] and keyed:
            begun.add(request.path)
        elif request.method == "POST" and request.path in begun and not keyed:
            return REFUSED
        return ask(request)

    with sealing(moto) as sealed, proxy(sealed, respond) as endpoint:
        assert observe(endpoint, f"CreateMultipartUpload/{PREFIX}key").observed == "supported"


@pytest.mark.parametrize(
    ("message", "wanting"),
    [
        ("Use HTTPS.", True),
        ("must be made over a secure connection", True),
        ("TLS is required", True),
        ("the titles do not match", False),
    ],
)
def test_needs_tls_when_the_message_names_it_is_true(message: str, wanting: bool) -> None:
    body = f"<Error><Code>InvalidRequest</Code><Message>{message}</Message></Error>".encode()
    call = Call(operation="ListBuckets")
    assert needs_tls(Response(call=call, status=400, headers={}, body=body, seconds=0)) is wanting


def test_customer_key_when_refused_for_lack_of_tls_is_unknown(
    moto: Endpoint, observe: Observe
) -> None:
    said = b"<Error><Code>InvalidRequest</Code><Message>use a secure connection</Message></Error>"

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        met = request.flags & {name.lower() for name in TRIPLES}
        return Answer(status=400, body=said) if met else ask(request)

    with proxy(moto, respond) as endpoint:
        for operation in ("PutObject", "GetObject"):
            assert observe(endpoint, f"{operation}/{PREFIX}key").observed == "unknown"
