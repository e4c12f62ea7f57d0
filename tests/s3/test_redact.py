"""No secret is stored, in whatever spelling a server echoes it."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.exchange import Role, exchange
from conformance.s3.operations import Call
from conformance.s3.redact import REDACTED, Redactor
from conformance.s3.response import Response
from conformance.s3.wire import prepare

SECRET = "ca/na+ry=&<key>"


@pytest.mark.parametrize(
    "spell", [str, quote, quote_plus, html.escape, lambda s: quote(s, safe="")]
)
def test_text_when_a_secret_is_encoded_redacts_every_spelling(spell: Callable[[str], str]) -> None:
    assert Redactor([SECRET]).text(f"a {spell(SECRET)} z") == f"a {REDACTED} z"


def test_text_when_one_secret_contains_another_redacts_both() -> None:
    assert Redactor(["abcd", "xabcdx"]).text("xabcdx abcd") == f"{REDACTED} {REDACTED}"


def test_headers_when_named_as_secret_are_redacted() -> None:
    redactor = Redactor()
    for name in ("Authorization", "X-Amz-Security-Token", "Set-Cookie"):
        assert redactor.header(name, "anything") == REDACTED


def test_exchange_when_secrets_are_echoed_keeps_none() -> None:
    endpoint = Endpoint(
        url="http://127.0.0.1:1",
        region="us-east-1",
        credentials=Credentials(access_key="canary-access", secret_key=SECRET),
    )
    redactor = Redactor([SECRET, "canary-access", "canary-sse-c"])
    call = Call(
        operation="PutObject",
        bucket="b",
        key=SECRET,
        headers={
            "x-amz-server-side-encryption-customer-key": "canary-sse-c",
            "x-amz-meta-echo": SECRET,
        },
        query={"echo": SECRET},
        body=b"canary-sse-c " + SECRET.encode(),
    )
    answer = Response(
        call=call,
        status=403,
        headers={"x-echo": SECRET, "x-amz-security-token": "token"},
        body=f"<Error><Message>{html.escape(SECRET)} canary-access</Message></Error>".encode(),
        seconds=0.1,
    )
    wire = prepare(endpoint, call, {})
    stored = json.dumps(exchange(redactor, endpoint, Role.TREATMENT, call, wire, answer))
    failed = json.dumps(exchange(redactor, endpoint, Role.SETUP, call, wire, f"no {SECRET}"))

    for text in (stored, failed):
        for spelling in (SECRET, quote(SECRET, safe=""), html.escape(SECRET), "canary"):
            assert json.dumps(spelling).strip('"') not in text


def test_credentials_when_printed_show_no_secret() -> None:
    assert "canary" not in repr(Credentials(access_key="canary1", secret_key="canary2"))
