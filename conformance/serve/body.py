"""Bodies of HTTP messages, read block by block, so that their size does not matter."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from typing import IO, Final

BLOCK: Final = 2**16
# Up to this many bytes a body is held in memory.
SMALL: Final = 2**20
LINE_LIMIT: Final = 8192
TRAILERS: Final = 64


class MalformedBody(Exception):
    """A body that breaks its own framing, or ends early; the text says how."""


class WrongDigest(Exception):
    """A body has another digest than was said."""


@dataclass(slots=True, eq=False)
class Body:
    """A body that can be read once.

    Attributes:
        blocks: its bytes, framing of HTTP undone.
        length: in bytes; None where it is not known before the end.
    """

    blocks: Iterator[bytes]
    length: int | None = None

    def read(self) -> bytes:
        """What is left of it, in memory."""
        return b"".join(self.blocks)

    def expect_md5(self, digest: bytes) -> None:
        """Hold the last block back until the digest of all of them is known to be this one.

        Whoever reads the blocks gets `WrongDigest` in place of the last one if it is not.
        """
        self.blocks = _compared(self.blocks, digest)


def _compared(blocks: Iterator[bytes], digest: bytes) -> Iterator[bytes]:
    md5, last = hashlib.md5(usedforsecurity=False), b""
    for block in blocks:
        md5.update(block)
        yield last
        last = block
    if md5.digest() != digest:
        raise WrongDigest
    yield last


def of_length(file: BufferedIOBase, length: int) -> Iterator[bytes]:
    """A body with a Content-Length."""
    left = length
    while left:
        block = file.read1(min(BLOCK, left))
        if not block:
            raise MalformedBody(f"the body ends {left} bytes early")
        left -= len(block)
        yield block


def of_chunks(file: BufferedIOBase) -> Iterator[bytes]:
    """A body in HTTP's own chunks (RFC 9112, 7.1)."""
    while size := hexadecimal(file.readline(LINE_LIMIT).partition(b";")[0]):
        yield from of_length(file, size)
        file.readline(LINE_LIMIT)
    for _ in range(TRAILERS):  # of HTTP, which S3 has no use for
        if not file.readline(LINE_LIMIT).strip():
            return
    raise MalformedBody("the body has too many trailers")


def hexadecimal(text: bytes) -> int:
    """The size of a chunk.

    Raises:
        MalformedBody: it is none.
    """
    digits = text.strip()
    if not digits or len(digits) > 16 or not set(digits) <= set(b"0123456789abcdefABCDEF"):
        raise MalformedBody("a chunk has no valid size")
    return int(digits, 16)


@dataclass(frozen=True, slots=True)
class Spooled:
    """A body that was read to its end: in memory while it is small, else in a temporary file.

    Attributes:
        file: at its beginning.
        length: in bytes.
        sha256: its digest in hexadecimal.
        md5: its digest.
    """

    file: IO[bytes]
    length: int
    sha256: str
    md5: bytes

    def body(self) -> Body:
        """The body again; the file is closed at its end."""
        return Body(self._blocks(), self.length)

    def _blocks(self) -> Iterator[bytes]:
        with self.file:
            while block := self.file.read(BLOCK):
                yield block


def spool(blocks: Iterable[bytes]) -> Spooled:
    """Read a body to its end."""
    sha256, md5, length = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    file = tempfile.SpooledTemporaryFile(max_size=SMALL)  # noqa: SIM115 - closed when it was read
    try:
        for block in blocks:
            sha256.update(block)
            md5.update(block)
            length += len(block)
            file.write(block)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return Spooled(file, length, sha256.hexdigest(), md5.digest())
