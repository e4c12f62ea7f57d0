"""A proxy on 127.0.0.1 that passes requests on as they came, and now and then does harm."""

import http.client
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from lab.faults.kinds import Deed, Fault

HOST = "127.0.0.1"
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
LATER = 0.02
HANG = 12.0
PIECES = 10
AT_REST = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset


BEFORE: dict[Deed | None, bytes] = {
    Deed.CONTINUE: b"HTTP/1.1 100 Continue\r\n\r\n",
    Deed.EARLY_HINTS: b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n",
}


@dataclass
class Answer:
    """A response as it goes back to the client."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    length: str | None = None

    def bytes(self, method: str) -> bytes:
        lines = [f"HTTP/1.1 {self.status} {self.reason}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        length = str(len(self.body)) if self.length is None else self.length
        if self.status not in (204, 304):
            lines.append(f"Content-Length: {length}")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        return head if method == "HEAD" or self.status in (204, 304) else head + self.body


@dataclass
class Chance:
    """Whether a fault meets a request: by a seeded chance, in a window after the first one."""

    fault: Fault | None
    seed: int
    met: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _first: float | None = None

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def meets(self, method: str) -> bool:
        fault = self.fault
        if fault is None or (fault.methods and method not in fault.methods):
            return False
        with self._lock:
            if self._first is None:
                self._first = time.monotonic()
            since = time.monotonic() - self._first
            if fault.window and not fault.window[0] <= since < fault.window[1]:
                return False
            met = self._chance.random() < fault.share
            self.met += met
            return met


def stray(fault: Fault) -> Answer:
    """The answer that a fault gives in place of the server's."""
    if fault.code == "-":
        return Answer(fault.status, "-", [], b"")
    if not fault.code:
        page = b"<!DOCTYPE html><html><body><h1>Back soon</h1></body></html>"
        return Answer(fault.status, "-", [("Content-Type", "text/html")], page)
    text = f"<Error><Code>{fault.code}</Code><Message>Not now.</Message></Error>"
    return Answer(fault.status, "-", [("Content-Type", "application/xml")], text.encode())


def _pieces(text: bytes, count: int) -> Iterator[bytes]:
    """A text in so many pieces, with time between them."""
    size = len(text) // count + 1
    for start in range(0, len(text), size):
        if start:
            time.sleep(LATER * 2.5)
        yield text[start : start + size]


class Handler(BaseHTTPRequestHandler):
    """One connection of a client, and one to the server behind."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    chance: Chance
    target: str
    _behind: http.client.HTTPConnection | None = None

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.chance.fault if self.chance.meets(self.command) else None
        try:
            self._respond(fault, body)
        except (OSError, http.client.HTTPException):
            self.close_connection = True

    def finish(self) -> None:
        if self._behind is not None:
            self._behind.close()
        with suppress(OSError):
            super().finish()

    def _respond(self, fault: Fault | None, body: bytes) -> None:
        deed = fault.deed if fault else None
        if fault and deed is Deed.ANSWER:
            self.wfile.write(stray(fault).bytes(self.command))
            return
        if deed is Deed.RESET:
            self._reset()
            return
        answer = self._ask(body)
        if deed is Deed.RESET_AFTER:
            self._reset()
        elif fault and deed is Deed.ANSWER_AFTER:
            self.wfile.write(stray(fault).bytes(self.command))
        else:
            self._send(deed, answer)

    def _send(self, deed: Deed | None, answer: Answer) -> None:
        if deed is Deed.HANG:
            time.sleep(HANG)
        text = self._harmed(deed, answer)
        self.close_connection |= deed in (Deed.CLOSE, Deed.CUT)
        for piece in _pieces(text, PIECES if deed is Deed.DRIP else 1):
            self.wfile.write(piece)
        if deed is Deed.TWICE_LATER:
            threading.Timer(LATER, self._again, (text,)).start()

    def _harmed(self, deed: Deed | None, answer: Answer) -> bytes:
        text = answer.bytes(self.command)
        half = answer.body[: len(answer.body) // 2]
        if half and self.command != "HEAD":
            if deed is Deed.CUT:
                return text[: len(half) - len(answer.body)]
            if deed is Deed.CUT_TO_FIT:
                return replace(answer, body=half).bytes(self.command)
        if deed is Deed.TWICE:
            return text * 2
        return BEFORE.get(deed, b"") + text

    def _again(self, text: bytes) -> None:
        with suppress(OSError, ValueError):
            self.connection.sendall(text)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_REST)
        self.close_connection = True

    def _ask(self, body: bytes) -> Answer:
        for _ in range(2):  # a kept connection may have been closed
            fresh = self._behind is None
            try:
                return self._ask_once(body)
            except (OSError, http.client.HTTPException):
                if self._behind is not None:
                    self._behind.close()
                self._behind = None
                if fresh:
                    raise
        raise ConnectionError("the server behind gives no answer")

    def _ask_once(self, body: bytes) -> Answer:
        if self._behind is None:
            self._behind = http.client.HTTPConnection(self.target, timeout=60)
        behind = self._behind
        behind.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in HOP:
                behind.putheader(name, value)
        if body or self.command in ("PUT", "POST"):
            behind.putheader("Content-Length", str(len(body)))
        behind.endheaders(body or None)
        response = behind.getresponse()
        content = response.read()
        if response.will_close:
            behind.close()
            self._behind = None
        length = response.getheader("Content-Length") if self.command == "HEAD" else None
        headers = [(n, v) for n, v in response.getheaders() if n.lower() not in HOP]
        return Answer(response.status, response.reason, headers, content, length)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the runs of the suite are what is looked at."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """A client that goes away is its own affair."""


@contextmanager
def between(url: str, fault: Fault | None, seed: int = 1) -> Iterator[tuple[str, Chance]]:
    """The URL of a proxy in front of a server, and how often the fault has met a request."""
    chance = Chance(fault, seed)
    namespace = {"chance": chance, "target": urlsplit(url).netloc}
    with _Server((HOST, 0), type("BoundHandler", (Handler,), namespace)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_address[1]}", chance
        finally:
            server.shutdown()
            thread.join()
