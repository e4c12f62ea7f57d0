"""Connections on which one deadline covers a whole answer, and limits on what is kept of it.

A socket's own time-out begins anew with each byte, so a server that sends one byte a second, in a
status line, a header, a chunk size, a trailer or an endless row of 1xx answers, would hold a
request for ever. A watchdog therefore shuts the socket at the deadline, whatever is being read.
"""

from __future__ import annotations

import gc
import http.client
import io
import socket
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, Literal

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.wait import wait_for_read

# Status line and headers of one answer, those of 1xx answers before it included.
HEAD_LIMIT: Final = 2**16
# How soon a socket is shut that was not there yet when its deadline passed.
AGAIN: Final = 0.05
# How long a body is held back for 100 Continue, in seconds; SDKs wait for one second.
HELD: Final = 3.0
QUICKACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)


Awaited = Literal["", "100 Continue", "the answer", "nothing"]


class HeadTooLong(http.client.HTTPException):
    """Status lines and headers are longer than `HEAD_LIMIT`."""


class Allowance:
    """The memory that bodies may take at one time, shared by all threads.

    Args:
        size: in bytes.
    """

    def __init__(self, size: int) -> None:
        self._free = size
        self._freed = threading.Condition()  # reentrant: a collection gives back

    def take(self, amount: int, deadline: float) -> bool:
        """Wait until so many bytes are free; False where they are not at the deadline."""
        if self._free < amount:
            # Bodies that nobody reads any more may hang in cycles, such as those of tracebacks.
            gc.collect()
        with self._freed:
            if not self._freed.wait_for(
                lambda: self._free >= amount, max(deadline - time.monotonic(), 0)
            ):
                return False
            self._free -= amount
            return True

    def give(self, amount: int) -> None:
        """Give back what was taken."""
        with self._freed:
            self._free += amount
            self._freed.notify_all()


# Large bodies, those that probes still hold included.
BODIES: Final = Allowance(64 * 2**20)
STEP: Final = 2**18


class Flight:
    """One request being waited for.

    Attributes:
        deadline: when the answer must be complete, on the clock of `time.monotonic`.
        late: the deadline has passed and the connection was cut.
        held: the body is held back until the server has said something.
        awaited: what came before the body was sent; empty where it was not held back.
        early: status line and headers of an answer that came before the body.
    """

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.late = False
        self.held = False
        self.awaited: Awaited = ""
        self.early = b""
        self._socket: Any = None
        self._held = 0

    def uses(self, connection: Any) -> None:
        """Name the socket that the answer arrives on."""
        self._socket = getattr(connection, "socket", connection)  # of TLS inside TLS, the inner
        if self.late:
            self.cut()

    def holds(self, size: int) -> bool:
        """Make room for a body of so many bytes; False where there is none before the deadline."""
        while size > self._held + STEP:
            if not BODIES.take(STEP, self.deadline):
                return False
            self._held += STEP
        return True

    def handed_over_to(self, holder: object) -> None:
        """Keep the room for the body as long as its holder lives."""
        if self._held:
            weakref.finalize(holder, BODIES.give, self._held).atexit = False
            self._held = 0

    def close(self) -> None:
        """Give back the room of a body that nobody holds."""
        BODIES.give(self._held)
        self._held = 0

    def cut(self) -> None:
        """Shut the connection, so that whoever reads from it sees its end."""
        self.late = True
        if self._socket is not None:
            with suppress(OSError, TypeError):
                # Not SSLSocket's own, which takes the TLS state away from under the reader.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Watchdog:
    """One thread that cuts the flights whose deadline has passed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._flights: set[Flight] = set()
        self._next = float("inf")
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, seconds: float) -> Iterator[Flight]:
        """A flight of this thread that is cut after so many seconds."""
        flight = Flight(time.monotonic() + seconds)
        with self._changed:
            self._flights.add(flight)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            if flight.deadline < self._next:
                self._changed.notify()
        _CURRENT.flight = flight
        try:
            yield flight
        finally:
            flight.close()
            _CURRENT.flight = None
            with self._changed:
                self._flights.discard(flight)

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                late = [flight for flight in self._flights if flight.deadline <= now]
                for flight in late:
                    flight.cut()
                coming = [it.deadline for it in self._flights if not it.late]
                self._next = min(coming, default=float("inf"))
                if late:
                    self._next = min(self._next, now + AGAIN)
                pause = None if self._next == float("inf") else max(self._next - now, 0)
                self._changed.wait(pause)


class _Current(threading.local):
    flight: Flight | None = None


_CURRENT: Final = _Current()
WATCHDOG: Final = Watchdog()


def _watch(connection: HTTPConnection, sock: Any = None) -> None:
    used = connection.sock if sock is None else sock
    if _CURRENT.flight is not None and used is not None:
        _CURRENT.flight.uses(used)


def _acknowledge_at_once(connection: HTTPConnection) -> None:
    """Acknowledge the next segment at once, where the system can (Linux).

    A server that writes head and body separately waits with the body until the head is
    acknowledged (Nagle's algorithm, RFC 1122, 4.2.3.4), and the system would delay that by 40 ms
    in the hope of data to send along. The option holds until data is sent, so it is set each time.
    """
    if connection.sock is not None and QUICKACK is not None:
        with suppress(OSError, AttributeError):
            connection.sock.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)


class _Head:
    """The stream of an answer while its head is read: no more than `HEAD_LIMIT` bytes of it."""

    def __init__(self, stream: Any, early: bytes = b"") -> None:
        self._stream = stream
        self._early = io.BytesIO(early)
        self._left = HEAD_LIMIT

    def readline(self, limit: int = -1) -> bytes:
        line: bytes = self._early.readline(limit) or self._stream.readline(limit)
        self._left -= len(line)
        if self._left < 0:
            raise HeadTooLong(f"the answer's headers are longer than {HEAD_LIMIT >> 10} KiB")
        return line

    def close(self) -> None:
        self._stream.close()


def _taken() -> bytes:
    """The head that was read while the body was held back, once."""
    flight = _CURRENT.flight
    if flight is None:
        return b""
    early, flight.early = flight.early, b""
    return early


def _await(sock: Any, flight: Flight) -> None:
    """Wait until the server speaks, and read one head: all of it, and no byte more."""
    pending = getattr(sock, "pending", None)
    if not (pending and pending()) and not wait_for_read(sock, HELD):
        flight.awaited = "nothing"
        return
    head = b""
    while not head.endswith(b"\r\n\r\n") and len(head) <= HEAD_LIMIT:
        byte = sock.recv(1)
        if not byte:
            break
        head += byte
    proceeds = head.startswith((b"HTTP/1.1 100", b"HTTP/1.0 100"))
    flight.awaited = "100 Continue" if proceeds else "the answer"
    flight.early = b"" if proceeds else head


class _Holding:
    """A connection that sends a body when it was asked for, where the flight says so."""

    sock: Any

    def endheaders(self, *args: Any, **kwargs: Any) -> None:
        super().endheaders(*args, **kwargs)  # type: ignore[misc]
        flight = _CURRENT.flight
        if flight is not None and flight.held:
            _await(self.sock, flight)

    def send(self, data: Any) -> None:
        flight = _CURRENT.flight
        # After an answer nobody reads a body; the connection is not used again.
        if flight is None or flight.awaited != "the answer":
            super().send(data)  # type: ignore[misc]


class Answer(http.client.HTTPResponse):
    """A response whose head is bounded."""

    def begin(self) -> None:
        stream = self.fp
        head: Any = _Head(stream, _taken())
        self.fp = head
        try:
            super().begin()
        finally:
            if self.fp is head:
                self.fp = stream


class Plain(_Holding, HTTPConnection):
    """A connection that the watchdog can cut."""

    response_class = Answer

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        _watch(self, sock)
        return sock

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        _watch(self)  # a connection that was kept
        super().putrequest(*args, **kwargs)

    def getresponse(self) -> Any:
        _acknowledge_at_once(self)
        return super().getresponse()


class Secure(_Holding, HTTPSConnection):
    """The same over TLS."""

    response_class = Answer

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        _watch(self, sock)  # a proxy answers before there is TLS
        return sock

    def connect(self) -> None:
        super().connect()
        _watch(self)

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        _watch(self)
        super().putrequest(*args, **kwargs)

    def getresponse(self) -> Any:
        _acknowledge_at_once(self)
        return super().getresponse()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = Secure


_POOLS: Final = {"http": _PlainPool, "https": _SecurePool}


class Adapter(HTTPAdapter):
    """Requests' own adapter, on connections that the watchdog can cut."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):  # those have connections of their own
            manager.pool_classes_by_scheme = _POOLS
        return manager
