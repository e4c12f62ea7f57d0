"""What several cases need: digests, and what an answer must be."""

import base64
import hashlib
import re
import zlib

from lab.confirming.case import Seen
from lab.confirming.raw import Answer

SMALL = b"forty-eight bytes of an object that is confirmed"
OTHER = b"other bytes"


def crc32(body: bytes) -> str:
    """The value of `x-amz-checksum-crc32`."""
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def md5(body: bytes) -> dict[str, str]:
    """Content-MD5, which some operations demand."""
    digest = hashlib.md5(body, usedforsecurity=False).digest()
    return {"Content-MD5": base64.b64encode(digest).decode()}


def taken(answer: Answer) -> Seen:
    """What must be refused, and fails where it is carried out."""
    return Seen(answer=answer, fails=answer.ok)


def differs(answer: Answer, right: str) -> Seen:
    """What must be answered with this status and code."""
    return Seen(answer=answer, fails=str(answer) != right)


def element(answer: Answer, name: str) -> str:
    """The text of the first element of this name, or nothing."""
    found = re.search(f"<{name}>([^<]*)</{name}>".encode(), answer.body)
    return found[1].decode() if found else ""
