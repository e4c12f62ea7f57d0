"""Servers for the tests of probes: one that refuses, one that nods, and proxies that spoil moto.

Each is a context manager that yields an `Endpoint` on 127.0.0.1 and a free port. moto verifies no
signature, so a proxy may change a request without signing it again.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import unquote, urlsplit

from conformance.s3.endpoint import Credentials, Endpoint

Headers = tuple[tuple[str, str], ...]

NOT_IMPLEMENTED: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"<Error><Code>NotImplemented</Code><Message>Not implemented.</Message></Error>"
)
METHODS: Final = ("GET", "HEAD", "PUT", "POST", "DELETE")
# What belongs to one connection, or is written anew here.
HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came in.

    Attributes:
        method: the HTTP method.
        target: path and query, still encoded.
        headers: in the order sent, names as sent.
        body: the whole body.
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
    def query(self) -> list[str]:
        """The parameters, still encoded: `list-type=2`, `uploads`."""
        return [pair for pair in self.target.partition("?")[2].split("&") if pair]

    @property
    def flags(self) -> set[str]:
        """Names of all headers and parameters, in lower case."""
        return {name.lower() for name, _ in self.headers} | {_name(pair) for pair in self.query}

    def header(self, name: str) -> str | None:
        """The value of a header, named in any case."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def without(self, *names: str) -> Request:
        """The same request less some headers and parameters, named in any case."""
        dropped = {name.lower() for name in names}
        query = "&".join(pair for pair in self.query if _name(pair) not in dropped)
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


REFUSAL: Final = Answer(
    status=501, headers=(("Content-Type", "application/xml"),), body=NOT_IMPLEMENTED
)


def _name(pair: str) -> str:
    return unquote(pair.partition("=")[0]).lower()


@contextmanager
def serving(respond: Callable[[Request], Answer]) -> Iterator[Endpoint]:
    """A server that answers every request with what `respond` returns."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            length = int(self.headers.get("Content-Length") or 0)
            request = Request(
                method=self.command,
                target=self.path,
                headers=tuple(self.headers.items()),
                body=self.rfile.read(length),
            )
            self._send(request, respond(request))

        def _send(self, request: Request, answer: Answer) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            told = {name.lower() for name, _ in answer.headers}
            if "content-length" not in told and answer.status not in (204, 304):
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if request.method != "HEAD" and answer.status not in (204, 304):
                self.wfile.write(answer.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield Endpoint(
            url=f"http://127.0.0.1:{server.server_address[1]}",
            region="us-east-1",
            credentials=Credentials(access_key="fake-access", secret_key="fake-secret"),
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def refusing() -> Iterator[Endpoint]:
    """A server that answers 501 NotImplemented to everything."""
    with serving(lambda _: REFUSAL) as endpoint:
        yield endpoint


@contextmanager
def empty() -> Iterator[Endpoint]:
    """A server that answers 200 with an empty body to everything."""
    with serving(lambda _: Answer(status=200)) as endpoint:
        yield endpoint


def forward(request: Request, upstream: Endpoint) -> Answer:
    """Send a request on to another server and return its answer."""
    parts = urlsplit(upstream.url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
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
    finally:
        connection.close()


@contextmanager
def proxy(
    upstream: Endpoint, respond: Callable[[Request, Callable[[Request], Answer]], Answer]
) -> Iterator[Endpoint]:
    """A server in front of another.

    Args:
        upstream: the server behind.
        respond: `(request, ask)` to answer; `ask(request)` is the answer of the server behind.
    """

    def ask(request: Request) -> Answer:
        return forward(request, upstream)

    with serving(lambda request: respond(request, ask)) as endpoint:
        yield replace(upstream, url=endpoint.url, embedded=False)


@contextmanager
def stripping(
    upstream: Endpoint, *flags: str, methods: Sequence[str] = METHODS
) -> Iterator[Endpoint]:
    """A proxy that drops these headers and parameters: a server that ignores them."""

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        return ask(request.without(*flags) if request.method in methods else request)

    with proxy(upstream, respond) as endpoint:
        yield endpoint


@contextmanager
def refusing_flags(
    upstream: Endpoint, *flags: str, methods: Sequence[str] = METHODS
) -> Iterator[Endpoint]:
    """A proxy that answers 501 to requests with one of these headers or parameters."""
    refused = {flag.lower() for flag in flags}

    def respond(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        met = refused & request.flags and request.method in methods
        return REFUSAL if met else ask(request)

    with proxy(upstream, respond) as endpoint:
        yield endpoint


@contextmanager
def spoiling(upstream: Endpoint, spoil: Callable[[Request, Answer], Answer]) -> Iterator[Endpoint]:
    """A proxy that changes answers: `spoil(request, answer)` is what goes out."""
    with proxy(upstream, lambda request, ask: spoil(request, ask(request))) as endpoint:
        yield endpoint


def replacing(answer: Answer, old: bytes, new: bytes) -> Answer:
    """The same answer with other text in its body."""
    return replace(answer, body=answer.body.replace(old, new))


def with_headers(answer: Answer, headers: Sequence[tuple[str, str]]) -> Answer:
    """The same answer with these headers instead of its own of the same names."""
    names = {name.lower() for name, _ in headers}
    kept = tuple((n, v) for n, v in answer.headers if n.lower() not in names)
    return replace(answer, headers=(*kept, *headers))
