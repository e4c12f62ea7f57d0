"""A server between a client and an S3 endpoint, for requests and answers to be looked into.

A request goes on as it came, its `Host` too, so that its signature holds. One that was changed is
signed again, as whoever signed it first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Final
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

Headers = tuple[tuple[str, str], ...]

# What belongs to one connection, or is written anew here.
HOP: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "expect", "trailer"}
)
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
    def query(self) -> list[str]:
        """The parameters, still encoded: `list-type=2`, `uploads`."""
        return [pair for pair in self.target.partition("?")[2].split("&") if pair]

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters, decoded; of a repeated one the last."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def names(self) -> frozenset[str]:
        """The names of all headers, in lower case."""
        return frozenset(name.lower() for name, _ in self.headers)

    @property
    def flags(self) -> frozenset[str]:
        """The names of all headers and parameters, in lower case."""
        return self.names | {_name(pair) for pair in self.query}

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


def _name(pair: str) -> str:
    """The name of an encoded parameter, in lower case."""
    return unquote(pair.partition("=")[0]).lower()


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


def drop(answer: Answer, names: Iterable[str]) -> Answer:
    """The same answer without some headers."""
    dropped = {name.lower() for name in names}
    return replace(
        answer, headers=tuple((n, v) for n, v in answer.headers if n.lower() not in dropped)
    )


def error(status: int, code: str, message: str = "") -> Answer:
    """An error as S3 writes one."""
    body = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    headers = (("Content-Type", "application/xml"),)
    return Answer(status=status, headers=headers, body=body.encode())
