"""A server between a client and an S3 endpoint, for requests and answers to be looked into.

A request goes on as it came, its `Host` too, so that its signature holds. One that was changed is
signed again, as whoever signed it first.
"""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from conformance.endpoint import Credentials

Headers = tuple[tuple[str, str], ...]

# What belongs to one connection, or is written anew here.
HOP: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "expect", "trailer"}
)
SIGNATURE: Final = ("authorization", "x-amz-date", "x-amz-content-sha256")
CHUNKED: Final = ("x-amz-decoded-content-length", "x-amz-trailer")
BODILESS: Final = (204, 304)
LISTEN: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came in.

    Attributes:
        method: of HTTP.
        target: path and query, still encoded.
        headers: in the order sent, names as sent.
        body: the whole body, framing of HTTP undone.
    """

    method: str
    target: str
    headers: Headers
    body: bytes

    @property
    def path(self) -> str:
        """The path, still encoded."""
        return self.target.partition("?")[0]

    @property
    def pairs(self) -> list[str]:
        """The parameters, still encoded: `list-type=2`, `uploads`."""
        return [pair for pair in self.target.partition("?")[2].split("&") if pair]

    @property
    def query(self) -> dict[str, str]:
        """The parameters, decoded; of a repeated one the last."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def names(self) -> frozenset[str]:
        """The names of all headers, in lower case."""
        return frozenset(name.lower() for name, _ in self.headers)

    def header(self, name: str) -> str | None:
        """The value of a header, named in any case."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def without(self, *names: str) -> Request:
        """The same request less some headers and parameters, named in any case."""
        dropped = {name.lower() for name in names}
        query = "&".join(
            pair for pair in self.pairs if unquote(pair.partition("=")[0]).lower() not in dropped
        )
        return replace(
            self,
            target=f"{self.path}?{query}" if query else self.path,
            headers=tuple((n, v) for n, v in self.headers if n.lower() not in dropped),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to send; Content-Length is the body's unless `headers` say otherwise."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The value of a header, named in any case."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def with_headers(self, **values: str | None) -> Answer:
        """The same answer with these headers in place of its own; None removes one.

        Args:
            values: by name, with `_` for each hyphen.
        """
        given = {name.replace("_", "-").lower(): value for name, value in values.items()}
        kept = tuple((n, v) for n, v in self.headers if n.lower() not in given)
        added = tuple((n, v) for n, v in given.items() if v is not None)
        return replace(self, headers=(*kept, *added))


Respond = Callable[[Request], Answer]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A client that goes away is its own affair."""


@contextmanager
def serving(respond: Respond, port: int = 0) -> Iterator[str]:
    """A server on 127.0.0.1 that answers with what `respond` returns; its URL.

    Raises:
        OSError: the port cannot be listened on.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            request = Request(
                method=self.command,
                target=self.path,
                headers=tuple(self.headers.items()),
                body=self._body(),
            )
            self._send(request, respond(request))

        def _body(self) -> bytes:
            if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
                return _chunks(self.rfile)
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _send(self, request: Request, answer: Answer) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            bodiless = answer.status in BODILESS
            if answer.header("Content-Length") is None and not bodiless:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if request.method != "HEAD" and not bodiless:
                self.wfile.write(answer.body)

    with _Server((LISTEN, port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://{LISTEN}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _chunks(file: BufferedIOBase) -> bytes:
    """A body in HTTP's own chunks (RFC 9112, 7.1)."""
    chunks = []
    while size := int(file.readline().partition(b";")[0], 16):
        chunks.append(file.read(size))
        file.readline()
    while file.readline().strip():
        pass  # trailers of HTTP, which S3 has no use for
    return b"".join(chunks)


class Upstream:
    """The endpoint behind, asked over one connection a thread.

    Args:
        url: where to ask.
        keys: to sign with what was changed, as whoever signed it first.
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
        self._local = threading.local()

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
        for attempt in (1, 2):
            connection = self._connection()
            try:
                return self._ask(connection, request)
            except (http.client.HTTPException, ConnectionError):
                # A kept connection may have been closed meanwhile; a fresh one has not.
                connection.close()
                self._local.connection = None
                if attempt == 2:
                    raise
        raise AssertionError

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

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            parts = urlsplit(self._url)
            if parts.scheme == "https":
                trust = ssl.create_default_context(cafile=self._ca_bundle)
                connection = http.client.HTTPSConnection(
                    parts.netloc, timeout=self._timeout, context=trust
                )
            else:
                connection = http.client.HTTPConnection(parts.netloc, timeout=self._timeout)
            self._local.connection = connection
        return connection

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


def drop(answer: Answer, names: Iterable[str]) -> Answer:
    """The same answer without some headers."""
    dropped = {name.lower() for name in names}
    return replace(
        answer, headers=tuple((n, v) for n, v in answer.headers if n.lower() not in dropped)
    )
