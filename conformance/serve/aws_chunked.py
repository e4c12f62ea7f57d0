"""The framing `aws-chunked` undone, and its chunks' signatures checked.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from conformance.serve.body import LINE_LIMIT, TRAILERS, MalformedBody, hexadecimal
from conformance.serve.signature import Chain

CHUNK_SIGNATURE: Final = b"chunk-signature="
TRAILER_SIGNATURE: Final = "x-amz-trailer-signature"


class WrongSignature(Exception):
    """A chunk or the trailers are not signed as they should be."""


class Unframed:
    """The bytes inside the frames, and afterwards the trailers.

    Args:
        blocks: the body as it came.
        chain: the signatures that the chunks should have; None where they have none.

    Attributes:
        trailers: by name in lower case; known once the bytes were read.
    """

    def __init__(self, blocks: Iterator[bytes], chain: Chain | None = None) -> None:
        self._blocks = blocks
        self._chain = chain
        self._buffer = bytearray()
        self.trailers: dict[str, str] = {}

    def __iter__(self) -> Iterator[bytes]:
        """The bytes.

        Raises:
            MalformedBody: the frames are broken.
            WrongSignature: a signature of a chunk or of the trailers does not hold.
        """
        while True:
            head, _, rest = self._line().partition(b";")
            size, digest = hexadecimal(head), hashlib.sha256()
            for block in self._exactly(size):
                digest.update(block)
                yield block
            if self._chain:
                signature = rest.strip().removeprefix(CHUNK_SIGNATURE).decode("latin-1")
                if not self._chain.holds(signature, digest.hexdigest()):
                    raise WrongSignature
            if size == 0:
                break
            if self._line():
                raise MalformedBody("a chunk is longer than it says")
        self._read_trailers()

    def _read_trailers(self) -> None:
        for _ in range(TRAILERS):
            line = self._line(last=True).decode("latin-1")
            if not line:
                break
            name, _, value = line.partition(":")
            self.trailers[name.strip().lower()] = value.strip()
        signature = self.trailers.pop(TRAILER_SIGNATURE, None)
        due = self.trailers or signature is not None
        if self._chain and due and not self._chain.holds_trailer(signature or "", self.trailers):
            raise WrongSignature

    def _more(self) -> bool:
        block = next(self._blocks, b"")
        self._buffer += block
        return bool(block)

    def _line(self, *, last: bool = False) -> bytes:
        """The next line without its end; at the end of the body an empty one, if it may be last."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > LINE_LIMIT:
                raise MalformedBody("a line of the framing is too long")
            if not self._more():
                if not last:
                    raise MalformedBody("the body ends within its framing")
                end = len(self._buffer)
                break
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        return line

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            if not self._buffer and not self._more():
                raise MalformedBody(f"a chunk ends {size} bytes early")
            block = bytes(self._buffer[:size])
            del self._buffer[:size]
            size -= len(block)
            yield block
