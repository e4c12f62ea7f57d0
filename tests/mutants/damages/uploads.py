"""What can go wrong with multipart uploads and their listings."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.serve.http import Answer, Request
from tests.mutants.damages.damage import Line, or_ignored, wrong
from tests.mutants.damaging import (
    Behind,
    all_but_last,
    also,
    another_status,
    edited,
    empty_result,
    inclusive,
    one_short,
    plain,
    truncated,
    unsorted,
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
    ("ListParts", wrong("one short", one_short("Part"))),
    ("ListParts", wrong("another size", edited(rb"<Size>\d+<", b"<Size>1<"))),
    ("ListParts", wrong("not in order", unsorted("Part"))),
    ("ListParts/max-parts", wrong("one short", one_short("Part"))),
    ("ListParts/max-parts", wrong("not said to be truncated",
        edited(rb"<IsTruncated>true<", b"<IsTruncated>false<"))),
    ("ListParts/max-parts", wrong("another marker", edited(
        rb"<NextPartNumberMarker>\d+<", b"<NextPartNumberMarker>1<"))),
    ("ListParts/part-number-marker", wrong("one short", one_short("Part"))),
    ("ListParts/part-number-marker", wrong("itself too", inclusive("part-number-marker"))),
    ("ListMultipartUploads", wrong("not listed", one_short("Upload"))),
    ("ListMultipartUploads", wrong("another id",
        edited(rb"<UploadId>[^<]*<", b"<UploadId>other<"))),
    ("ListMultipartUploads/(prefix|key-marker|max-uploads)",
        wrong("one short", one_short("Upload"))),
    ("ListMultipartUploads/upload-id-marker", or_ignored(
        "to list none is to heed key-marker only", wrong("one short", one_short("Upload")))),
    ("ListMultipartUploads/max-uploads", wrong("not said to be truncated",
        edited(rb"<IsTruncated>true<", b"<IsTruncated>false<"))),
    ("ListMultipartUploads/max-uploads", wrong("another marker", edited(
        rb"<NextKeyMarker>[^<]*<", b"<NextKeyMarker>other<"))),
    ("ListMultipartUploads/key-marker", wrong("itself too", inclusive("key-marker"))),
    ("List(Parts|MultipartUploads)", wrong("another root",
        edited(rb"List(\w+)Result", rb"List\1Answer"))),
)  # fmt: skip
