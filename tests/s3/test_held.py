"""A body that is held back until the server asks for it: the three things a server can do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conformance.s3 import transport
from conformance.s3.client import Client
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.s3.sending import Deadlines

BODY = b"held-back " * 100
PUT = Call(operation="PutObject", bucket="b", key="k", body=BODY)
OK = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 0\r\n\r\n'
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nnever"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@contextmanager
def server(first: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that says this after the headers, and 200 after the body.

    Yields its URL, and what it has got of bodies.
    """
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as stream:
                while stream.readline().strip():
                    pass
                connection.sendall(first)
                if first != FORBIDDEN:
                    got.append(stream.read(len(BODY)))
                    connection.sendall(OK)
                else:
                    got.append(stream.read())

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", got
        thread.join(5)


def client_of(url: str) -> Client:
    keys = Credentials(access_key="fake-access", secret_key="fake-secret")
    endpoint = Endpoint(url=url, region="us-east-1", credentials=keys)
    return Client(endpoint, Redactor(), Deadlines(connect=5, read=5, total=5))


def test_held_body_when_it_is_asked_for_is_sent() -> None:
    with server(CONTINUE) as (url, got):
        answer = client_of(url).send(PUT, held=True, as_answered=True)
    assert (answer.status, answer.awaited, got) == (200, "100 Continue", [BODY])


def test_held_body_when_the_answer_comes_first_is_not_sent() -> None:
    with server(FORBIDDEN) as (url, got):
        answer = client_of(url).send(PUT, held=True, as_answered=True)
    assert (answer.status, answer.awaited, answer.body, got) == (
        403,
        "the answer",
        b"never",
        [b""],
    )


def test_held_body_when_nothing_comes_is_sent_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "HELD", 0.05)
    with server(b"") as (url, got):
        answer = client_of(url).send(PUT, held=True, as_answered=True)
    assert (answer.status, answer.awaited, got) == (200, "nothing", [BODY])


def test_body_that_is_not_held_says_nothing_of_it() -> None:
    with server(b"") as (url, got):
        answer = client_of(url).send(PUT, as_answered=True)
    assert (answer.status, answer.awaited, got) == (200, "", [BODY])
