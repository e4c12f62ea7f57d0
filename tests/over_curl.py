"""A second client: every request of a run is signed and sent by curl.

    pytest -p tests.over_curl specs/r2.yaml --endpoint-url URL --results curl.json

Verdicts rest on what boto3's signatures and requests' connections made of a call. A run whose
verdicts are the same with a client that shares no code with them shows that they belong to the
server. What curl cannot say (a spoiled signature, no region) goes the usual way and is counted.
It takes `pip install pycurl`, which brings a libcurl; before 8.3 curl's signatures were wrong for
headers of which one's name begins with another's.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import threading
import time
from dataclasses import dataclass
from typing import Any, Final

import pycurl
import pytest

from conformance.s3.client import Client, NoAnswer
from conformance.s3.endpoint import Credentials
from conformance.s3.exchange import canonical
from conformance.s3.operations import Call
from conformance.s3.response import Response
from conformance.s3.wire import SendOptions, Wire

UNSPOKEN: Final = ("invalid_signature", "payload", "chunked", "presigned")
SPOKEN: Final = {"content-length", "user-agent", "accept-encoding"}
DEADLINE: Final = 60
USUAL_WIRE: Final = Client._wire
USUAL_ONCE: Final = Client._once
SENT: Final = {"curl": 0, "otherwise": 0}
LOCK: Final = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Plan(Wire):
    """A call before it is signed, and who signs it, for which region."""

    credentials: Credentials | None
    region: str


def plan(self: Client, call: Call, options: SendOptions) -> Wire:
    """In place of `Client._wire`."""
    region = options.get("region")
    region = self.endpoint.region if region is None else region
    usual = USUAL_WIRE(self, call, options)
    if any(options.get(name) for name in UNSPOKEN) or not region:
        return usual
    keys = options.get("credentials") or self.endpoint.credentials
    return Plan(
        url=usual.url,
        headers=call.headers,
        body=call.body,
        credentials=None if options.get("anonymous") else keys,
        region=region,
    )


def once(self: Client, call: Call, wire: Wire) -> Response:
    """In place of `Client._once`.

    Raises:
        NoAnswer: curl says that there was none.
    """
    curl = isinstance(wire, Plan)
    with LOCK:
        SENT["curl" if curl else "otherwise"] += 1
    if not isinstance(wire, Plan):
        return USUAL_ONCE(self, call, wire)
    answer, lines = io.BytesIO(), list[bytes]()
    client = pycurl.Curl()
    for option, value in _options(self, call, wire).items():
        client.setopt(option, value)
    client.setopt(pycurl.WRITEDATA, answer)
    client.setopt(pycurl.HEADERFUNCTION, lines.append)
    started = time.monotonic()
    with contextlib.closing(client), self._flight(f"{call.method} {call.bucket}/{call.key}"):
        try:
            client.perform()
        except pycurl.error as error:
            raise NoAnswer(f"curl: {error}") from error
        return Response(
            call=call,
            status=client.getinfo(pycurl.RESPONSE_CODE),
            headers=_headers(lines),
            body=answer.getvalue(),
            seconds=time.monotonic() - started,
        )


def _options(client: Client, call: Call, plan: Plan) -> dict[int, Any]:
    headers = [
        f"{name}: {value}" if value else f"{name};"
        for name, value in plan.headers.items()
        if name.lower() not in SPOKEN
    ]
    options: dict[int, Any] = {
        pycurl.URL: canonical(plan.url),
        pycurl.NOPROXY: "*",
        pycurl.TIMEOUT: DEADLINE,
        pycurl.CUSTOMREQUEST: call.method,
        pycurl.NOBODY: int(call.method == "HEAD"),
    }
    if plan.credentials is not None:
        options[pycurl.AWS_SIGV4] = f"aws:amz:{plan.region}:s3"
        options[pycurl.USERNAME] = plan.credentials.access_key
        options[pycurl.PASSWORD] = plan.credentials.secret_key
        headers.append(f"x-amz-content-sha256: {hashlib.sha256(call.body).hexdigest()}")
    if call.body or call.method in ("PUT", "POST"):
        options[pycurl.UPLOAD] = 1
        options[pycurl.READDATA] = io.BytesIO(call.body)
        options[pycurl.INFILESIZE] = len(call.body)
    if isinstance(client.endpoint.verify, str):
        options[pycurl.CAINFO] = client.endpoint.verify
    return options | {pycurl.HTTPHEADER: headers}


def _headers(lines: list[bytes]) -> dict[str, str]:
    """Of the last answer: those of 100 Continue come before it."""
    text = b"".join(lines).decode("latin-1").strip().split("\r\n\r\n")[-1]
    pairs = (line.partition(":") for line in text.splitlines()[1:])
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def pytest_configure() -> None:
    Client._wire = plan  # type: ignore[method-assign]
    Client._once = once  # type: ignore[method-assign]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"requests: {SENT['curl']} by curl, {SENT['otherwise']} otherwise")
