"""Every answer on a kept connection is that to the request before it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from conformance.s3.client import Client, Deadlines
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from tests.servers import saying

GET = Call(operation="GetBucketPolicy", bucket="b")
HEAD = Call(operation="HeadObject", bucket="b", key="k")


def response(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Again:
    """When the server sends an answer once more: after it was read, before the next request."""

    def __init__(self) -> None:
        self._read, self._sent = threading.Event(), threading.Event()

    def now(self) -> None:
        """Let it be sent, and wait until it was."""
        self._sent.clear()
        self._read.set()
        assert self._sent.wait(5)

    def send(self, connection: socket.socket, text: bytes) -> None:
        self._read.wait(5)
        self._read.clear()
        connection.sendall(text)
        self._sent.set()


@contextmanager
def keeping(serve: Callable[[int], bytes], again: Again | None = None) -> Iterator[str]:
    """A server that keeps connections: the n-th request of one is answered with `serve(n)`."""
    listener = socket.create_server(("127.0.0.1", 0))

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client closes as it likes
            number = 0
            while connection.recv(65536):
                connection.sendall(serve(number))
                if again:
                    again.send(connection, serve(number))
                number += 1

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def client_of(url: str) -> Client:
    keys = Credentials(access_key="fake-access", secret_key="fake-secret")
    endpoint = Endpoint(url=url, region="us-east-1", credentials=keys)
    return Client(endpoint, Redactor(), Deadlines(connect=5, read=5, total=5))


def test_send_when_an_answer_came_twice_uses_another_connection_and_notes_it() -> None:
    again = Again()
    with keeping(lambda number: response(b"%d" % number), again) as url:
        client = client_of(url)
        with client.incidents.watching() as watch:
            first = client.send(GET).body
            again.now()
            second = client.send(GET).body

    assert (first, second) == (b"0", b"0")  # each the first on its connection
    assert client.incidents.unsteady
    assert watch.doubts == ["bytes that nobody asked for on a kept connection, after GET ?policy"]


def test_settle_when_bytes_wait_on_a_kept_connection_notes_them() -> None:
    again = Again()
    with keeping(lambda _: response(b"x"), again) as url:
        client = client_of(url)
        client.send(GET)
        again.now()
        with client.incidents.watching() as watch:
            client.settle()
    assert watch.doubts


def test_send_when_a_body_follows_a_head_answer_notes_nothing() -> None:
    with keeping(lambda _: response(b"unasked")) as url:
        client = client_of(url)
        assert [client.send(HEAD).status for _ in range(3)] == [200, 200, 200]
    assert not client.incidents.unsteady


def test_send_when_the_connection_is_kept_in_step_uses_it_again() -> None:
    with keeping(lambda number: response(b"%d" % number)) as url:
        client = client_of(url)
        assert [client.send(GET).body for _ in range(3)] == [b"0", b"1", b"2"]
    assert client.incidents.noted == []


@pytest.mark.parametrize("before", [b"100 Continue", b"103 Early Hints", b"102 Processing"])
def test_send_when_an_informational_response_comes_first_passes_it_over(before: bytes) -> None:
    first = b"HTTP/1.1 " + before + b"\r\nLink: </a>\r\n\r\n"
    with saying(first + first + response(b"ours")) as url:
        assert client_of(url).send(GET).body == b"ours"


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize(
    ("header", "body"),
    [("Transfer-Encoding: chunked", b"5\r\nhello\r\n0\r\n\r\n"), ("Content-Length: 38", b"x" * 38)],
)
def test_send_when_a_status_without_a_body_has_one_leaves_it(
    status: int, header: str, body: bytes
) -> None:
    with saying(f"HTTP/1.1 {status} -\r\n{header}\r\n\r\n".encode() + body) as url:
        client = client_of(url)
        seen = client.send(Call(operation="ListBuckets"))
    assert (seen.status, seen.body) == (status, b"")
    assert not client.incidents.unsteady
