"""A server that follows a script for every request."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.hostile.answers import Drip, Flood, Script
from tests.servers import listening


@contextmanager
def hostile(script: Script) -> Iterator[str]:
    """A server on 127.0.0.1 whose every answer is this script; its URL."""
    over = threading.Event()
    with listening(lambda connection: follow(connection, script, over)) as url:
        try:
            yield url
        finally:
            over.set()


def follow(connection: socket.socket, script: Script, over: threading.Event) -> None:
    """Take one request, and send what the script says until the other side goes away.

    Raises:
        OSError: it went away.
    """
    connection.recv(65536)
    send_all(connection, script, over)


def send_all(connection: socket.socket, script: Script, over: threading.Event) -> None:
    """Send what a script says."""
    for step in script:
        if isinstance(step, bytes):
            connection.sendall(step)
        elif isinstance(step, Drip):
            while not over.wait(step.every):
                connection.sendall(step.piece)
        elif isinstance(step, Flood):
            block = step.piece * max(1, 2**14 // len(step.piece))
            while not over.is_set():
                connection.sendall(block)
        else:
            _wait(connection, over)


def _wait(connection: socket.socket, over: threading.Event) -> None:
    """Until the other side closes; what it sends is of no account."""
    connection.settimeout(0.2)
    while not over.is_set():
        try:
            if not connection.recv(4096):
                return
        except TimeoutError:
            continue
