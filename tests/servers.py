"""Servers on 127.0.0.1 that answer what a test tells them to, one answer after the other."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def closing() -> Iterator[str]:
    """A server that closes every connection without a word."""
    with listening(lambda connection: connection.recv(65536)) as url:
        yield url


@contextmanager
def saying(*answers: bytes, received: list[bytes] | None = None) -> Iterator[str]:
    """A server that sends these bytes, the last of them for ever, and closes each time.

    Args:
        answers: what to send.
        received: takes what was asked.
    """
    left = list(answers)
    lock = threading.Lock()

    def answer(connection: socket.socket) -> None:
        request = connection.recv(65536)
        with lock:
            if received is not None:
                received.append(request)
            said = left.pop(0) if len(left) > 1 else left[0]
        connection.sendall(said)

    with listening(answer) as url:
        yield url


@contextmanager
def silent() -> Iterator[str]:
    """A server that takes connections and never answers."""
    done = threading.Event()
    with listening(lambda _: done.wait(60)) as url:
        try:
            yield url
        finally:
            done.set()


@contextmanager
def dripping(head: bytes, every: float) -> Iterator[str]:
    """A server that sends a head, and then a byte at a time without end.

    Args:
        head: what comes at once.
        every: seconds between two bytes.
    """
    done = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head)
        while not done.wait(every):
            connection.sendall(b"x")

    with listening(drip) as url:
        try:
            yield url
        finally:
            done.set()


@contextmanager
def listening(serve: Callable[[socket.socket], object]) -> Iterator[str]:
    """A server that has each connection served in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))

    def one(connection: socket.socket) -> None:
        with connection:
            try:
                serve(connection)
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def free_url() -> str:
    """The URL of a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def http(status: int, body: bytes = b"", *headers: str) -> bytes:
    """An answer in HTTP/1.1."""
    lines = [f"HTTP/1.1 {status} -", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def error(status: int, code: str) -> bytes:
    """An answer as S3 words it."""
    body = f"<Error><Code>{code}</Code><Message>.</Message></Error>".encode()
    return http(status, body, "Content-Type: application/xml")
