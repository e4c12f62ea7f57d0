"""A server between a client and an S3 endpoint, for requests and answers to be looked into.

A request goes on as it came, its `Host` too, so that its signature holds. One that was changed is
signed again, as whoever signed it first.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, cast

from conformance.serve.body import SMALL, Body, MalformedBody, of_chunks, of_length
from conformance.serve.messages import (
    BODILESS,
    HOP,
    Answer,
    Headers,
    Request,
    Respond,
    drop,
    error,
)

__all__ = ["HOP", "Answer", "Headers", "Limits", "Request", "Respond", "drop", "error", "serving"]

LISTEN: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a server bears of its clients.

    Attributes:
        idle: seconds between two bytes, and between two requests of a connection.
        head: seconds for all headers of a request.
        small: bytes up to which a body is held in memory; a larger one is a stream.
        drain: bytes of an unwanted body that are read so that the connection can be kept.
    """

    idle: float = 60.0
    head: float = 30.0
    small: int = SMALL
    drain: int = 64 * 2**20


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.reading: dict[socket.socket, float] = {}

    def handle_error(self, *_: object) -> None:
        """A client that goes away is its own affair."""

    def end_slow_heads(self, seconds: float) -> None:
        """Cut connections whose headers take longer than this."""
        now = time.monotonic()
        for connection, since in [*self.reading.items()]:
            if now - since > seconds:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(respond: Respond, port: int = 0, limits: Limits | None = None) -> Iterator[str]:
    """A server on 127.0.0.1 that answers with what `respond` returns; its URL.

    Args:
        respond: is given each request.
        port: to listen on; 0 for any.
        limits: of what clients may do; without any, all bodies are held in memory.

    Raises:
        OSError: the port cannot be listened on.
    """
    bounds = limits

    class Handler(RequestHandler):
        answer_to = staticmethod(respond)
        limits = bounds
        timeout = bounds.idle if bounds else None

    with _Server((LISTEN, port), Handler) as server:
        done = threading.Event()
        threads = [threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)]
        if bounds:
            seconds = bounds.head

            def watch() -> None:
                while not done.wait(min(1.0, seconds / 4)):
                    server.end_slow_heads(seconds)

            threads.append(threading.Thread(target=watch, daemon=True))
        for thread in threads:
            thread.start()
        try:
            yield f"http://{LISTEN}:{server.server_address[1]}"
        finally:
            done.set()
            server.shutdown()
            for thread in threads:
                thread.join()


class RequestHandler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    answer_to: Respond
    limits: Limits | None
    _awaited = False
    _body: _Measured | None = None

    def handle_one_request(self) -> None:
        if not self._read_head():
            self.close_connection = True
            return
        try:
            request = self._request()
        except MalformedBody as problem:
            self.close_connection = True
            self._send("", error(400, "InvalidRequest", str(problem)))
            return
        self._send(request.method, self.answer_to(request))
        self._drain()

    def _read_head(self) -> bool:
        assert isinstance(self.server, _Server)
        if not self.rfile.peek(1):  # type: ignore[attr-defined] # waits for the first byte
            return False
        if self.limits:
            self.server.reading[self.connection] = time.monotonic()
        try:
            self.raw_requestline = self.rfile.readline(65537)
            return bool(self.raw_requestline) and self.parse_request()
        finally:
            self.server.reading.pop(self.connection, None)

    def handle_expect_100(self) -> bool:
        """Wait with `100 Continue` until somebody wants the body."""
        self._awaited = True
        return True

    def _request(self) -> Request:
        """The request, its body read if it is small.

        Raises:
            MalformedBody: the length is none, or the body breaks its framing.
        """
        body = self._body = _Measured(self._blocks(), self._length())
        held = self.limits is None or (body.length is not None and body.length <= self.limits.small)
        return Request(
            method=self.command,
            target=self.path,
            headers=tuple(self.headers.items()),
            body=b"".join(body) if held else b"",
            stream=None if held else Body(iter(body), body.length),
        )

    def _length(self) -> int | None:
        lengths = self.headers.get_all("Content-Length") or ["0"]
        if self.headers.get("Transfer-Encoding"):
            if "Content-Length" in self.headers:
                raise MalformedBody("both Content-Length and Transfer-Encoding are given")
            if self.headers["Transfer-Encoding"].strip().lower() != "chunked":
                raise MalformedBody("the Transfer-Encoding is not known")
            return None
        if len({*lengths}) != 1 or not (lengths[0].isascii() and lengths[0].isdecimal()):
            raise MalformedBody("the Content-Length is not valid")
        return int(lengths[0])

    def _blocks(self) -> Iterator[bytes]:
        length = self._length()
        if self._awaited and length != 0:
            self.send_response_only(100)
            self.end_headers()
        self._awaited = False
        file = self.rfile
        yield from of_chunks(file) if length is None else of_length(file, length)

    def _send(self, method: str, answer: Answer) -> None:
        if self._unread():
            self.close_connection = True
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        bodiless = method == "HEAD" or answer.status in BODILESS
        chunked = False
        if answer.header("Content-Length") is None and answer.status not in BODILESS:
            length = answer.stream.length if answer.stream else len(answer.body)
            chunked = length is None and not bodiless
            if chunked:
                self.send_header("Transfer-Encoding", "chunked")
            elif length is not None:
                self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if answer.stream is not None:
            self._stream(answer.stream, chunked=chunked, wanted=not bodiless)
        elif not bodiless:
            self.wfile.write(answer.body)

    def _stream(self, body: Body, *, chunked: bool, wanted: bool) -> None:
        """Send a body as it comes; where it breaks off, so does the connection."""
        self.close_connection, closes = True, self.close_connection
        with closing(cast("Generator[bytes]", body.blocks)) as blocks:
            for block in blocks if wanted else ():
                self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block) if chunked else block)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = closes

    def _unread(self) -> bool:
        """Whether more of the request's body is left than is worth reading."""
        body = self._body
        if body is None or body.ended or self.limits is None:
            return False
        # Who waits to be asked for the body may send it or not.
        return self._awaited or body.length is None or body.length - body.read > self.limits.drain

    def _drain(self) -> None:
        """Read what nobody wanted of a body, so that the next request can be found."""
        if self._body is not None and not self.close_connection:
            try:
                for _ in self._body:
                    pass
            except MalformedBody:
                self.close_connection = True
        self._body, self._awaited = None, False


class _Measured:
    """The blocks of a body, and how much of it was read."""

    def __init__(self, blocks: Iterator[bytes], length: int | None) -> None:
        self.length = length
        self.read = 0
        self.ended = length == 0
        self._blocks = blocks

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            self.read += len(block)
            self.ended = self.read == self.length
            yield block
        self.ended = True
