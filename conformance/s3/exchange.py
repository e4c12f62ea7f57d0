"""Exchanges as they are stored: redacted, cut to size, with a line that sends them again."""

from __future__ import annotations

import codecs
import hashlib
import shlex
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypedDict

from conformance.s3.endpoint import Endpoint
from conformance.s3.operations import Call
from conformance.s3.redact import REDACTED, SECRET_HEADERS, Redactor
from conformance.s3.response import Response
from conformance.s3.sigv4 import PAYLOAD
from conformance.s3.wire import Wire

SHOWN: Final = 1500
HEADERS_SHOWN: Final = 40
UNREPEATABLE: Final = "to repeat this, sign it anew: curl signs neither URLs nor chunks"
VALUE_SHOWN: Final = 500
HEAD_SHOWN: Final = 4096  # of all names and values together
# What curl sets or computes itself.
_CURL_OWN: Final = frozenset(
    {
        "authorization",
        "x-amz-date",
        "x-amz-content-sha256",
        "x-amz-security-token",
        "content-length",
        "user-agent",
        "accept-encoding",
    }
)
PHRASES: Final = {
    200: "OK", 204: "No Content", 206: "Partial Content", 304: "Not Modified",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 409: "Conflict", 411: "Length Required",
    412: "Precondition Failed", 416: "Range Not Satisfiable", 429: "Too Many Requests",
    500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
}  # fmt: skip


class Role(StrEnum):
    """What a request is for in the contrast that a probe draws."""

    SETUP = "setup"
    CONTROL = "control"
    TREATMENT = "treatment"
    EFFECT = "effect"


class StoredRequest(TypedDict):
    """What was sent. `body` may be cut; `body_bytes` is the length of what was sent."""

    method: str
    url: str
    headers: list[list[str]]
    body: str
    body_bytes: int


class StoredResponse(TypedDict):
    """What came back. `body` may be cut; `body_bytes` is the length of what was received."""

    status: int
    reason: str
    headers: list[list[str]]
    body: str
    body_bytes: int
    seconds: float


class Exchange(TypedDict):
    """One request and its answer, as the results file has them."""

    role: str
    request: StoredRequest
    response: StoredResponse | None
    error: str | None
    curl: str


def exchange(
    redactor: Redactor,
    endpoint: Endpoint,
    role: Role,
    call: Call,
    wire: Wire,
    answer: Response | str,
) -> Exchange:
    """Make one exchange fit to be stored.

    Args:
        redactor: knows every secret.
        endpoint: where the call went.
        role: what the call was for.
        call: what was asked.
        wire: as it was sent, signature included.
        answer: the response, or why there was none.
    """
    url = redactor.text(wire.url)
    served = answer if isinstance(answer, Response) else None
    return {
        "role": role.value,
        "request": {
            "method": call.method,
            "url": url,
            "headers": _headers(redactor, wire.headers),
            "body": _body(redactor, wire.body),
            "body_bytes": len(wire.body),
        },
        "response": None
        if served is None
        else {
            "status": served.status,
            "reason": PHRASES.get(served.status, ""),
            "headers": _headers(redactor, served.headers),
            "body": _body(redactor, served.body),
            "body_bytes": len(served.body),
            "seconds": round(served.seconds, 4),
        },
        "error": None if served is not None else redactor.text(str(answer)),
        "curl": _curl(redactor, endpoint, call, wire),
    }


def _headers(redactor: Redactor, headers: Mapping[str, str]) -> list[list[str]]:
    pairs, left = [], HEAD_SHOWN
    for name, value in list(headers.items())[:HEADERS_SHOWN]:
        shown = redactor.text(name)[:VALUE_SHOWN], redactor.header(name, value)[:VALUE_SHOWN]
        left -= sum(map(len, shown))
        if left < 0:
            break
        pairs.append([*shown])
    return pairs


def _body(redactor: Redactor, body: bytes) -> str:
    """The body as text where it is text, cut after redaction so that no secret is cut in two."""
    looked_at = body[: 8 * SHOWN]
    whole = len(looked_at) == len(body)
    try:
        # A character that is cut in two at the end is no sign of a body that is not text.
        text = codecs.getincrementaldecoder("utf-8")().decode(looked_at, final=whole)
    except UnicodeDecodeError:
        return f"({len(body)} bytes, sha256 {hashlib.sha256(body).hexdigest()})"
    text = redactor.text(text)
    if not whole:  # half a secret, at its end, was not known for one
        text = text[: max(len(text) - redactor.longest, 0)]
    if len(body) > SHOWN:
        digest = hashlib.sha256(body).hexdigest()
        return f"{text[: SHOWN // 2]}… ({len(body)} bytes, sha256 {digest})"
    return text


def _curl(redactor: Redactor, endpoint: Endpoint, call: Call, wire: Wire) -> str:
    sent = {name.lower(): value for name, value in wire.headers.items()}
    signed = "authorization" in sent
    words = ["curl", "-sS", "-i"]
    if signed:
        words += ["--aws-sigv4", f"aws:amz:{endpoint.region or 'us-east-1'}:s3"]
    if call.method == "HEAD":
        words += ["--head"]
    elif call.method != "GET":
        words += ["-X", call.method]
    line = shlex.join(words)
    if signed:
        line += ' --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
        # S3 wants it, and curl before 8.0 would not sign it.
        line += f" -H 'x-amz-content-sha256: {sent[PAYLOAD]}'"
    for name, value in wire.headers.items():
        if name.lower() in _CURL_OWN:
            continue
        if name.lower() in SECRET_HEADERS:
            line += f' -H "{name}: $SSE_C_KEY"'
        else:
            line += f" -H {shlex.quote(f'{name}: {redactor.text(value)}')}"
    if wire.body:
        line += f" --data-binary {shlex.quote(_curl_body(redactor, wire.body))}"
        if "content-type" not in sent:
            # Else curl says application/x-www-form-urlencoded, and some servers parse that.
            line += " -H 'Content-Type: application/octet-stream'"
    line = f"{line} {shlex.quote(canonical(redactor.text(wire.url)))}"
    return line if wire.repeatable else f"{line}  # {UNREPEATABLE}"


def canonical(url: str) -> str:
    """The URL with its query as it is signed: sorted, with `=` after every name.

    It means the same. curl before 8.3 signs a query as it stands, so `?acl` would be refused.
    """
    path, mark, query = url.partition("?")
    pairs = sorted(pair.partition("=")[::2] for pair in query.split("&"))
    return f"{path}?{'&'.join(f'{name}={value}' for name, value in pairs)}" if mark else url


def _curl_body(redactor: Redactor, body: bytes) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return f"@body-of-{len(body)}-bytes"
    if len(body) > SHOWN or REDACTED in redactor.text(text):
        return f"@body-of-{len(body)}-bytes"
    return text
