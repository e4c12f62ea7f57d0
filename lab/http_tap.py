"""Reads the messages of one direction of an HTTP/1.1 connection as their bytes pass by."""

from collections.abc import Callable
from dataclasses import dataclass, field

MAX_HEAD = 2**17
MAX_KEPT = 2**14
"""How much of a body is kept: enough for the error document at its beginning."""


@dataclass(slots=True)
class Message:
    """One message: its first line, its headers in order, and the beginning of its body."""

    line: str
    headers: list[tuple[str, str]]
    body: bytearray = field(default_factory=bytearray)

    def header(self, name: str) -> str:
        """Return the first value of a header by lower-case name, or an empty string."""
        return next((value for each, value in self.headers if each.lower() == name), "")

    @property
    def status(self) -> int:
        """The status of an answer.

        Raises:
            ValueError: it is not an answer.
        """
        return int(self.line.split(" ", 2)[1])


class Tap:
    """Cuts a stream of bytes into messages, and reports the head and the end of each.

    Args:
        has_body: whether the message whose head was just read can have a body at all.
        on_head, on_end: what to call with each message.
        until_close: whether a body without a length lasts until the connection closes.

    A stream that is not HTTP is passed over in silence: `broken` says so.
    """

    def __init__(
        self,
        on_head: Callable[[Message], None],
        on_end: Callable[[Message], None],
        *,
        has_body: Callable[[Message], bool] = lambda _: True,
        until_close: bool = False,
    ) -> None:
        self._on_head, self._on_end = on_head, on_end
        self._has_body, self._until_close = has_body, until_close
        self._buffer = bytearray()
        self._read: Callable[[], bool] = self._head
        self._message = Message("", [])
        self._left = 0
        self.broken = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        if self.broken:
            return
        self._buffer += data
        try:
            while self._buffer and self._read():
                pass
        except ValueError:
            self.broken = True

    def abandon_body(self) -> None:
        """Take it that the body whose head was just read never comes.

        A client that sent `Expect: 100-continue` leaves the body out when it gets its answer
        first, and may send its next request on the same connection.
        """
        begun = self._buffer or self._message.body
        if not begun and self._read in {self._body, self._chunk}:
            self._finish()

    def close(self) -> None:
        """Take the end of the connection."""
        if self._read == self._rest:
            self._finish()

    def _head(self) -> bool:
        start = len(self._buffer) - len(self._buffer.lstrip(b"\r\n"))
        end = self._buffer.find(b"\r\n\r\n", start)
        if end < 0:
            if len(self._buffer) > MAX_HEAD:
                raise ValueError("no end of the headers")
            return False
        line, *fields = self._buffer[start:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        pairs = [each.partition(":") for each in fields]
        headers = [(name.strip(), value.strip()) for name, _, value in pairs]
        self._message = Message(line, headers)
        self._on_head(self._message)
        self._begin_body()
        return True

    def _begin_body(self) -> None:
        coding = self._message.header("transfer-encoding").lower()
        length = self._message.header("content-length")
        if not self._has_body(self._message):
            self._finish()
        elif coding.endswith("chunked"):
            self._read = self._chunk
        elif length:
            self._left = int(length)
            self._read = self._body
            if not self._left:
                self._finish()
        elif self._until_close:
            self._read = self._rest
        else:
            self._finish()

    def _finish(self) -> None:
        self._read = self._head
        self._on_end(self._message)

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _take(self, count: int) -> None:
        room = max(0, MAX_KEPT - len(self._message.body))
        self._message.body += self._buffer[: min(count, room)]
        del self._buffer[:count]

    def _body(self) -> bool:
        count = min(self._left, len(self._buffer))
        self._take(count)
        self._left -= count
        if not self._left:
            self._finish()
        return True

    def _rest(self) -> bool:
        self._take(len(self._buffer))
        return True

    def _chunk(self) -> bool:
        line = self._line()
        if line is None:
            return False
        self._left = int(line.split(b";")[0], 16)
        self._read = self._chunk_data if self._left else self._trailer
        return True

    def _chunk_data(self) -> bool:
        count = min(self._left, len(self._buffer))
        self._take(count)
        self._left -= count
        if not self._left:
            self._read = self._chunk_end
        return True

    def _chunk_end(self) -> bool:
        if self._line() is None:
            return False
        self._read = self._chunk
        return True

    def _trailer(self) -> bool:
        line = self._line()
        if line is None:
            return False
        if not line:
            self._finish()
        return True
