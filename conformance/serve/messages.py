"""Requests and answers of HTTP as they are looked into, changed and passed on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

from conformance.serve.body import Body

Headers = tuple[tuple[str, str], ...]

# What belongs to one connection, or is written anew here.
HOP: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "expect", "trailer"}
)
BODILESS: Final = (204, 304)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came in.

    Attributes:
        method: of HTTP.
        target: path and query, still encoded.
        headers: in the order sent, names as sent.
        body: the whole body, framing of HTTP undone; empty where it is in `stream`.
        stream: a body too large to be held in memory, to be read once.
    """

    method: str
    target: str
    headers: Headers
    body: bytes
    stream: Body | None = None

    @property
    def blocks(self) -> Iterator[bytes]:
        """The body, wherever it is."""
        return self.stream.blocks if self.stream else iter((self.body,))

    @property
    def path(self) -> str:
        """The path, still encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[str]:
        """The parameters, still encoded: `list-type=2`, `uploads`."""
        return [pair for pair in self.target.partition("?")[2].split("&") if pair]

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters, decoded; of a repeated one the last."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def names(self) -> frozenset[str]:
        """The names of all headers, in lower case."""
        return frozenset(name.lower() for name, _ in self.headers)

    @property
    def flags(self) -> frozenset[str]:
        """The names of all headers and parameters, in lower case."""
        return self.names | {_name(pair) for pair in self.query}

    def header(self, name: str) -> str | None:
        """The value of a header, named in any case."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def without(self, *names: str) -> Request:
        """The same request less some headers and parameters, named in any case."""
        dropped = {name.lower() for name in names}
        query = "&".join(pair for pair in self.query if _name(pair) not in dropped)
        return replace(
            self,
            target=f"{self.path}?{query}" if query else self.path,
            headers=tuple((n, v) for n, v in self.headers if n.lower() not in dropped),
        )


def _name(pair: str) -> str:
    """The name of an encoded parameter, in lower case."""
    return unquote(pair.partition("=")[0]).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to send; Content-Length is the body's unless `headers` say otherwise.

    Attributes:
        status: of HTTP.
        headers: in the order sent.
        body: the whole body; empty where it is in `stream`.
        stream: a body too large to be held in memory, to be read once.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    stream: Body | None = None

    def header(self, name: str) -> str | None:
        """The value of a header, named in any case."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def held(self) -> Answer:
        """The same answer with its whole body in memory."""
        return replace(self, body=self.stream.read(), stream=None) if self.stream else self

    def with_headers(self, **values: str | None) -> Answer:
        """The same answer with these headers in place of its own; None removes one.

        Args:
            values: by name, with `_` for each hyphen.
        """
        given = {name.replace("_", "-").lower(): value for name, value in values.items()}
        kept = tuple((n, v) for n, v in self.headers if n.lower() not in given)
        added = tuple((n, v) for n, v in given.items() if v is not None)
        return replace(self, headers=(*kept, *added))


Respond = Callable[[Request], Answer]


def drop(answer: Answer, names: Iterable[str]) -> Answer:
    """The same answer without some headers."""
    dropped = {name.lower() for name in names}
    return replace(
        answer, headers=tuple((n, v) for n, v in answer.headers if n.lower() not in dropped)
    )


def named(answer: Answer) -> str:
    """The code of an error that `error` made, for a log."""
    return answer.body.partition(b"<Code>")[2].partition(b"</Code>")[0].decode()


def error(status: int, code: str, message: str = "") -> Answer:
    """An error as S3 writes one."""
    body = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    headers = (("Content-Type", "application/xml"),)
    return Answer(status=status, headers=headers, body=body.encode())
