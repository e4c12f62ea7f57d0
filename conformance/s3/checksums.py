"""Checksums computed here, by libraries other than the SDK's, and as S3 writes them."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Sequence
from typing import Final

import crcmod

# CRC-64/NVME: https://www.nvmexpress.org, NVM Command Set, "64b CRC"; reflected, all ones.
_crc64nvme = crcmod.mkCrcFun(0x1AD93D23594C93659, initCrc=0, rev=True, xorOut=0xFFFFFFFFFFFFFFFF)
# CRC-32C (Castagnoli): RFC 3720, appendix B.4.
_crc32c = crcmod.mkCrcFun(0x11EDC6F41, initCrc=0, rev=True, xorOut=0xFFFFFFFF)

DIGESTS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "CRC64NVME": lambda data: int(_crc64nvme(data)).to_bytes(8, "big"),
    "CRC32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "CRC32C": lambda data: int(_crc32c(data)).to_bytes(4, "big"),
    "SHA1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    "SHA256": lambda data: hashlib.sha256(data).digest(),
}


def checksum(algorithm: str, data: bytes) -> str:
    """The value of `x-amz-checksum-…` for these bytes: base64 of the big-endian digest."""
    return base64.b64encode(DIGESTS[algorithm](data)).decode()


def composite(algorithm: str, parts: Sequence[bytes]) -> str:
    """The COMPOSITE value of an object of several parts, without its `-N` ending.

    It is the checksum of the parts' digests, one after the other. Source:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
    """
    return checksum(algorithm, b"".join(DIGESTS[algorithm](part) for part in parts))


def checksum_header(algorithm: str) -> str:
    """`x-amz-checksum-crc32c` and its like."""
    return f"x-amz-checksum-{algorithm.lower()}"


def content_md5(body: bytes) -> dict[str, str]:
    """`Content-MD5`, which AWS requires of DeleteObjects and of several configurations."""
    digest = hashlib.md5(body, usedforsecurity=False).digest()
    return {"Content-MD5": base64.b64encode(digest).decode()}
