"""Reading HTTP messages as their bytes pass by."""

import pytest

from lab.http_tap import MAX_HEAD, Message, Tap


class Heard:
    def __init__(self, *, until_close: bool = False) -> None:
        self.heads: list[str] = []
        self.ends: list[Message] = []
        self.tap = Tap(
            lambda message: self.heads.append(message.line),
            self.ends.append,
            until_close=until_close,
        )

    @property
    def bodies(self) -> list[bytes]:
        return [bytes(each.body) for each in self.ends]


LENGTH = b"PUT /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"PUT /b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
    b"3;name=value\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n"
)
BARE = b"GET /c HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_tap_when_messages_come_in_pieces_reads_each(size: int) -> None:
    heard = Heard()
    stream = LENGTH + CHUNKED + BARE

    for start in range(0, len(stream), size):
        heard.tap.feed(stream[start : start + size])

    assert heard.heads == ["PUT /a HTTP/1.1", "PUT /b HTTP/1.1", "GET /c HTTP/1.1"]
    assert heard.bodies == [b"hello", b"abcde", b""]


def test_tap_when_an_answer_has_no_length_reads_to_the_end_of_the_connection() -> None:
    heard = Heard(until_close=True)

    heard.tap.feed(b"HTTP/1.1 200 OK\r\n\r\nall of")
    heard.tap.feed(b" it")
    assert heard.ends == []
    heard.tap.close()

    assert heard.bodies == [b"all of it"]


@pytest.mark.parametrize(
    "stream",
    [
        b"x" * (MAX_HEAD + 1),
        b"PUT / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_tap_when_it_is_not_http_passes_it_over(stream: bytes) -> None:
    heard = Heard()

    heard.tap.feed(stream)
    heard.tap.feed(BARE)

    assert heard.tap.broken
    assert heard.ends == []
