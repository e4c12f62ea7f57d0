"""DeleteObjects requests of any keys.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from conformance.s3.checksums import content_md5
from conformance.s3.operations import Call
from conformance.s3.xml import document

MOST: Final = 1000


def deletion(bucket: str, keys: Sequence[str], *, quiet: bool = False) -> Call:
    """DeleteObjects of these keys, with the `Content-MD5` that AWS requires.

    Args:
        bucket: where.
        keys: not escaped.
        quiet: only errors are to be reported.
    """
    objects = "".join(f"<Object><Key>{escape(key)}</Key></Object>" for key in keys)
    return deletion_of(bucket, document("Delete", objects + "<Quiet>true</Quiet>" * quiet))


def deletion_of(bucket: str, body: bytes) -> Call:
    """DeleteObjects with this body."""
    headers = content_md5(body)
    return Call(operation="DeleteObjects", bucket=bucket, headers=headers, body=body)
