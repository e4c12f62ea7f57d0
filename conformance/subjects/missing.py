"""Keys and buckets that do not exist, and what S3 says of them.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import Comparison, Workbench, equals, holds, refused
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.sandbox.ledger import Created

NO_KEY: Final = "NoSuchKey"
NO_BUCKET: Final = "NoSuchBucket"


def of_missing_key(bench: Workbench, operation: OperationName) -> Call:
    """A call to a key that has no object."""
    return Call(operation=operation, bucket=bench.bucket, key=bench.key())


def of_missing_bucket(bench: Workbench, operation: OperationName, body: bytes = b"") -> Call:
    """A call to a key in a bucket that does not exist.

    Some servers create the bucket of an object that is put, so the ledger has it.

    Raises:
        Undecided: buckets are given, so none may come into being.
    """
    bucket = bench.bucket_name()
    bench.sandbox.ledger.add(Created(bucket=bucket))
    return Call(operation=operation, bucket=bucket, key=bench.key(), body=body)


def is_missing(answer: Response, code: str) -> Comparison:
    """A 404 with this error code; HEAD has no body to say it in."""
    return refused(answer, 404, codes=(code,))


def says(answer: Response, code: str) -> Comparison:
    """A response whose body is an Error document with this code."""
    return equals("error code", answer.code, code, answer)


def is_error_document(answer: Response) -> Comparison:
    """A refusal whose body is an XML document, and says so."""
    media = (answer.header("Content-Type") or "").partition(";")[0].strip()
    right = answer.root == "Error" and media in ("application/xml", "text/xml")
    text = f"root element {answer.root or 'none'}, Content-Type {media or 'none'}"
    return holds(right, text, answer)
