"""What a connection asks of the system."""

from __future__ import annotations

import socket
import sys
import weakref
from typing import Any

import pytest

from conformance.s3.client import Client
from conformance.s3.endpoint import Credentials, Endpoint
from conformance.s3.operations import Call
from conformance.s3.redact import Redactor
from conformance.s3.transport import Allowance
from conformance.serve.http import Answer, serving


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such option")
def test_answer_when_awaited_is_acknowledged_at_once_on_each_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The option ends when data is sent, so once per connection would be too seldom."""
    done: list[str] = []
    ours: set[int] = set()

    class Socket(socket.socket):
        def setsockopt(self, *args: Any) -> None:
            if args == (socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1):
                ours.add(id(self))
                done.append("acknowledge at once")
            super().setsockopt(*args)

        def sendall(self, *args: Any) -> None:
            if id(self) in ours or args[0].startswith(b"GET"):
                done.append("send")
            super().sendall(*args)

    with serving(lambda _: Answer(status=200, body=b"<x/>")) as url:
        monkeypatch.setattr(socket, "socket", Socket)
        credentials = Credentials(access_key="AKEXAMPLE", secret_key="secret-of-the-example")
        endpoint = Endpoint(url=url, region="us-east-1", credentials=credentials)
        client = Client(endpoint, Redactor())
        for _ in range(2):
            client.send(Call(operation="GetBucketPolicy", bucket="b"))

    assert done == ["send", "acknowledge at once"] * 2


class Holder:
    """Holds itself, as a traceback holds the frame that holds it."""

    def __init__(self) -> None:
        self.itself = self


def test_allowance_when_its_bytes_are_held_by_garbage_gives_them_again() -> None:
    allowance = Allowance(10)
    assert allowance.take(10, deadline=0.0)
    weakref.finalize(Holder(), allowance.give, 10)

    assert allowance.take(10, deadline=0.0)


def test_allowance_when_its_bytes_are_in_use_refuses_at_the_deadline() -> None:
    allowance = Allowance(10)
    assert allowance.take(10, deadline=0.0)

    assert not allowance.take(1, deadline=0.0)
