"""The three ways to store an object, and the object each of them leaves.

PutObject, CreateMultipartUpload and CopyObject take the same headers about the object to be;
families of such headers drive all three with this.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conformance.probing import Comparison, Stored, Workbench, has_body, has_header, stored
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.multipart import begun
from conformance.verdict import Outcome

WRITES: Final = ("PutObject", "CreateMultipartUpload", "CopyObject")
SOURCE_METADATA: Final = {"x-amz-meta-of-copied": "yes"}


def write_call(
    bench: Workbench, operation: OperationName, headers: Mapping[str, str], bucket: str = ""
) -> Call:
    """A request that stores a small object under a fresh key, or begins to."""
    source = {"x-amz-copy-source": source_of(bench).source} if operation == "CopyObject" else {}
    return Call(
        operation=operation,
        bucket=bucket or bench.bucket,
        key=bench.key(),
        headers={**source, **headers},
        body=bench.text() if operation == "PutObject" else b"",
    )


def source_of(bench: Workbench) -> Stored:
    """What `write_call` copies: an object with `SOURCE_METADATA`, which is only read."""
    return bench.shared("an object to copy", lambda bench: bench.put(headers=SOURCE_METADATA))


def keeps_metadata(answer: Response) -> Comparison:
    """HeadObject or GetObject of a copy, which must have the metadata of its source."""
    ((name, value),) = SOURCE_METADATA.items()
    return has_header(answer, name, value)


def written(bench: Workbench, answer: Response, headers: Mapping[str, str] | None = None) -> Stored:
    """The object that a served request of `write_call` leaves; an upload is completed first.

    Args:
        bench: sends what completes the upload.
        answer: to the request.
        headers: of UploadPart, where the upload needs some.

    Raises:
        Undecided: the upload could not be completed.
    """
    if answer.call.operation == "PutObject":
        return stored(answer)
    if answer.call.operation == "CopyObject":
        call = answer.call
        etag = answer.text("ETag") or ""
        return Stored(bucket=call.bucket, key=call.key, body=source_of(bench).body, etag=etag)
    upload, body = begun(answer), bench.text()
    part = bench.setup(upload.part(1, body, headers))
    done = bench.attempt(upload.complete([part.etag]))
    if not done.ok:  # some servers want such headers here too
        done = bench.setup(upload.complete([part.etag], headers=headers or {}))
    return Stored(bucket=upload.bucket, key=upload.key, body=body, etag=done.text("ETag") or "")


def has_stored(answer: Response, body: bytes) -> Comparison:
    """A read-back of what a request was to store: no object means that it had no effect."""
    missing = answer.status == 404
    return has_body(answer, body, otherwise=Outcome.IGNORED if missing else Outcome.WRONG)
