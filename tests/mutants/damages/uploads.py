"""What can go wrong with multipart uploads and their listings."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, wrong
from tests.mutants.damaging import (
    Behind,
    all_but_last,
    also,
    another_status,
    edited,
    empty_result,
    plain,
    truncated,
)
from tests.mutants.remembering import once


def _part_of_other_bytes(request: Request, behind: Behind) -> Answer:
    """UploadPartCopy makes a part of bytes that are not the source's."""
    part = replace(request.without("x-amz-copy-source"), body=b"other bytes")
    answer = behind.ask(part)
    body = f"<CopyPartResult><ETag>{answer.header('ETag')}</ETag></CopyPartResult>"
    return replace(answer, body=body.encode())


LINES: Final[tuple[Line, ...]] = (
    ("CreateMultipartUpload", wrong("no UploadId",
        edited(rb"<UploadId>.*</UploadId>", b""))),
    ("UploadPart", wrong("a byte short", truncated)),
    ("UploadPart", wrong("the first stays", once())),
    ("UploadPart", wrong("a part of no upload", another_status(404, 200, b""))),
    ("UploadPartCopy", wrong("other bytes", _part_of_other_bytes)),
    ("CompleteMultipartUpload", wrong("the last part is left out", all_but_last("Part"))),
    ("CompleteMultipartUpload", wrong("any ETag",
        empty_result("CompleteMultipartUploadResult"))),
    ("AbortMultipartUpload", wrong("the object too",
        also(plain))),
)  # fmt: skip
