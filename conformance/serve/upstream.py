"""The upstream endpoint of a proxy. A changed request is signed again with the client's keys."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Self
from urllib.parse import urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from conformance.s3.endpoint import Credentials
from conformance.serve.http import HOP, Answer, Headers, Request

SIGNATURE: Final = ("authorization", "x-amz-date", "x-amz-content-sha256")
CHUNKED: Final = ("x-amz-decoded-content-length", "x-amz-trailer")


class Upstream:
    """The upstream endpoint. Connections are kept, and closed when the context ends.

    Args:
        url: its URL.
        keys: the clients' keys, to sign changed requests again.
        timeout: seconds to wait for an answer.
        ca_bundle: the file of the authorities to trust; the system's where none is given.
    """

    def __init__(
        self,
        url: str,
        keys: Iterable[Credentials] = (),
        timeout: float = 60.0,
        ca_bundle: str | None = None,
    ) -> None:
        self._url = url
        self._keys = {each.access_key: each for each in keys}
        self._timeout = timeout
        self._ca_bundle = ca_bundle
        self._idle: list[http.client.HTTPConnection] = []

    @property
    def prefix(self) -> str:
        """The path that all of the endpoint's paths begin with."""
        return urlsplit(self._url).path.rstrip("/")

    def ask(self, request: Request, original: Request | None = None) -> Answer:
        """Send a request on and return its answer.

        Args:
            request: what to send.
            original: what came, where that is something else; the request is signed again then.
        """
        if original is not None and original != request:
            request = self._signed_again(request)
        try:
            return self._asked(self._kept() or self._connect(), request)
        except (http.client.HTTPException, ConnectionError):
            # A kept connection may have been closed meanwhile; a fresh one has not.
            return self._asked(self._connect(), request)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while connection := self._kept():
            connection.close()

    def _asked(self, connection: http.client.HTTPConnection, request: Request) -> Answer:
        """The answer; the connection is kept for the next request, or closed if this one fails."""
        try:
            answer = self._ask(connection, request)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return answer

    def _ask(self, connection: http.client.HTTPConnection, request: Request) -> Answer:
        connection.putrequest(
            request.method, request.target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in request.headers:
            if name.lower() not in HOP:
                connection.putheader(name, value)
        if request.body or request.method in ("PUT", "POST"):
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)
        answer = connection.getresponse()
        body = answer.read()
        # HEAD tells the length of a body it does not have.
        hop = HOP - {"content-length"} if request.method == "HEAD" else HOP
        headers = tuple((n, v) for n, v in answer.getheaders() if n.lower() not in hop)
        return Answer(status=answer.status, headers=headers, body=body)

    def _kept(self) -> http.client.HTTPConnection | None:
        try:
            return self._idle.pop()
        except IndexError:  # none, or another thread was faster
            return None

    def _connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._url)
        if parts.scheme == "https":
            trust = ssl.create_default_context(cafile=self._ca_bundle)
            return http.client.HTTPSConnection(parts.netloc, timeout=self._timeout, context=trust)
        return http.client.HTTPConnection(parts.netloc, timeout=self._timeout)

    def _signed_again(self, request: Request) -> Request:
        scope = _scope(request.header("Authorization"))
        if scope is None:
            return request  # anonymous it came, and anonymous it goes
        access_key, region = scope
        keys = self._keys.get(access_key)
        if keys is None:
            return request
        plain = _unchunked(request).without(*SIGNATURE)
        return replace(plain, headers=_sign(plain, keys, region))


def _scope(authorization: str | None) -> tuple[str, str] | None:
    """Access key and region of a signature of version 4."""
    _, found, rest = (authorization or "").partition("Credential=")
    words = rest.partition(",")[0].split("/")
    return (words[0], words[2]) if found and len(words) >= 5 else None


def _sign(request: Request, keys: Credentials, region: str) -> Headers:
    boto = BotoCredentials(keys.access_key, keys.secret_key, keys.token)
    host = request.header("Host") or ""
    aws = AWSRequest(
        method=request.method,
        url=f"http://{host}{request.target}",
        data=request.body,
        headers={n: v for n, v in request.headers if n.lower() not in HOP},
    )
    S3SigV4Auth(boto, "s3", region).add_auth(aws)
    return tuple((name, str(value)) for name, value in aws.headers.items())


def _unchunked(request: Request) -> Request:
    """The request with its body as it is meant, where it came in the framing `aws-chunked`.

    A checksum in the trailer becomes a header. Source:
    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
    """
    if not (request.header("x-amz-content-sha256") or "").startswith("STREAMING-"):
        return request
    body, rest = b"", request.body
    while rest:
        head, _, rest = rest.partition(b"\r\n")
        size = int(head.partition(b";")[0] or b"0", 16)
        if size == 0:
            break
        body, rest = body + rest[:size], rest[size:].removeprefix(b"\r\n")
    trailer = tuple(
        (name.strip(), value.strip())
        for name, found, value in (line.partition(":") for line in rest.decode().splitlines())
        if found and name.startswith("x-amz-checksum-")
    )
    encoding = [
        word.strip()
        for word in (request.header("Content-Encoding") or "").split(",")
        if word.strip() not in ("", "aws-chunked")
    ]
    plain = request.without(*CHUNKED, "Content-Encoding")
    kept = (("Content-Encoding", ", ".join(encoding)),) if encoding else ()
    return replace(plain, headers=(*plain.headers, *kept, *trailer), body=body)
