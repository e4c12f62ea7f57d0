"""Copies: to a fresh key, or into a part of an upload; and what a copy leaves.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html and
https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Comparison, Stored, Workbench, has_body, holds, refused
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.multipart import Upload, begin
from conformance.verdict import Hazard, Outcome

SOURCE: Final = "x-amz-copy-source"
RANGE: Final = "x-amz-copy-source-range"
COPIES: Final[tuple[OperationName, ...]] = ("CopyObject", "UploadPartCopy")
# An answer's own root: S3 may begin a 200 before a copy is done, and end it with an error.
ROOTS: Final = {"CopyObject": "CopyObjectResult", "UploadPartCopy": "CopyPartResult"}


def copy_call(bench: Workbench, operation: OperationName, source: str) -> Call:
    """A copy to a fresh key, or into an upload that is never completed.

    Args:
        bench: lends the key, or the upload.
        operation: one of `COPIES`.
        source: the value of `x-amz-copy-source`.
    """
    if operation == "CopyObject":
        key, headers = bench.key(), {SOURCE: source}
        return Call(operation=operation, bucket=bench.bucket, key=key, headers=headers)
    upload = bench.shared("an upload for copied parts", begin)
    return upload.call(operation, headers={SOURCE: source}, query={"partNumber": "1"})


def copied(answer: Response) -> Comparison:
    """A copy that must be carried out: 2xx, and the result's root element."""
    root = answer.root or "none"
    right = answer.ok and answer.root == ROOTS[answer.call.operation]
    return holds(right, f"{answer.describe()} with root element {root}", answer)


def not_copied(answer: Response, *statuses: int) -> Comparison:
    """A copy that must be refused before it begins: an error inside a 200 comes too late."""
    if answer.ok and answer.root == "Error":
        return holds(False, f"{answer.describe()} inside a 2xx response", answer)
    return refused(answer, *statuses)


def copy_of(answer: Response) -> Stored:
    """The object that CopyObject leaves; its bytes are not known here."""
    call = answer.call
    return Stored(bucket=call.bucket, key=call.key, body=b"", etag=answer.text("ETag") or "")


def source_copied(copy: Response, body: bytes) -> Comparison:
    """A copy with the source's bytes.

    A server that ignores the header stores the empty body of the request.
    """
    if copy.ok and not copy.body:
        text = "an empty object: the request was carried out as a PUT without a body"
        empty = holds(False, text, copy, otherwise=Outcome.IGNORED)
        return empty.hurting(Hazard.DESTRUCTIVE)
    return has_body(copy, body)


def copied_part(bench: Workbench, source: Stored, first: int, last: int) -> Call:
    """A copy of some bytes into the first part of an upload of its own.

    Raises:
        Undecided: no upload can be begun.
    """
    return begin(bench).copy(1, source, {RANGE: f"bytes={first}-{last}"})


def made_of_part(bench: Workbench, part: Response) -> Response:
    """GetObject of the object that the one copied part of an upload makes.

    Raises:
        Undecided: the upload could not be completed.
    """
    call = part.call
    upload = Upload(bucket=call.bucket, key=call.key, upload_id=call.query["uploadId"])
    bench.setup(upload.complete([part.text("ETag") or part.etag]))
    return bench.effect(Call(operation="GetObject", bucket=call.bucket, key=call.key))
