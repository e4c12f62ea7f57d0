"""The upstream endpoint of a proxy. A changed request is signed again with the client's keys."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Generator, Iterable
from typing import Self
from urllib.parse import urlsplit

from conformance.s3.endpoint import Credentials
from conformance.serve.body import BLOCK, Body, MalformedBody
from conformance.serve.http import HOP, Answer, Request
from conformance.serve.signing import signed_again


class Upstream:
    """The upstream endpoint. Connections are kept, and closed when the context ends.

    Args:
        url: its URL.
        keys: the clients' keys, to sign changed requests again.
        timeout: seconds to wait for an answer.
        ca_bundle: the file of the authorities to trust; the system's where none is given.
        small: bytes up to which an answer is held in memory; a larger one is a stream. None for
            all of them.
    """

    def __init__(
        self,
        url: str,
        keys: Iterable[Credentials] = (),
        timeout: float = 60.0,
        ca_bundle: str | None = None,
        small: int | None = None,
    ) -> None:
        self._url = url
        self.keys = {each.access_key: each for each in keys}
        self._timeout = timeout
        self._ca_bundle = ca_bundle
        self._small = small
        self._idle: list[http.client.HTTPConnection] = []

    @property
    def prefix(self) -> str:
        """The path that all of the endpoint's paths begin with."""
        return urlsplit(self._url).path.rstrip("/")

    def ask(
        self, request: Request, original: Request | None = None, region: str | None = None
    ) -> Answer:
        """Send a request on and return its answer.

        Args:
            request: what to send.
            original: what came, where that is something else; the request is signed again then.
            region: to sign for, where that is another than the request's own.

        Raises:
            Refused: it has to be signed again, and its body is not what was signed.
        """
        if original is not None and (original != request or region is not None):
            request = signed_again(request, original, self.keys, region)
        if request.stream is not None:
            # It can be sent once only, so no connection is tried that may have been closed.
            return self._asked(self._connect(), request)
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
            self._send(connection, request)
            return self._answer(connection, request)
        except BaseException:
            connection.close()
            raise

    def _send(self, connection: http.client.HTTPConnection, request: Request) -> None:
        connection.putrequest(
            request.method, request.target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in request.headers:
            if name.lower() not in HOP:
                connection.putheader(name, value)
        length = request.stream.length if request.stream else len(request.body)
        if length is None:
            connection.putheader("Transfer-Encoding", "chunked")
        elif length or request.method in ("PUT", "POST"):
            connection.putheader("Content-Length", str(length))
        connection.endheaders(request.body or None)
        if request.stream is not None:
            _send_stream(connection, request.stream)

    def _answer(self, connection: http.client.HTTPConnection, request: Request) -> Answer:
        answer = connection.getresponse()
        # HEAD tells the length of a body it does not have.
        hop = HOP - {"content-length"} if request.method == "HEAD" else HOP
        headers = tuple((n, v) for n, v in answer.getheaders() if n.lower() not in hop)
        large = self._small is not None and (answer.length is None or answer.length > self._small)
        if large and request.method != "HEAD" and answer.status >= 200:
            blocks = self._blocks(connection, answer)
            next(blocks)
            return Answer(status=answer.status, headers=headers, stream=Body(blocks, answer.length))
        body = answer.read()
        self._idle.append(connection)
        return Answer(status=answer.status, headers=headers, body=body)

    def _blocks(
        self, connection: http.client.HTTPConnection, answer: http.client.HTTPResponse
    ) -> Generator[bytes]:
        """An empty block, at which it has begun, and then the answer's; it is closed in the end."""
        left, ended = answer.length, False
        try:
            yield b""
            while block := answer.read1(BLOCK):
                left = None if left is None else left - len(block)
                yield block
            if left:
                raise MalformedBody(f"the upstream endpoint's answer ends {left} bytes early")
            ended = True
        finally:
            if ended:
                self._idle.append(connection)
            else:
                connection.close()

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


def _send_stream(connection: http.client.HTTPConnection, body: Body) -> None:
    try:
        for block in body.blocks:
            connection.send(
                block if body.length is not None else b"%x\r\n%s\r\n" % (len(block), block)
            )
        if body.length is None:
            connection.send(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass  # an endpoint may refuse a request before it has all of it: its answer says why
