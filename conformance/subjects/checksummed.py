"""Uploads with a checksum: one algorithm and one type, with the values that are right and wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.probing import Workbench
from conformance.s3.checksums import checksum, checksum_header, composite
from conformance.s3.operations import Call, OperationName
from conformance.s3.response import Response
from conformance.subjects.multipart import PART, Upload, begin, completed, two_parts

ALGORITHM: Final = "x-amz-checksum-algorithm"
TYPE: Final = "x-amz-checksum-type"
FULL_OBJECT: Final = "FULL_OBJECT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An algorithm and a type, on the bytes of an upload's only part."""

    algorithm: str
    type: str
    body: bytes

    @property
    def asked(self) -> dict[str, str]:
        """The headers of CreateMultipartUpload."""
        return {ALGORITHM: self.algorithm, TYPE: self.type}

    @property
    def by_default(self) -> bool:
        """Whether the type is the one that S3 takes where none is asked for."""
        return (self.type == FULL_OBJECT) == (self.algorithm == "CRC64NVME")

    @property
    def element(self) -> str:
        """The element that carries the checksum."""
        return f"Checksum{self.algorithm}"

    @property
    def header(self) -> str:
        """The header that carries the checksum."""
        return checksum_header(self.algorithm)

    @property
    def right(self) -> dict[str, str]:
        """`x-amz-checksum-…` with the part's value, which is the whole object's too."""
        return {self.header: checksum(self.algorithm, self.body)}

    @property
    def wrong(self) -> dict[str, str]:
        """`x-amz-checksum-…` with the value of other bytes."""
        return {self.header: checksum(self.algorithm, self.body[::-1])}

    @property
    def values(self) -> dict[str, str]:
        """By type, what HeadObject must show of the object."""
        return {
            "COMPOSITE": f"{composite(self.algorithm, [self.body])}-1",
            FULL_OBJECT: checksum(self.algorithm, self.body),
        }

    @property
    def value(self) -> str:
        """What HeadObject must show of the object."""
        return self.values[self.type]

    def complete(
        self,
        upload: Upload,
        part: Response,
        *,
        element: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Call:
        """CompleteMultipartUpload that names the part's checksum.

        Args:
            upload: the upload.
            part: the response to UploadPart.
            element: the part's checksum; the right one by default, none where it is empty.
            headers: of the request; the right ones of the type by default.
        """
        value = self.right[self.header] if element is None else element
        xml = f"<{self.element}>{value}</{self.element}>" if value else ""
        if headers is None:
            headers = {TYPE: self.type, **self.right} if self.type == FULL_OBJECT else {}
        return upload.complete([part.etag], [xml], headers)


def read(operation: OperationName, subject: Upload | Call) -> Call:
    """HeadObject or GetObject that asks for checksums."""
    headers = {"x-amz-checksum-mode": "ENABLED"}
    return Call(operation=operation, bucket=subject.bucket, key=subject.key, headers=headers)


def plain_head(bench: Workbench) -> Response:
    """HeadObject, with checksums, of an upload for which no checksum was asked."""
    plain = completed(bench, [bench.text()])
    call = plain.call("HeadObject", headers={"x-amz-checksum-mode": "ENABLED"})
    return bench.attempt(call)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoParts:
    """What was answered about an upload of a copied part and one that was sent.

    Attributes:
        value: the right checksum of the object.
        copied: to the copy of the first part.
        first: the right checksum of that part.
        wrong: to a completion that names the first part's checksum as that of both.
        head: to HeadObject of the object.
        second: to HeadObject of its second part; of COMPOSITE alone, for others have none.
    """

    value: str
    copied: Response
    first: str
    wrong: Response
    head: Response
    second: Response | None


def copied_and_sent(bench: Workbench, one: Cell) -> TwoParts:
    """An object of two parts, after a completion that is wrong.

    The first part is copied from an object that other rows read too, so its bytes are not sent.
    The completion names the first part's checksum as that of the second too. A server that ends
    the upload with its refusal, or with its consent, is given another one.

    Raises:
        Undecided: a step was not served, such as the copy of a part.
    """
    upload, copied, etags, sums = _two_parts(bench, one)
    bodies = [bench.shared("an object of two parts", two_parts).body[:PART], one.body]
    wrong = bench.effect(upload.complete(etags, _elements(one, [sums[0], sums[0]])))
    value, headers = f"{composite(one.algorithm, bodies)}-2", {}
    if one.type == FULL_OBJECT:
        value = checksum(one.algorithm, b"".join(bodies))
        headers = {TYPE: one.type, one.header: value}
    right = upload.complete(etags, _elements(one, sums), headers)
    if wrong.ok or not bench.attempt(right).ok:
        upload, copied, etags, sums = _two_parts(bench, one)
        bench.setup(upload.complete(etags, _elements(one, sums), headers))
    head = bench.effect(read("HeadObject", upload))
    second = None
    if one.type != FULL_OBJECT:
        second = bench.effect(read("HeadObject", upload).plus(query={"partNumber": "2"}))
    return TwoParts(
        value=value, copied=copied, first=sums[0], wrong=wrong, head=head, second=second
    )


def completed_parts(bench: Workbench, one: Cell) -> Upload:
    """An upload of two parts with checksums that was completed; the first part was copied.

    Raises:
        Undecided: a step was not served.
    """
    upload, _, etags, sums = _two_parts(bench, one)
    bench.setup(upload.complete(etags, _elements(one, sums)))
    return upload


def _elements(one: Cell, sums: Sequence[str]) -> list[str]:
    name = f"Checksum{one.algorithm}"
    return [f"<{name}>{value}</{name}>" for value in sums]


def _two_parts(bench: Workbench, one: Cell) -> tuple[Upload, Response, list[str], list[str]]:
    """An upload with a copied part, its answer, and one that was sent; ETags and checksums."""
    source = bench.shared("an object of two parts", two_parts)
    bodies = [source.body[:PART], one.body]
    sums = [checksum(one.algorithm, body) for body in bodies]
    upload = begin(bench, one.asked)
    whole = {"x-amz-copy-source-range": f"bytes=0-{PART - 1}"}
    copied = bench.setup(upload.copy(1, source, whole))
    sent = bench.setup(upload.part(2, one.body, {one.header: sums[1]}))
    return upload, copied, [copied.text("ETag") or copied.etag, sent.etag], sums
