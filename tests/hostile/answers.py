"""What a hostile server sends, one named script an answer.

A script is a sequence of steps: bytes are sent as they are; `Drip` sends a piece again and again
with a pause between, `Flood` without one; `Wait` holds the connection open. A connection that is
gone ends every step.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import Final

from tests.servers import http

OK: Final = b"HTTP/1.1 200 OK\r\n"
CHUNKED: Final = OK + b"Transfer-Encoding: chunked\r\n\r\n"
XML: Final = b'<?xml version="1.0"?>'
XMLNS: Final = b"http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass(frozen=True, slots=True)
class Drip:
    """A piece sent for ever, so many seconds between two of them."""

    piece: bytes
    every: float = 0.02


@dataclass(frozen=True, slots=True)
class Flood:
    """A piece sent for ever, as fast as it is taken."""

    piece: bytes


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing, until the other side goes away."""


Script = tuple[bytes | Drip | Flood | Wait, ...]


def _body(body: bytes) -> Script:
    return (http(200, body, "Content-Type: application/xml"),)


def _error(code: bytes, message: bytes = b".") -> Script:
    body = b"<Error><Code>" + code + b"</Code><Message>" + message + b"</Message></Error>"
    return (http(400, body, "Content-Type: application/xml"),)


ENTITIES: Final = (
    b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
    b"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><Error><Code>&c;</Code></Error>"
)
MEGABYTE: Final = 2**20

# In time.
TIME: Final[dict[str, Script]] = {
    "silence": (Wait(),),
    "status-line-drips": (b"HTTP/1.1 200 ", Drip(b"O")),
    "blank-lines-before-the-status": (Drip(b"\r\n"),),
    "header-value-drips": (OK + b"x-a: ", Drip(b"a")),
    "headers-drip": (OK, Drip(b"x-a: b\r\n")),
    "header-end-never-comes": (OK + b"x-a: b\r\n", Wait()),
    "100-continue-drips": (Drip(b"HTTP/1.1 100 Continue\r\n\r\n"),),
    "100-continue-floods": (Flood(b"HTTP/1.1 100 Continue\r\n\r\n"),),
    "103-early-hints-drip": (Drip(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),),
    "body-drips": (OK + b"Content-Length: 16000000\r\n\r\n", Drip(b"x")),
    "body-without-length-drips": (OK + b"\r\n", Drip(b"x")),
    "body-without-length-stops": (OK + b"\r\n<Error>", Wait()),
    "body-stops": (OK + b"Content-Length: 100\r\n\r\nabc", Wait()),
    "chunk-size-drips": (CHUNKED, Drip(b"0")),
    "chunk-extension-drips": (CHUNKED + b"3;a=", Drip(b"b")),
    "chunk-data-drips": (CHUNKED + b"fffff\r\n", Drip(b"x")),
    "chunks-drip": (CHUNKED, Drip(b"1\r\nx\r\n")),
    "chunk-end-never-comes": (CHUNKED + b"3\r\nabc", Wait()),
    "trailers-drip": (CHUNKED + b"0\r\n", Drip(b"x-a: b\r\n")),
    "trailer-value-drips": (CHUNKED + b"0\r\nx-a: ", Drip(b"b")),
    "trailers-flood": (CHUNKED + b"0\r\n", Flood(b"x-a: b\r\n")),
    "tiny-chunks-flood": (CHUNKED, Flood(b"1\r\nx\r\n")),
}

_LONG_HEADERS: Final = b"".join(b"x-%d: " % n + b"v" * 60_000 + b"\r\n" for n in range(90))

# In size and form of HTTP.
SIZE: Final[dict[str, Script]] = {
    "status-line-without-end": (b"HTTP/1.1 200 ", Flood(b"x" * 4096)),
    "header-without-end": (OK + b"x-a: ", Flood(b"x" * 4096)),
    "headers-without-end": (OK, Flood(b"x-a: b\r\n")),
    "ninety-long-headers": (OK + _LONG_HEADERS + b"\r\n",),
    "headers-within-the-limits": (
        http(200, b"", *(f"x-{n}-{'n' * 300}: {'v' * 300}" for n in range(95))),
    ),
    "body-without-end": (OK + b"\r\n", Flood(b"x" * 65536)),
    "chunks-without-end": (CHUNKED, Flood(b"10000\r\n" + b"x" * 65536 + b"\r\n")),
    "length-negative": (OK + b"Content-Length: -1\r\n\r\nabc",),
    "length-of-many-digits": (OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nabc",),
    "lengths-differ": (OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",),
    "chunk-size-negative": (CHUNKED + b"-1\r\nabc\r\n",),
    "chunk-size-of-many-digits": (CHUNKED + b"f" * 5000 + b"\r\nabc\r\n",),
    "no-http": (b"\x00\x01\x02\xff" * 64,),
    "http-9": (b"HTTP/9.9 999 ?\r\n\r\n",),
    "status-of-many-digits": (b"HTTP/1.1 " + b"2" * 5000 + b" OK\r\n\r\n",),
    "gzip-bomb": (http(200, gzip.compress(b"\0" * 64 * MEGABYTE, 1), "Content-Encoding: gzip"),),
    "cookies": (http(200, b"", *(f"Set-Cookie: {n}={'a' * 300}; Domain=." for n in range(90))),),
}

# In documents.
DOCUMENTS: Final[dict[str, Script]] = {
    "elements": _body(b"<a>" + b"<a/>" * MEGABYTE + b"</a>"),
    "elements-sixteen-mebibytes": _body(b"<a>" + b"<a/>" * (4 * MEGABYTE - 2) + b"</a>"),
    "elements-within-the-limits": _body(b"<a>" + b"<a/>" * 59_000 + b"</a>"),
    "text-within-the-limits": _body(b"<a>" + b"<b>&#x1f600;abcdefg</b>" * 50_000 + b"</a>"),
    "depth": _body(b"<a>" * 200_000),
    "attributes": _body(b"<a " + b" ".join(b"a%d=''" % n for n in range(200_000)) + b"/>"),
    "namespace-of-a-megabyte": _body(
        b'<a xmlns="' + b"n" * MEGABYTE + b'">' + b"<b/>" * MEGABYTE + b"</a>"
    ),
    "namespaces": _body(b"<a " + b" ".join(b"xmlns:p%d='u'" % n for n in range(100_000)) + b"/>"),
    "name-of-a-megabyte": _body(b"<" + b"a" * MEGABYTE + b"/>"),
    "entities": _body(ENTITIES),
    "external-entity": _body(b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"),
    "comment-of-megabytes": _body(b"<a><!--" + b"x" * (3 * MEGABYTE) + b"--></a>"),
    "encoding-unknown": _body(b'<?xml version="1.0" encoding="no-such"?><a/>'),
    "json-deep": _body(b"[" * 200_000),
    "json-digits": _body(b'{"a":' + b"9" * 100_000 + b"}"),
}

# In words.
WORDS: Final[dict[str, Script]] = {
    "code-of-a-megabyte": _error(b"x" * MEGABYTE),
    "code-commands-ci": _error(b"##[error]owned", b"a&#10;::error::owned&#13;::add-mask::x"),
    "code-steers-terminal": _error(b"Denied&#x9b;2J&#x202e;gnp", b"&#x9d;0;t&#x200b;&#x2028;x"),
    "reason-phrase-commands": (b"HTTP/1.1 400 ::error::\x1b[2J\r\nContent-Length: 0\r\n\r\n",),
    "header-steers-terminal": (
        http(200, b"", "Server: ::error::\x1b[31m##[error]", "ETag: \x1b]0;x\x07"),
    ),
}

ANSWERS: Final[dict[str, Script]] = TIME | SIZE | DOCUMENTS | WORDS

# The worst for the whole suite: one of each way to take time, and all that take memory.
WORST: Final = (
    "header-value-drips",
    "trailer-value-drips",
    "tiny-chunks-flood",
    "body-without-end",
    "ninety-long-headers",
    "elements",
    "namespace-of-a-megabyte",
    "elements-within-the-limits",
    "text-within-the-limits",
    "headers-within-the-limits",
)
