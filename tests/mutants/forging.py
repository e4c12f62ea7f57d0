"""Requests whose signature, digest or framing is wrong, taken all the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from conformance.s3.checksums import DIGESTS, checksum_header
from conformance.s3.endpoint import Credentials
from conformance.s3.sigv4 import Signer
from conformance.serve.http import HOP, Answer, Request
from tests.mutants.damaging import Behind, Respond

FRAMING: Final = (
    "x-amz-content-sha256", "x-amz-decoded-content-length", "x-amz-trailer", "Content-Encoding",
)  # fmt: skip
NAMED: Final = "x-amz-sdk-checksum-algorithm"
DIGESTED: Final = ("Content-MD5", NAMED, *map(checksum_header, DIGESTS))
Test = Callable[[Request], bool]


def form(request: Request) -> str:
    """The form of a request's body."""
    return request.header("x-amz-content-sha256") or ""


def is_framed(request: Request) -> bool:
    return form(request).startswith("STREAMING-")


def is_presigned(request: Request) -> bool:
    return "X-Amz-Signature" in request.parameters


def body_of(request: Request) -> bytes:
    """The bytes that are meant, whatever the signatures of their chunks say.

    Of broken framing, those up to where it breaks.
    """
    if not is_framed(request):
        return request.body
    body, rest, size = b"", request.body, 1
    while size:
        head, _, rest = rest.partition(b"\r\n")
        try:
            size = int(head.partition(b";")[0], 16)
        except ValueError:
            break
        body, rest = body + rest[:size], rest[size:].removeprefix(b"\r\n")
    return body


def plain(request: Request) -> Request:
    """The same request as a client sends it that knows neither framing nor digests nor URLs."""
    found = replace(request.without(*FRAMING, *DIGESTED), body=body_of(request))
    if not is_presigned(request):
        return unsigned(found)
    asked = request.parameters
    names = [name for name in asked if name.startswith("X-Amz-")]
    # Whoever signs it anew looks at the scope alone.
    said = f"AWS4-HMAC-SHA256 Credential={unquote(asked['X-Amz-Credential'])}, Signature=0"
    bare = found.without(*names)
    return replace(bare, headers=(*bare.headers, ("Authorization", said)))


def unsigned(request: Request) -> Request:
    """The same request with no signature but whose it is; an anonymous one stays so."""
    said = request.header("Authorization") or ""
    scope = said.partition("Credential=")[2].partition(",")[0]
    if not scope:
        return request
    bare = request.without("Authorization")
    said = f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0"
    return replace(bare, headers=(*bare.headers, ("Authorization", said)))


def is_unsigned(request: Request) -> bool:
    """Whether a request says only whose it is, for the score to sign."""
    return (request.header("Authorization") or "").endswith("Signature=0")


def signed(request: Request, keys: Sequence[Credentials]) -> Request:
    """The request with the signature of whoever it says it is from."""
    scope = (request.header("Authorization") or "").partition("Credential=")[2].split("/")
    # Of nobody's access key whoever carries the request out must be somebody.
    known = next((each for each in keys if each.access_key == scope[0]), keys[0])
    bare = request.without("Authorization", "x-amz-date", "x-amz-content-sha256")
    own = {name: value for name, value in bare.headers if name.lower() not in {*HOP, "host"}}
    signer = Signer(known, scope[2], datetime.now(UTC))
    digest = hashlib.sha256(request.body).hexdigest()
    url = f"http://{request.header('Host')}{request.target}"
    headers = signer.headers(request.method, url, own, digest)
    host = ("Host", request.header("Host") or "")
    return replace(bare, headers=(host, *headers.items()))


def taken(code: str, test: Test = lambda _: True) -> Respond:
    """What is refused with this code is carried out."""

    def respond(request: Request, behind: Behind) -> Answer:
        answer = behind.ask(request)
        # A HEAD is refused without a word.
        said = f"<Code>{code}</Code>".encode() in answer.body or request.method == "HEAD"
        refused = answer.status in (400, 403) and said
        return behind.ask(plain(request)) if refused and test(request) else answer

    return respond


def done_and_refused(request: Request, behind: Behind) -> Answer:
    """What is refused is carried out, and the refusal stands."""
    answer = behind.ask(request)
    if answer.status in (400, 403) and request.method in ("PUT", "POST", "DELETE"):
        behind.ask(plain(request))
    return answer
