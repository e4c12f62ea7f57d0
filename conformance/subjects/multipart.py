"""Multipart uploads as subjects: begun, with parts, completed.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from conformance.probing import (
    Comparison,
    Stored,
    Undecided,
    Workbench,
    has_body,
    holds,
    refused,
)
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.s3.xml import XMLNS
from conformance.subjects.missing import NO_BUCKET, is_missing, of_missing_bucket
from conformance.verdict import Outcome

PART: Final = 5 * 2**20  # the smallest part that is not the last
SECOND: Final = 64
# A name that XML must escape.
MARKUP: Final = "a&b'c+d"
# For an upload that is over: NoSuchUpload; s3s says AccessDenied.
GONE: Final = (403, 404)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A multipart upload that was begun.

    Attributes:
        bucket: where.
        key: under which name the object will be.
        upload_id: as CreateMultipartUpload answered it.
    """

    bucket: str
    key: str
    upload_id: str

    def call(
        self,
        operation: OperationName,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Call:
        """A call to this upload: its `uploadId` is in the query."""
        return Call(
            operation=operation,
            bucket=self.bucket,
            key=self.key,
            headers=headers or {},
            query={**(query or {}), "uploadId": self.upload_id},
            body=body,
        )

    def part(self, number: int, body: bytes, headers: Mapping[str, str] | None = None) -> Call:
        """UploadPart."""
        query = {"partNumber": str(number)}
        return self.call("UploadPart", headers=headers, query=query, body=body)

    def copy(self, number: int, source: Stored, headers: Mapping[str, str] | None = None) -> Call:
        """UploadPartCopy."""
        return self.call(
            "UploadPartCopy",
            headers={"x-amz-copy-source": source.source, **(headers or {})},
            query={"partNumber": str(number)},
        )

    def complete(
        self, etags: Sequence[str], extra: Sequence[str] = (), headers: Mapping[str, str] = {}
    ) -> Call:
        """CompleteMultipartUpload of parts 1, 2, ….

        Args:
            etags: of the parts, in order.
            extra: XML to add to each part, e.g. its checksum element; empty for none.
            headers: of the request.
        """
        more = [*extra, *[""] * (len(etags) - len(extra))]
        parts = "".join(
            _listed(number, etag, xml)
            for number, (etag, xml) in enumerate(zip(etags, more, strict=True), start=1)
        )
        return self._complete(parts, headers)

    def complete_with(self, *parts: tuple[int, str]) -> Call:
        """CompleteMultipartUpload of these part numbers and ETags, in this order."""
        return self._complete("".join(_listed(number, etag) for number, etag in parts), {})

    def _complete(self, parts: str, headers: Mapping[str, str]) -> Call:
        body = f'<CompleteMultipartUpload xmlns="{XMLNS}">{parts}</CompleteMultipartUpload>'
        return self.call("CompleteMultipartUpload", headers=headers, body=body.encode())

    @property
    def read(self) -> Call:
        """GetObject of the key."""
        return Call(operation="GetObject", bucket=self.bucket, key=self.key)

    @property
    def unknown(self) -> Upload:
        """The same key with an upload id that CreateMultipartUpload did not return."""
        return replace(self, upload_id=f"{self.upload_id[::-1]}0")


def _listed(number: int, etag: str, extra: str = "") -> str:
    return f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag>{extra}</Part>"


def create_call(bench: Workbench, headers: Mapping[str, str] | None = None) -> Call:
    """CreateMultipartUpload on a fresh key."""
    return Call(
        operation="CreateMultipartUpload",
        bucket=bench.bucket,
        key=bench.key(),
        headers=headers or {},
    )


def begun(response: Response) -> Upload:
    """The upload that a served CreateMultipartUpload began, as preparation.

    Raises:
        Undecided: the answer names no upload.
    """
    upload = told(response)
    if not upload.upload_id:
        raise Undecided(f"CreateMultipartUpload returned no UploadId: {response.describe()}")
    return upload


def told(response: Response) -> Upload:
    """The upload that an answer names; its id is empty if it names none."""
    call = response.call
    return Upload(bucket=call.bucket, key=call.key, upload_id=response.text("UploadId") or "")


def begin_over(subject: Stored, bench: Workbench, headers: Mapping[str, str] = {}) -> Upload:
    """Begin an upload to the key of an existing object, as preparation.

    Raises:
        Undecided: CreateMultipartUpload was not served.
    """
    return begun(bench.setup(subject.call("CreateMultipartUpload", headers=headers)))


def part_etag(body: bytes) -> str:
    """The ETag that S3 gives a part, or an object of one piece: the MD5 of its bytes."""
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def multipart_etag(bodies: Sequence[bytes]) -> str:
    """The ETag that S3 gives an object of these parts: MD5 of the parts' MD5s, and their number."""
    digests = (hashlib.md5(body, usedforsecurity=False).digest() for body in bodies)
    whole = hashlib.md5(b"".join(digests), usedforsecurity=False).hexdigest()
    return f'"{whole}-{len(bodies)}"'


def assembled(answer: Response, body: bytes) -> Comparison:
    """An object that must have these bytes; none at all means that no upload was completed."""
    if answer.ok:
        return has_body(answer, body)
    otherwise = Outcome.IGNORED if answer.status == 404 else Outcome.WRONG
    return holds(False, answer.describe(), answer, otherwise=otherwise)


def refused_late(answer: Response, *codes: str) -> Comparison:
    """A refusal, which a completion that takes long may send with a 200.

    Args:
        answer: the response.
        codes: that are right; any where none is given.
    """
    if answer.ok and answer.root == "Error":
        text = f"{answer.describe()} in an Error element"
        return holds(not codes or answer.code in codes, text, answer)
    return refused(answer, 400, codes=codes)


def in_no_bucket(bench: Workbench, operation: OperationName, body: bytes = b"") -> Comparison:
    """A call to an upload in a bucket that does not exist must be refused for the bucket.

    Raises:
        Undecided: buckets are given, so none may come into being.
    """
    query = {"uploadId": "none"}
    if operation == "UploadPart":
        query["partNumber"] = "1"
    call = of_missing_bucket(bench, operation, body).plus(query=query)
    return is_missing(bench.effect(call), NO_BUCKET)


def has_no_parts(listing: Response) -> Comparison:
    """A ListParts that must have none, since the only part that was sent was refused."""
    found = len(listing.texts("Part"))
    return holds(not found, f"{listing.describe()} with {found} parts", listing)


def begin(bench: Workbench, headers: Mapping[str, str] | None = None) -> Upload:
    """Begin an upload as preparation.

    Raises:
        Undecided: CreateMultipartUpload was not served.
    """
    return begun(bench.setup(create_call(bench, headers)))


def completed(
    bench: Workbench, bodies: Sequence[bytes], headers: Mapping[str, str] | None = None
) -> Stored:
    """An object of several parts, as preparation; every body but the last at least `PART` long.

    Args:
        bench: sends the requests.
        bodies: of the parts.
        headers: of the upload and of each part: a customer's key.

    Raises:
        Undecided: a step was not served.
    """
    upload = begin(bench, headers)
    etags = [
        bench.setup(upload.part(number, body, headers)).etag
        for number, body in enumerate(bodies, start=1)
    ]
    response = bench.setup(upload.complete(etags))
    return Stored(
        bucket=upload.bucket,
        key=upload.key,
        body=b"".join(bodies),
        etag=response.text("ETag") or "",
    )


def two_parts(bench: Workbench) -> Stored:
    """An object of a part of `PART` bytes and one of `SECOND`.

    Raises:
        Undecided: a step was not served.
    """
    return completed(bench, [bench.text(PART), bench.text(SECOND)])


def in_wrong_order(bench: Workbench) -> Response:
    """The answer to a completion of parts 2 and 1, in this order.

    In it no part is too small. A server that sorts them may say that the first is, which is no
    refusal of the order: then it is asked again with two large parts.
    """
    answer = _in_wrong_order(bench, bench.text())
    if answer.ok or answer.code == "InvalidPartOrder":
        return answer
    return _in_wrong_order(bench, bench.text(PART))


def _in_wrong_order(bench: Workbench, first: bytes) -> Response:
    upload = begin(bench)
    one = bench.setup(upload.part(1, first)).etag
    two = bench.setup(upload.part(2, bench.text(PART))).etag
    return bench.treat(upload.complete_with((2, two), (1, one)))
